"""The recogniser that comes with the package, and recordings of two emotions by two synthetic speakers."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prosodyn.bundle import DEFAULT, find, shipped_names
from prosodyn.corpora import toy

pytest.importorskip("sklearn", reason="needs pip install 'prosodyn[estimators]'")

EMOTIONS = ("anger", "sadness")


@pytest.fixture(autouse=True)
def _needs_the_shipped_bundle() -> None:
    if DEFAULT not in shipped_names():
        pytest.skip("no bundle comes with this checkout")


@pytest.fixture
def waveforms() -> list[np.ndarray]:
    """Return eight recordings, of several lengths; every second one is sad."""
    return [
        toy.recording(EMOTIONS[number % 2], "f1" if number < 4 else "m1", seed=number)[
            : 30_000 + 1_000 * number
        ]
        for number in range(8)
    ]


@pytest.fixture
def emotions() -> list[str]:
    """Return their emotions."""
    return [EMOTIONS[number % 2] for number in range(8)]


@pytest.fixture
def paths(waveforms: list[np.ndarray], write_wav: Callable[..., Path]) -> list[str]:
    """Return their files."""
    return [
        str(write_wav(f"{number}.wav", waveform, subtype="FLOAT"))
        for number, waveform in enumerate(waveforms)
    ]


@pytest.fixture
def other_bundle(tmp_path: Path) -> Path:
    """Return a bundle that differs from the shipped one in the hash of its weights."""
    folder = shutil.copytree(find(DEFAULT), tmp_path / "other")
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card["weights_sha256"] = "0" * 64
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    return folder
