"""A decision tree."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from prosodyn.comparison.extras import needing
from prosodyn.comparison.method import Examples, Heard, RealArray, as_vectors
from prosodyn.types import IntArray

LEAF = -1
"""What stands for a child where there is none."""


@dataclass(frozen=True, slots=True)
class DecisionTree:
    """Questions to single features, and what each leaf has heard.

    The logits are the logarithms of the shares of the emotions in the leaf, each counted once
    more than it was heard (Laplace), so that no emotion is impossible.

    Attributes:
        feature: `(node,)`, that is asked for
        threshold: `(node,)`, up to which the answer is `below`
        below: `(node,)`, next node; `LEAF` at a leaf
        above: `(node,)`, next node; `LEAF` at a leaf
        log_shares: `(node, emotion)`
    """

    fitted_by: ClassVar[str] = "scikit-learn"

    feature: IntArray
    threshold: RealArray
    below: IntArray
    above: IntArray
    log_shares: RealArray

    @classmethod
    def fit(cls, examples: Examples, value: float, seed: int) -> "DecisionTree":
        """Fit with at most `value` questions above a leaf (CART, Gini impurity)."""
        with needing("scikit-learn", "train", "fitting a decision tree"):
            from sklearn.tree import DecisionTreeClassifier
        estimator = DecisionTreeClassifier(max_depth=int(value), random_state=seed)
        tree = estimator.fit(as_vectors(examples.heard), examples.targets).tree_
        counts = tree.value[:, 0] * tree.n_node_samples[:, None] + 1
        return cls(
            feature=np.maximum(tree.feature, 0).astype(np.int64),  # scikit-learn marks leaves here as well
            threshold=tree.threshold.copy(),
            below=tree.children_left.astype(np.int64),
            above=tree.children_right.astype(np.int64),
            log_shares=np.log(counts / counts.sum(axis=1, keepdims=True)),
        )

    def logits(self, heard: Heard) -> RealArray:
        """Return the log shares of the leaf that each utterance comes to, `(utterance, emotion)`."""
        # scikit-learn finds thresholds between values of single precision, and asks with it
        vectors = as_vectors(heard).astype(np.float32)
        rows, node = np.arange(len(vectors)), np.zeros(len(vectors), dtype=np.int64)
        while (self.below[node] != LEAF).any():
            is_below = vectors[rows, self.feature[node]] <= self.threshold[node]
            following = np.where(is_below, self.below[node], self.above[node])
            node = np.where(following == LEAF, node, following)
        return self.log_shares[node]
