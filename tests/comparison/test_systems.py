"""The table of systems."""

import pytest

from prosodyn.comparison.feature_sets import build_feature_set
from prosodyn.comparison.settings import RECIPE, load_comparison
from prosodyn.comparison.systems import SYSTEMS
from prosodyn.errors import ConfigError
from prosodyn.evaluation.reference import TITLES


def test_the_six_that_the_paper_names_are_there() -> None:
    assert {"hmm", "gmm", "svm", "ann", "tree", "knn"} <= set(SYSTEMS)


@pytest.mark.parametrize("name", [name for name in SYSTEMS if SYSTEMS[name].front_end])
def test_a_system_hears_what_its_front_end_gives(name: str) -> None:
    build_feature_set(SYSTEMS[name].feature_set, SYSTEMS[name].front_end)


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_has_a_few_different_candidates(name: str) -> None:
    candidates = SYSTEMS[name].candidates
    assert 2 <= len(set(candidates)) == len(candidates) <= 5


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_system_has_a_title_for_tables(name: str) -> None:
    assert name in TITLES


@pytest.mark.parametrize(
    ("name", "packages"),
    [
        ("svm", ("scikit-learn",)),
        ("hmm", ("hmmlearn",)),
        ("knn", ()),
        ("svm_compare", ("scikit-learn", "opensmile")),
    ],
)
def test_a_system_says_which_packages_made_it(name: str, packages: tuple[str, ...]) -> None:
    assert SYSTEMS[name].packages == packages


def test_settings_repeat_what_is_declared() -> None:
    settings = load_comparison("gmm", 7)

    assert (settings.system, settings.name, settings.seed) == ("gmm", RECIPE, 7)
    assert settings.candidates == SYSTEMS["gmm"].candidates
    assert settings.front_end == SYSTEMS["gmm"].front_end


def test_an_unknown_system_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"expected one of .*'knn'.* found 'forest'"):
        load_comparison("forest")
