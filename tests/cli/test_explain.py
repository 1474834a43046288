"""The verb `explain`: words, JSON and pictures, and a mistake in one line before any time is spent."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from prosodyn.cli import explain as verb

Prosodyn = Callable[..., CompletedProcess[str]]
WriteWav = Callable[..., Path]


@pytest.fixture
def call(recordings: Path) -> Path:
    return recordings / "f1" / "anger" / "0.wav"


@pytest.fixture
def minutes(write_wav: WriteWav, rng: np.random.Generator) -> Path:
    """Write more than a minute where the command line works."""
    return write_wav("work/minutes.wav", 0.1 * rng.standard_normal(62 * 16_000))


def test_an_answer_is_explained_in_words(prosodyn: Prosodyn, bundle: Path, call: Path) -> None:
    done = prosodyn("explain", call, "--model", bundle)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].startswith(f"{call}: ")
    assert lines[0].endswith(" bits against all others")
    assert any(line.startswith("frame attention: half of it from ") for line in lines)
    assert any(line.startswith("kernel attention: layer 1: kernel ") for line in lines)


def test_json_alone_goes_to_the_output(prosodyn: Prosodyn, bundle: Path, call: Path) -> None:
    done = prosodyn("explain", call, "--model", bundle, "--json")
    read = json.loads(done.stdout)
    assert read["file"] == str(call)
    assert np.shape(read["occlusion"]["cells"]) == (10, len(read["occlusion"]["moments"]))


def test_a_picture_and_json_are_written_at_once(prosodyn: Prosodyn, bundle: Path, call: Path) -> None:
    done = prosodyn("explain", call, "--model", bundle, "--out", "why.png", "--out", "why.json")
    assert done.returncode == 0
    assert Path("why.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads(Path("why.json").read_text(encoding="utf-8"))["file"] == str(call)


def test_a_piece_is_explained_against_one_emotion(prosodyn: Prosodyn, bundle: Path, call: Path) -> None:
    words = ["explain", call, "--model", bundle, "--start", "0.5", "--end", "1.25", "--json"]
    answer = json.loads(prosodyn(*words).stdout)["emotion"]
    other = {"anger": "sadness", "sadness": "anger"}[answer]
    read = json.loads(prosodyn(*words, "--against", other, "--out", "why.svg").stdout)
    assert (read["start"], read["end"], read["against"]) == (0.5, 1.25, other)
    assert Path("why.svg").exists()


def test_who_watches_sees_profiles(
    prosodyn: Prosodyn, bundle: Path, call: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "is_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    lines = prosodyn("explain", call, "--model", bundle).stdout.splitlines()
    moments, attention, scale = lines[-3:]
    assert moments.startswith("moments   ")
    assert attention.startswith("attention ")
    assert "█" in moments
    assert "█" in attention
    assert scale.split()[:2] == ["0.0", "s"]
    assert max(map(len, lines[-3:])) < 60


@pytest.mark.usefixtures("minutes")
@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["nowhere.wav"], 3, "nowhere.wav: does not exist"),
        (["."], 3, "is a folder"),
        (["text.wav"], 3, "text.wav"),
        (["minutes.wav"], 3, "at most 60 s are explained at a time; name a piece by its start and its end"),
        (["minutes.wav", "--start", "0.5", "--end", "61.5"], 3, "lasts 61 s"),
        (["minutes.wav", "--start", "70"], 3, "minutes.wav: ends before 70.000 s"),
        (["minutes.wav", "--start", "5", "--end", "4"], 2, "no piece lies from 5 s to 4 s"),
        (["minutes.wav", "--start", "-1"], 2, "no piece lies from -1 s to the end"),
        (["minutes.wav", "--start", "nan"], 2, "no piece lies from nan s to the end"),
        (
            ["minutes.wav", "--end", "1", "--against", "envy"],
            2,
            "no emotion 'envy'; choose one of anger, sadness",
        ),
        (["minutes.wav", "--out", "why.txt"], 10, "why.txt: the ending tells no format of explanations"),
        (["minutes.wav", "--model", "nosuch"], 6, "nosuch"),
    ],
)
def test_a_mistake_is_told_in_one_line(
    prosodyn: Prosodyn, bundle: Path, words: list[str], code: int, says: str
) -> None:
    Path("text.wav").write_text("no audio")
    model = [] if "--model" in words else ["--model", bundle]
    done = prosodyn("explain", *words, *model)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("prosodyn: ")
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
