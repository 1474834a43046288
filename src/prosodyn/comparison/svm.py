"""Linear support vector machines, one emotion against all others."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from prosodyn.comparison.extras import needing
from prosodyn.comparison.method import Examples, Heard, RealArray, as_vectors

MAX_ITERATIONS = 10_000


@dataclass(frozen=True, slots=True)
class LinearSvm:
    """One hyperplane an emotion; the logits are the margins.

    Squared hinge loss (Fan et al., LIBLINEAR, JMLR 2008), solved in the dual where there are more
    features than utterances, which is many times faster there and slower elsewhere.

    Attributes:
        weights: `(emotion, feature)`
        bias: `(emotion,)`
    """

    fitted_by: ClassVar[str] = "scikit-learn"

    weights: RealArray
    bias: RealArray

    @classmethod
    def fit(cls, examples: Examples, value: float, seed: int) -> "LinearSvm":
        """Fit with `value` as C, the price of a violated margin."""
        with needing("scikit-learn", "train", "fitting an SVM"):
            from sklearn.svm import LinearSVC
        vectors = as_vectors(examples.heard)
        is_wide = vectors.shape[1] > vectors.shape[0]
        estimator = LinearSVC(C=value, dual=is_wide, max_iter=MAX_ITERATIONS, random_state=seed)
        estimator.fit(vectors, examples.targets)
        weights, bias = estimator.coef_, estimator.intercept_
        if examples.n_emotions == 2:  # scikit-learn keeps the second emotion's plane only
            weights, bias = np.concatenate([-weights, weights]), np.concatenate([-bias, bias])
        return cls(weights, bias)

    def logits(self, heard: Heard) -> RealArray:
        """Return the margin to each emotion's hyperplane, `(utterance, emotion)`."""
        return as_vectors(heard) @ self.weights.T + self.bias
