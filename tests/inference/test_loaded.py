"""A recogniser that is named again is not loaded again, unless its bundle was written anew."""

import os
import shutil
from pathlib import Path

import pytest

from prosodyn.errors import BundleError
from prosodyn.inference.loaded import loaded


@pytest.fixture
def own(bundle: Path, tmp_path: Path) -> Path:
    """Return a bundle that a test may change."""
    return shutil.copytree(bundle, tmp_path / "own")


def test_a_bundle_that_is_named_twice_is_loaded_once(own: Path) -> None:
    assert loaded(own) is loaded(str(own))


def test_another_engine_is_another_recogniser(own: Path) -> None:
    assert loaded(own, "onnx").engine.name != loaded(own, "torch").engine.name


def test_a_bundle_that_was_written_anew_is_loaded_anew(own: Path) -> None:
    before = loaded(own)
    os.utime(own / "card.json", ns=(1, 1))
    assert loaded(own) is not before


def test_a_relative_path_means_the_folder_of_the_moment(
    own: Path, bundle_without_graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(bundle_without_graph, tmp_path / "elsewhere" / "own")
    monkeypatch.chdir(tmp_path)
    here = loaded("own")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert loaded("own") is not here


def test_a_bundle_that_is_gone_is_named(own: Path) -> None:
    loaded(own)
    shutil.rmtree(own)
    with pytest.raises(BundleError, match="does not exist"):
        loaded(own)
