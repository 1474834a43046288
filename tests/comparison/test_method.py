"""What holds for every method, whatever is inside."""

import dataclasses
import sys

import numpy as np
import pytest

from prosodyn.comparison.ann import Perceptron
from prosodyn.comparison.gmm import GaussianMixtures
from prosodyn.comparison.hmm import MarkovModels
from prosodyn.comparison.knn import NearestNeighbours
from prosodyn.comparison.method import Examples, Method
from prosodyn.comparison.svm import LinearSvm
from prosodyn.comparison.tree import DecisionTree
from prosodyn.errors import MissingExtraError, TrainingError

OF_VECTORS: dict[type[Method], float] = {
    LinearSvm: 0.1,
    Perceptron: 64,
    DecisionTree: 4,
    NearestNeighbours: 5,
}
OF_SEQUENCES: dict[type[Method], float] = {GaussianMixtures: 2, MarkovModels: 2}
VALUES = OF_VECTORS | OF_SEQUENCES


@pytest.fixture
def examples(method: type[Method], vectors: Examples, sequences: Examples) -> Examples:
    return vectors if method in OF_VECTORS else sequences


every_method = pytest.mark.parametrize("method", VALUES)


@every_method
def test_emotions_that_lie_apart_are_learnt(method: type[Method], examples: Examples) -> None:
    fitted = method.fit(examples, VALUES[method], 0)

    assert (fitted.logits(examples.heard).argmax(axis=1) == examples.targets).mean() > 0.85


@every_method
def test_the_same_seed_fits_the_same(method: type[Method], examples: Examples) -> None:
    first, second = (method.fit(examples, VALUES[method], 3) for _ in range(2))

    for field in dataclasses.fields(first):
        np.testing.assert_array_equal(getattr(first, field.name), getattr(second, field.name))


@every_method
def test_what_is_fitted_is_finite_arrays(method: type[Method], examples: Examples) -> None:
    fitted = method.fit(examples, VALUES[method], 0)

    assert all(np.isfinite(getattr(fitted, field.name)).all() for field in dataclasses.fields(fitted))


@every_method
def test_an_utterance_is_answered_alone_as_in_company(method: type[Method], examples: Examples) -> None:
    fitted = method.fit(examples, VALUES[method], 0)

    together = fitted.logits(examples.heard[:5])
    alone = np.concatenate([fitted.logits([each]) for each in examples.heard[:5]])
    np.testing.assert_allclose(alone, together, rtol=1e-9)


@every_method
def test_fitting_leaves_the_examples_as_they_were(method: type[Method], examples: Examples) -> None:
    before = [each.copy() for each in examples.heard]

    method.fit(examples, VALUES[method], 0)

    for now, then in zip(examples.heard, before, strict=True):
        np.testing.assert_array_equal(now, then)


@pytest.mark.parametrize(
    ("method", "module", "extra"),
    [
        (LinearSvm, "sklearn.svm", "train"),
        (Perceptron, "sklearn.neural_network", "train"),
        (DecisionTree, "sklearn.tree", "train"),
        (GaussianMixtures, "sklearn.mixture", "train"),
        (MarkovModels, "hmmlearn.hmm", "comparison"),
    ],
)
def test_a_missing_library_says_what_to_install(
    method: type[Method], module: str, extra: str, vectors: Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(MissingExtraError, match=rf"pip install 'prosodyn\[{extra}\]'"):
        method.fit(vectors, VALUES[method], 0)


@pytest.mark.parametrize("method", OF_SEQUENCES)
def test_too_few_frames_are_a_named_error(method: type[Method], sequences: Examples) -> None:
    with pytest.raises(TrainingError, match="fewer than 1000"):
        method.fit(sequences, 1000, 0)


def test_examples_are_picked_by_their_places(vectors: Examples) -> None:
    picked = vectors.at([7, 2])

    assert picked.targets.tolist() == [1, 2]
    assert picked.heard[0] is vectors.heard[7]
    assert picked.n_emotions == 3


def test_examples_are_picked_by_their_emotion(vectors: Examples) -> None:
    assert [each is vectors.heard[3 * place + 1] for place, each in enumerate(vectors.of(1))] == [True] * 20
