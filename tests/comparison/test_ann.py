"""The perceptron, beside the estimator it came from."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from prosodyn.comparison.ann import BATCH_SIZE, EPOCHS, WEIGHT_DECAY, Perceptron
from prosodyn.comparison.method import Examples, as_vectors


def probabilities_of_estimator(examples: Examples) -> np.ndarray:
    estimator = MLPClassifier(
        (6,), alpha=WEIGHT_DECAY, batch_size=BATCH_SIZE, max_iter=EPOCHS, random_state=4
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        estimator.fit(as_vectors(examples.heard), examples.targets)
    return estimator.predict_proba(as_vectors(examples.heard))


def probabilities_of_ours(examples: Examples) -> np.ndarray:
    weights = np.exp(Perceptron.fit(examples, 6, 4).logits(examples.heard))
    return weights / weights.sum(axis=1, keepdims=True)


def test_the_softmax_of_the_logits_is_the_estimators_answer(vectors: Examples) -> None:
    np.testing.assert_allclose(probabilities_of_ours(vectors), probabilities_of_estimator(vectors))


def test_it_is_so_for_two_emotions_as_well(two_emotions: Examples) -> None:
    np.testing.assert_allclose(probabilities_of_ours(two_emotions), probabilities_of_estimator(two_emotions))
