"""A running service around a recogniser that answers in a moment, and one around the shipped one."""

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
import soundfile

from prosodyn.bundle import shipped_names
from prosodyn.corpora import toy
from prosodyn.inference import Recogniser
from prosodyn.serve import ServeSettings
from prosodyn.types import FloatArray
from serve.running import Running

Start = Callable[..., Running]


@pytest.fixture(scope="session")
def recogniser(small_bundle: Path) -> Recogniser:
    return Recogniser.load(small_bundle)


@pytest.fixture(scope="session")
def service(recogniser: Recogniser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a service with the limits that it has by default, which many tests ask."""
    folder = tmp_path_factory.mktemp("temporary")
    with Running(recogniser, folder, ServeSettings(port=0)) as running:
        yield running
        assert running.left_behind() == []
    assert list(folder.iterdir()) == []


@pytest.fixture
def start(recogniser: Recogniser, tmp_path: Path) -> Iterator[Start]:
    """Return what starts a service with other limits; all of it is gone in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    with ExitStack() as stack:
        yield lambda **limits: stack.enter_context(
            Running(recogniser, folder, ServeSettings(**{"port": 0, **limits}))
        )
    assert list(folder.iterdir()) == []


@pytest.fixture(scope="session")
def shipped() -> Recogniser:
    """Return the recogniser that comes with the package."""
    if not shipped_names():
        pytest.skip("no bundle comes with this checkout")
    return Recogniser.load()


@pytest.fixture(scope="session")
def real(shipped: Recogniser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Return a service that gives real answers."""
    folder = tmp_path_factory.mktemp("temporary")
    with Running(shipped, folder, ServeSettings(port=0)) as running:
        yield running
        assert running.left_behind() == []


@pytest.fixture(scope="session")
def voices() -> dict[str, FloatArray]:
    """Return two toy voices of different emotions and lengths, by names of files."""
    return {
        "angry.wav": toy.recording("anger", "f1", seed=1).astype(np.float32),
        "sad.wav": toy.recording("sadness", "m1", seed=2).astype(np.float32),
    }


@pytest.fixture(scope="session")
def spoken(voices: dict[str, FloatArray]) -> FloatArray:
    """Return a quarter of a minute of sound with a pause, `(time,)`."""
    angry, sad = voices.values()
    return np.concatenate([angry, angry, angry, np.zeros(4 * 16_000, np.float32), sad, sad, sad])


@pytest.fixture(scope="session")
def wav(voices: dict[str, FloatArray]) -> bytes:
    """Return a recording as a file's content."""
    return wav_of(voices["angry.wav"])


def wav_of(samples: FloatArray, rate: int = 16_000) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, samples, rate, format="WAV", subtype="PCM_16")
    return stream.getvalue()
