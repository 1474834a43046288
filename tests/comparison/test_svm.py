"""The linear SVM, beside the estimator it came from."""

import numpy as np
from sklearn.svm import SVC

from prosodyn.comparison.method import Examples, as_vectors
from prosodyn.comparison.svm import LinearSvm


def estimator_of(examples: Examples) -> SVC:
    return SVC(C=0.3, kernel="linear").fit(as_vectors(examples.heard), examples.targets)


def test_the_logits_are_the_estimators_votes(vectors: Examples) -> None:
    logits = LinearSvm.fit(vectors, 0.3, 0).logits(vectors.heard)

    expected = estimator_of(vectors).decision_function(as_vectors(vectors.heard))
    np.testing.assert_allclose(logits, expected, rtol=1e-9)


def test_of_two_emotions_the_likelier_is_the_estimators(two_emotions: Examples) -> None:
    logits = LinearSvm.fit(two_emotions, 0.3, 0).logits(two_emotions.heard)

    predicted = estimator_of(two_emotions).predict(as_vectors(two_emotions.heard))
    assert logits.argmax(axis=1).tolist() == predicted.tolist()
    assert len(set(predicted.tolist())) == 2


def test_of_more_features_than_utterances_the_votes_are_the_estimators(vectors: Examples) -> None:
    few = vectors.at([0, 1, 2])

    logits = LinearSvm.fit(few, 0.3, 0).logits(vectors.heard)

    expected = estimator_of(few).decision_function(as_vectors(vectors.heard))
    np.testing.assert_allclose(logits, expected, rtol=1e-9)
