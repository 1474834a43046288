"""A fitted system and its arrays."""

import numpy as np
import pytest

from prosodyn.comparison.fitted import FittedSystem
from prosodyn.comparison.knn import NearestNeighbours
from prosodyn.comparison.method import Examples
from prosodyn.comparison.standardise import Standardiser
from prosodyn.comparison.svm import LinearSvm
from prosodyn.errors import BundleError


@pytest.fixture
def fitted(vectors: Examples) -> FittedSystem:
    return FittedSystem.fit(LinearSvm, vectors, 0.1, 0)


def test_the_method_hears_standardised_features(fitted: FittedSystem, vectors: Examples) -> None:
    standardised = Standardiser.fit(vectors.heard).apply(vectors.heard)
    expected = LinearSvm.fit(Examples(standardised, vectors.targets, 3), 0.1, 0).logits(standardised)

    np.testing.assert_array_equal(fitted.logits(vectors.heard), expected)


def test_the_unit_of_a_feature_does_not_matter(fitted: FittedSystem, vectors: Examples) -> None:
    in_thousands = [each * 1000 - 7 for each in vectors.heard]

    other = FittedSystem.fit(LinearSvm, Examples(in_thousands, vectors.targets, 3), 0.1, 0)

    np.testing.assert_allclose(other.logits(in_thousands), fitted.logits(vectors.heard), atol=1e-6)


def test_a_system_comes_back_from_its_arrays(fitted: FittedSystem, vectors: Examples) -> None:
    again = FittedSystem.from_arrays(LinearSvm, fitted.arrays(), "bundle")

    np.testing.assert_array_equal(again.logits(vectors.heard), fitted.logits(vectors.heard))


def test_its_arrays_have_speaking_names(fitted: FittedSystem) -> None:
    assert sorted(fitted.arrays()) == [
        "method.bias",
        "method.n_emotions",
        "method.weights",
        "standardiser.mean",
        "standardiser.scale",
    ]


def test_the_arrays_of_another_system_are_refused(fitted: FittedSystem) -> None:
    with pytest.raises(BundleError, match=r"here: holds the arrays .*'method\.weights'.* copy it again"):
        FittedSystem.from_arrays(NearestNeighbours, fitted.arrays(), "here")
