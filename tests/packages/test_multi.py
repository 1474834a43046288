"""The distribution of `multi`: it says what the package expects, and cannot be built without its bundle."""

import dataclasses
import json
import runpy
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prosodyn import corpora
from prosodyn.bundle import Card, Provenance, write_bundle
from prosodyn.bundle.installed import GROUP
from prosodyn.bundle.names import OFFERS
from prosodyn.config import FrontEndConfig, NetworkConfig

PACKAGE = Path(__file__).resolve().parents[2] / "packages" / "prosodyn-multi"
PROJECT = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHECK: dict[str, Any] = runpy.run_path(str(PACKAGE / "check_bundle.py"))


@pytest.fixture
def card() -> Card:
    return Card(
        name="multi",
        description="Stands for the bundle in this test.",
        labels=("anger", "neutral"),
        front_end=FrontEndConfig(),
        network=NetworkConfig(),
        corpora=("emodb", "nemo"),
        licence="CC-BY-NC-SA-4.0; the encoder 'yamnet' in it: Apache-2.0",
        limits="It knows nothing.",
        provenance=Provenance("none", {}, "none", 0, "0", "0", 0, 0, "2025-01-31"),
        n_parameters=6,
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Card], Path]:
    def write(card: Card) -> Path:
        write_bundle(tmp_path / "multi", card, {"weight": np.ones((2, 3), dtype=np.float32)}, b"a graph")
        return tmp_path / "multi"

    return write


def test_the_entry_point_is_the_one_that_is_looked_for() -> None:
    assert PROJECT["entry-points"] == {GROUP: {"multi": "prosodyn_multi"}}
    assert (PACKAGE / "src" / "prosodyn_multi" / "__init__.py").exists()


def test_it_is_offered_under_its_name_and_licence() -> None:
    (offer,) = [offer for offer in OFFERS if offer.name == "multi"]
    assert offer.distribution == PROJECT["name"]
    assert offer.licence.startswith(PROJECT["license"])
    assert CHECK["LICENCE"] == PROJECT["license"]


def test_every_corpus_that_it_may_hear_is_attributed_with_its_licence() -> None:
    page = (PACKAGE / "README.md").read_text(encoding="utf-8")
    for name in CHECK["MAY_HEAR"]:
        for part in corpora.get(name).licence.split(" AND "):
            assert part in page


def test_a_bundle_as_it_must_be_passes(write: Callable[[Card], Path], card: Card) -> None:
    CHECK["check_bundle"](write(card))


def test_without_a_bundle_nothing_is_built(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="multi: holds no bundle: nothing is built without one; train it"):
        CHECK["check_bundle"](tmp_path / "multi")


def test_the_build_runs_the_check() -> None:
    hook = (PACKAGE / "hatch_build.py").read_text(encoding="utf-8")
    assert 'Path(self.root, "check_bundle.py")))["check_bundle"]()' in hook


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": "open"}, "holds the bundle 'open', expected 'multi'"),
        ({"licence": "Apache-2.0"}, "its licence is 'Apache-2.0', expected CC-BY-NC-SA-4.0 first"),
        ({"corpora": ("casia", "emodb")}, "was trained on 'casia', expected none but"),
    ],
)
def test_a_bundle_that_must_not_be_sent_out_is_refused(
    write: Callable[[Card], Path], card: Card, changes: dict[str, Any], fault: str
) -> None:
    folder = write(dataclasses.replace(card, **changes))
    with pytest.raises(ValueError, match=fault):
        CHECK["check_bundle"](folder)


@pytest.mark.parametrize("name", ["weights.safetensors", "graph.onnx"])
@pytest.mark.parametrize("content", [None, b"another"])
def test_a_broken_bundle_is_refused(
    write: Callable[[Card], Path], card: Card, name: str, content: bytes | None
) -> None:
    path = write(card) / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=rf"{name}: is not the file that card\.json describes"):
        CHECK["check_bundle"](path.parent)


def test_a_bundle_without_a_graph_is_refused(write: Callable[[Card], Path], card: Card) -> None:
    folder = write(card)
    (folder / "graph.onnx").unlink()
    values = json.loads((folder / "card.json").read_text()) | {"graph_sha256": ""}
    (folder / "card.json").write_text(json.dumps(values))
    with pytest.raises(ValueError, match=r"graph\.onnx: is not the file"):
        CHECK["check_bundle"](folder)


def test_a_bundle_that_is_too_large_is_refused(tmp_path: Path, card: Card) -> None:
    write_bundle(tmp_path / "multi", card, {"weight": np.ones((2, 2_000_000), dtype=np.float32)}, b"")
    with pytest.raises(ValueError, match=r"takes 16\.0 MB, expected 12 MB at most; use half precision"):
        CHECK["check_bundle"](tmp_path / "multi")
