"""The decision tree, beside the estimator it came from and a count of its leaves."""

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

from prosodyn.comparison.method import Examples, as_vectors
from prosodyn.comparison.tree import LEAF, DecisionTree


@pytest.fixture
def estimator(vectors: Examples) -> DecisionTreeClassifier:
    return DecisionTreeClassifier(max_depth=3, random_state=0).fit(as_vectors(vectors.heard), vectors.targets)


@pytest.fixture
def strangers(rng: np.random.Generator) -> list[np.ndarray]:
    return [2 * rng.standard_normal((4, 1)) for _ in range(200)]


def test_strangers_come_to_the_estimators_leaves(
    vectors: Examples, estimator: DecisionTreeClassifier, strangers: list[np.ndarray]
) -> None:
    tree = DecisionTree.fit(vectors, 3, 0)

    leaves = estimator.apply(as_vectors(strangers))
    np.testing.assert_array_equal(tree.logits(strangers), tree.log_shares[leaves])


def test_a_leaf_knows_what_it_has_heard_and_once_more(
    vectors: Examples, estimator: DecisionTreeClassifier
) -> None:
    tree = DecisionTree.fit(vectors, 3, 0)

    leaves = estimator.apply(as_vectors(vectors.heard))
    for leaf in set(leaves.tolist()):
        heard = np.bincount(vectors.targets[leaves == leaf], minlength=3) + 1
        np.testing.assert_allclose(np.exp(tree.log_shares[leaf]), heard / heard.sum())


def test_a_value_on_the_threshold_goes_below() -> None:
    tree = DecisionTree(
        feature=np.array([1, 0, 0]),
        threshold=np.array([0.5, 0.0, 0.0]),
        below=np.array([1, LEAF, LEAF]),
        above=np.array([2, LEAF, LEAF]),
        log_shares=np.log([[0.5, 0.5], [0.9, 0.1], [0.2, 0.8]]),
    )

    logits = tree.logits([np.array([[9.0], [value]]) for value in (0.4, 0.5, 0.6)])

    np.testing.assert_allclose(np.exp(logits)[:, 0], [0.9, 0.9, 0.2])
