"""Fixtures: a folder of recordings, a bundle trained on it, and the command line itself."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import soundfile

from prosodyn.cli import train
from prosodyn.cli.main import run
from prosodyn.corpora import toy

SPEAKERS = ("f1", "m1", "f2")


Prosodyn = Callable[..., CompletedProcess[str]]


def write_recordings(folder: Path) -> Path:
    """Write two emotions of three speakers as `speaker/emotion/take.wav`."""
    for speaker in SPEAKERS:
        for emotion in ("anger", "sadness"):
            for take in range(2):
                path = folder / speaker / emotion / f"{take}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                soundfile.write(path, toy.recording(emotion, speaker, seed=take), 16_000)
    return folder


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in an empty folder, where no corpus is found."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.delenv("PROSODYN_CORPORA", raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def prosodyn(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Prosodyn:
    """Return what runs a command in this process, as the entry point does."""

    def type_in(*words: object) -> CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["prosodyn", *map(str, words)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            run()
        said = capsys.readouterr()
        return CompletedProcess(words, int(ended.value.code or 0), said.out, said.err)

    return type_in


@pytest.fixture(scope="session")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of twelve recordings, which no test changes."""
    return write_recordings(tmp_path_factory.mktemp("own") / "calls")


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory, recordings: Path, tiny_recipe: str) -> Path:
    """Return a bundle with a graph, trained by the command line, which no test changes."""
    place = tmp_path_factory.mktemp("bundles")
    (place / "tiny.toml").write_text(tiny_recipe, encoding="utf-8")
    words = ["train", str(recordings), "--experiment", str(place / "tiny.toml"), "--out", str(place / "mine")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["prosodyn", *words])
        with pytest.raises(SystemExit):
            run()
    return place / "mine"


@pytest.fixture
def interrupted_after_an_epoch() -> Callable[[], AbstractContextManager[None]]:
    """Return a block in which Ctrl-C is pressed when the first epoch has ended and is kept."""

    def interrupt(_: object) -> str:
        raise KeyboardInterrupt

    @contextmanager
    def interrupted() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("prosodyn.training.loop.SECONDS_BETWEEN_CHECKPOINTS", 0.0)
            patch.setattr(train, "say_epoch", interrupt)
            yield

    return interrupted
