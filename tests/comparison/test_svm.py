"""The linear SVM, beside the estimator it came from."""

import numpy as np
from sklearn.svm import LinearSVC

from prosodyn.comparison.method import Examples, as_vectors
from prosodyn.comparison.svm import LinearSvm


def estimator_of(examples: Examples) -> LinearSVC:
    return LinearSVC(C=0.3, dual=False).fit(as_vectors(examples.heard), examples.targets)


def test_the_logits_are_the_estimators_margins(vectors: Examples) -> None:
    logits = LinearSvm.fit(vectors, 0.3, 0).logits(vectors.heard)

    expected = estimator_of(vectors).decision_function(as_vectors(vectors.heard))
    np.testing.assert_allclose(logits, expected, rtol=1e-9)


def test_of_two_emotions_each_has_the_others_margin_reversed(two_emotions: Examples) -> None:
    logits = LinearSvm.fit(two_emotions, 0.3, 0).logits(two_emotions.heard)

    margin = estimator_of(two_emotions).decision_function(as_vectors(two_emotions.heard))
    np.testing.assert_allclose(logits, np.stack([-margin, margin], axis=1), rtol=1e-9)


def test_of_more_features_than_utterances_the_planes_are_the_same(vectors: Examples) -> None:
    few = vectors.at([0, 1, 2])

    logits = LinearSvm.fit(few, 0.3, 0).logits(vectors.heard)

    expected = estimator_of(few).decision_function(as_vectors(vectors.heard))
    np.testing.assert_allclose(logits, expected, atol=0.01)
