"""Fixtures that every test may use."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

WriteWav = Callable[..., Path]
CorpusRoot = Callable[[str], Path]


@pytest.fixture(scope="session")
def corpus_root() -> CorpusRoot:
    """Return what gives the folder of a real corpus, or skips the test where that corpus is not."""
    named = os.environ.get("PROSODYN_CORPORA")
    root = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "corpora"

    def find(name: str) -> Path:
        if not (root / name).is_dir():
            pytest.skip(f"no {name} in {root}; set PROSODYN_CORPORA to the folder that holds it")
        return root / name

    return find


TINY = """\
about = "The smallest network that trains, for tests."

[front_end]
n_mels = 16

[network]
channels = [4, 4]
band_strides = [2, 2]
frame_strides = [4, 2]
hidden_size = 8

[training]
epochs = 2
batch_size = 8
"""


@pytest.fixture(scope="session")
def tiny_recipe() -> str:
    """Return the text of an experiment that takes a moment."""
    return TINY


@pytest.fixture
def tiny(tmp_path: Path, tiny_recipe: str) -> Path:
    """Return the file of an experiment that takes a moment, the test's own to change."""
    path = tmp_path / "tiny.toml"
    path.write_text(tiny_recipe, encoding="utf-8")
    return path


@pytest.fixture
def rng() -> np.random.Generator:
    """Return a generator of random numbers that is the same in every run."""
    return np.random.default_rng(20240607)


@pytest.fixture
def write_wav(tmp_path: Path, rng: np.random.Generator) -> WriteWav:
    """Return a function that writes a wav file (one second of noise by default) and returns its path."""

    def write(
        name: str = "call.wav",
        waveform: np.ndarray | None = None,
        rate: int = 16_000,
        subtype: str = "PCM_16",
    ) -> Path:
        samples = 0.1 * rng.standard_normal(rate) if waveform is None else waveform
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, rate, subtype=subtype, format="WAV")
        return path

    return write
