"""A name leads to what comes with the package, a path to what lies there, and nothing leads elsewhere."""

from pathlib import Path

import pytest

from prosodyn.bundle import find, shipped_names
from prosodyn.errors import BundleError


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that stands for the package's own, with two bundles and something else in it."""
    folder = tmp_path / "shipped"
    for name in ("toy", "emodb"):
        (folder / name).mkdir(parents=True)
        (folder / name / "card.json").write_text("{}", encoding="utf-8")
    (folder / "notes").mkdir()
    monkeypatch.setattr("prosodyn.bundle.names.SHIPPED", folder)
    return folder


def test_what_comes_with_the_package_is_listed(shipped: Path) -> None:
    assert shipped_names() == ("emodb", "toy")


def test_a_name_leads_to_the_package(shipped: Path) -> None:
    assert find("emodb") == shipped / "emodb"


def test_a_path_leads_where_it_says(shipped: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "card.json").write_text("{}", encoding="utf-8")
    assert find(str(tmp_path / "mine")) == tmp_path / "mine"


@pytest.fixture
def corpus_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder that holds a bundle called `emodb` too."""
    (tmp_path / "emodb").mkdir()
    (tmp_path / "emodb" / "card.json").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("corpus_beside")
def test_a_name_goes_before_a_folder_of_that_name(shipped: Path) -> None:
    assert find("emodb") == shipped / "emodb"


@pytest.mark.usefixtures("corpus_beside", "shipped")
@pytest.mark.parametrize("path", ["./emodb", Path("emodb")])
def test_the_folder_of_that_name_can_still_be_meant(path: Path | str) -> None:
    assert find(path) == Path("emodb")


def test_an_unknown_name_lists_the_known_ones(shipped: Path) -> None:
    with pytest.raises(BundleError, match=r"^emobd: does not exist; .* comes with prosodyn: emodb, toy$"):
        find("emobd")


def test_a_folder_without_a_card_is_no_bundle(shipped: Path) -> None:
    with pytest.raises(BundleError, match=r"is no bundle: it holds no card\.json"):
        find(shipped / "notes")


@pytest.mark.parametrize(
    "name", ["../secret", "toy/../../secret", "..", "", "emodb/", "emodb\0", "x" * 5_000]
)
def test_no_name_leads_out_of_the_package(
    shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for folder in ("secret", "far/away"):
        (tmp_path / folder).mkdir(parents=True)
    (shipped / "../secret/card.json").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "far" / "away")
    with pytest.raises(BundleError):
        find(name)
