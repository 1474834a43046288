"""What another distribution brings is found by its name, run by nobody, and told when it is not there."""

import shutil
import sys
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from prosodyn.bundle import (
    DEFAULT,
    Card,
    find,
    missing_offers,
    named_bundles,
    read_card,
    shipped_names,
    write_bundle,
)
from prosodyn.bundle.names import OFFERS, Offer
from prosodyn.errors import BundleError

Install = Callable[..., Path]


@pytest.fixture(autouse=True)
def _nothing_else_is_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Know of no bundle but the test's own, and look for folders in an empty one."""
    everywhere = metadata.entry_points

    def here(group: str) -> list[metadata.EntryPoint]:
        return [entry for entry in everywhere(group=group) if entry.dist and entry.dist.version == "1.2"]

    monkeypatch.setattr(metadata, "entry_points", here)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def voices(install_bundle: Install, card: Card, weights: dict[str, np.ndarray]) -> Path:
    """Return the folder of a bundle that is installed as `voices`."""
    folder = install_bundle("voices", "other-voices")
    write_bundle(folder, card, weights)
    return folder


def test_a_name_leads_to_the_installed_bundle(voices: Path) -> None:
    assert find("voices") == voices


def test_nothing_of_the_package_runs(voices: Path) -> None:
    find("voices")
    assert "other_voices" not in sys.modules


def test_it_is_listed_with_where_it_comes_from(voices: Path) -> None:
    origins = {bundle.name: bundle.origin for bundle in named_bundles()}
    assert origins["voices"] == "other-voices 1.2"
    assert list(origins) == [*shipped_names(), "voices"]


def test_what_comes_with_prosodyn_goes_before_what_bears_its_name(install_bundle: Install) -> None:
    own = find(DEFAULT)
    install_bundle(DEFAULT, "other-voices").mkdir()
    assert find(DEFAULT) == own
    assert [bundle.origin for bundle in named_bundles() if bundle.name == DEFAULT] != ["other-voices 1.2"]


def test_an_installed_name_goes_before_a_folder_of_that_name(voices: Path) -> None:
    shutil.copytree(voices, "voices")
    assert find("voices") == voices
    assert find(Path("voices")) == Path("voices")


def test_an_unknown_name_lists_what_is_installed(voices: Path) -> None:
    with pytest.raises(BundleError, match=r"comes with prosodyn: .*; or that is installed: voices$"):
        find("voyces")


def test_a_distribution_without_its_bundle_is_named(install_bundle: Install) -> None:
    install_bundle("voices", "other-voices")
    told = r"^voices: other-voices 1\.2 is installed without it: .* 'other_voices' holds no voices/card\.json"
    with pytest.raises(BundleError, match=told):
        find("voices")


@pytest.mark.parametrize("package", ["gone", "other.voices", "other_voices:FOLDER", "sys"])
def test_an_entry_point_that_leads_nowhere_is_named(
    tmp_path: Path, install_bundle: Install, package: str
) -> None:
    install_bundle("voices", "other-voices")
    written = tmp_path / "site" / "other_voices-1.2.dist-info" / "entry_points.txt"
    written.write_text(f"[prosodyn.bundles]\nvoices = {package}\n")
    with pytest.raises(BundleError, match=r"is installed without it: its package '.*' holds no voices/"):
        find("voices")


def test_two_distributions_of_one_name_are_both_named(voices: Path, install_bundle: Install) -> None:
    install_bundle("voices", "more-voices")
    with pytest.raises(BundleError, match=r"is brought by more-voices 1\.2 and other-voices 1\.2; uninstall"):
        find("voices")


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.name)
def test_what_could_be_installed_is_told_with_its_licence(offer: Offer) -> None:
    with pytest.raises(BundleError) as refused:
        find(offer.name)
    assert str(refused.value) == (
        f"{offer.name}: is not installed; 'pip install {offer.distribution}' brings it "
        f"(licence: {offer.licence})"
    )
    assert offer in missing_offers()


def test_what_is_installed_is_no_longer_offered(install_bundle: Install) -> None:
    install_bundle("multi", "prosodyn-multi")
    assert "multi" not in [offer.name for offer in missing_offers()]


def test_a_folder_of_an_offers_name_can_be_meant(card: Card, weights: dict[str, np.ndarray]) -> None:
    write_bundle("multi", card, weights)
    assert find("multi") == Path("multi")


def test_the_default_comes_with_the_package() -> None:
    assert DEFAULT in shipped_names()


def test_what_ships_tells_how_far_it_may_be_believed_and_what_is_strange_to_it() -> None:
    card = read_card(find(DEFAULT))
    assert card.held_out is not None
    assert card.familiar is not None
    assert {"strange", "ECE", "coverage"} <= {figure.measure for figure in card.figures}
