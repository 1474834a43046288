"""A multilayer perceptron with one hidden layer: the artificial neural network before deep ones."""

import warnings
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from prosodyn.comparison.extras import needing
from prosodyn.comparison.method import Examples, Heard, RealArray, as_vectors

WEIGHT_DECAY = 0.01
BATCH_SIZE = 16
EPOCHS = 50


@dataclass(frozen=True, slots=True)
class Perceptron:
    """A hidden layer of rectified units, and a linear one.

    Attributes:
        hidden_weights: `(unit, feature)`
        hidden_bias: `(unit,)`
        weights: `(emotion, unit)`
        bias: `(emotion,)`
    """

    fitted_by: ClassVar[str] = "scikit-learn"

    hidden_weights: RealArray
    hidden_bias: RealArray
    weights: RealArray
    bias: RealArray

    @classmethod
    def fit(cls, examples: Examples, value: float, seed: int) -> "Perceptron":
        """Fit with `value` hidden units, by Adam for a fixed number of epochs."""
        with needing("scikit-learn", "train", "fitting an ANN"):
            from sklearn.exceptions import ConvergenceWarning
            from sklearn.neural_network import MLPClassifier
        estimator = MLPClassifier(
            (int(value),),
            alpha=WEIGHT_DECAY,
            batch_size=min(BATCH_SIZE, len(examples.targets)),
            max_iter=EPOCHS,
            random_state=seed,
        )
        with warnings.catch_warnings():
            # to stop before the training side is known by heart is the intention
            warnings.simplefilter("ignore", ConvergenceWarning)
            estimator.fit(as_vectors(examples.heard), examples.targets)
        (hidden_weights, weights), (hidden_bias, bias) = estimator.coefs_, estimator.intercepts_
        if examples.n_emotions == 2:  # scikit-learn has one output then, the second emotion's logit
            weights, bias = np.pad(weights, ((0, 0), (1, 0))), np.pad(bias, (1, 0))
        return cls(hidden_weights.T, hidden_bias, weights.T, bias)

    def logits(self, heard: Heard) -> RealArray:
        """Return the outputs before the softmax, `(utterance, emotion)`."""
        hidden = np.maximum(as_vectors(heard) @ self.hidden_weights.T + self.hidden_bias, 0)
        return hidden @ self.weights.T + self.bias
