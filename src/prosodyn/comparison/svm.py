"""Linear support vector machines, one emotion against one other."""

from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np

from prosodyn.comparison.extras import needing
from prosodyn.comparison.method import Examples, Heard, RealArray, as_vectors
from prosodyn.types import IntArray


@dataclass(frozen=True, slots=True)
class LinearSvm:
    """One hyperplane a pair of emotions; every pair votes.

    The logits are the votes, and where emotions have as many, the margins decide, which never weigh as
    much as half a vote. On inner folds this did better in three of four trials than one emotion against all
    others (docs/what-worked.md), and peers are measured at their best.

    Attributes:
        weights: `(pair, feature)`; the first emotion of a pair lies on the positive side
        bias: `(pair,)`
        n_emotions: `()`
    """

    fitted_by: ClassVar[str] = "scikit-learn"

    weights: RealArray
    bias: RealArray
    n_emotions: IntArray

    @classmethod
    def fit(cls, examples: Examples, value: float, seed: int) -> "LinearSvm":
        """Fit with `value` as C, the price of a violated margin (hinge loss; Chang and Lin, LIBSVM, 2011)."""
        with needing("scikit-learn", "train", "fitting an SVM"):
            from sklearn.svm import SVC
        del seed  # nothing is random
        estimator = SVC(C=value, kernel="linear").fit(as_vectors(examples.heard), examples.targets)
        # of two emotions, and of two only, scikit-learn puts the second on the positive side
        sign = -1.0 if examples.n_emotions == 2 else 1.0
        return cls(sign * estimator.coef_, sign * estimator.intercept_, np.array(examples.n_emotions))

    def logits(self, heard: Heard) -> RealArray:
        """Return votes with margins after the decimal point, `(utterance, emotion)`."""
        margins = as_vectors(heard) @ self.weights.T + self.bias
        votes, confidence = np.zeros((2, len(heard), int(self.n_emotions)))
        for pair, (first, second) in enumerate(combinations(range(int(self.n_emotions)), 2)):
            margin = margins[:, pair]
            votes[:, first] += margin >= 0
            votes[:, second] += margin < 0
            confidence[:, first] += margin
            confidence[:, second] -= margin
        return np.asarray(votes + confidence / (3 * (np.abs(confidence) + 1)))
