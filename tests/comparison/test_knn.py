"""The nearest neighbours, beside scikit-learn's."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from prosodyn.comparison.knn import NearestNeighbours
from prosodyn.comparison.method import Examples, as_vectors


@pytest.mark.parametrize("k", [1, 5, 9])
def test_the_votes_are_scikit_learns(vectors: Examples, rng: np.random.Generator, k: int) -> None:
    strangers = [2 * rng.standard_normal((4, 1)) for _ in range(100)]
    logits = NearestNeighbours.fit(vectors, k, 0).logits(strangers)

    estimator = KNeighborsClassifier(k).fit(as_vectors(vectors.heard), vectors.targets)
    votes = k * estimator.predict_proba(as_vectors(strangers))
    np.testing.assert_allclose(np.exp(logits), votes + 1)


def test_of_fewer_examples_all_vote(vectors: Examples) -> None:
    logits = NearestNeighbours.fit(vectors, 1000, 0).logits(vectors.heard[:1])

    np.testing.assert_allclose(np.exp(logits), [[21, 21, 21]])
