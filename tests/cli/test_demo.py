"""The verb `demo`: the whole way on the fixture, and what it says where EmoDB is not."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn.cli import demo as demo_verb
from prosodyn.corpora import Corpus, toy

Prosodyn = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, tiny_recipe: str) -> tuple[CompletedProcess[str], Path]:
    """Return what the demonstration said, and its folder."""
    place = tmp_path_factory.mktemp("demonstration")
    (place / "tiny.toml").write_text(tiny_recipe, encoding="utf-8")
    command = [sys.executable, "-m", "prosodyn", "demo", "--corpus", "toy", "--experiment", "tiny.toml"]
    settings = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=place, env=settings, capture_output=True, text=True, check=False)
    return done, place / "demo"


def test_it_goes_the_whole_way(shown: tuple[CompletedProcess[str], Path]) -> None:
    done, _ = shown
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr


def test_its_figures_say_what_they_are_worth(shown: tuple[CompletedProcess[str], Path]) -> None:
    done, _ = shown
    assert "shortened recipe `tiny`, 1 split of 2 unseen speakers" in done.stdout
    assert "say nothing about speech" in done.stdout


def test_both_networks_are_compared(shown: tuple[CompletedProcess[str], Path]) -> None:
    done, _ = shown
    assert "CNN + LSTM " in done.stdout
    assert "DyCNN + Bi-LSTM " in done.stdout


def test_three_recordings_of_unseen_speakers_are_recognised(
    shown: tuple[CompletedProcess[str], Path],
) -> None:
    done, _ = shown
    lines = done.stdout.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("recording "))
    rows = [line.split() for line in lines[first + 1 : first + 4]]
    assert [row[1:3] for row in rows] == [["f2", "anger"], ["m2", "happiness"], ["f2", "sadness"]]
    assert all(row[3] in toy.EMOTIONS for row in rows)


def test_it_leaves_figures_and_a_report(shown: tuple[CompletedProcess[str], Path]) -> None:
    _, folder = shown
    figures = {path.name for path in folder.glob("*.png")}
    assert "anger.png" in figures
    assert len([name for name in figures if name.startswith("confusion-")]) == 2
    assert (folder / "report.md").exists()


def test_it_says_how_long_it_took(shown: tuple[CompletedProcess[str], Path]) -> None:
    done, _ = shown
    assert done.stdout.splitlines()[-1].startswith("took ")


def test_without_emodb_it_says_so_and_takes_the_fixture(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("prosodyn.corpora.fetch.reachable", lambda url, timeout: False)
    monkeypatch.setattr(toy, "utterances", lambda: ("the fixture",))
    source, utterances = demo_verb._obtain("auto")
    assert (source.name, utterances) == ("toy", ("the fixture",))
    assert "EmoDB cannot be used: emodb: not found" in capsys.readouterr().out


def test_emodb_is_fetched_where_its_owners_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fetch(corpus: Corpus, destination: Path, **_: object) -> Path:
        return destination / corpus.name

    monkeypatch.setattr("prosodyn.corpora.fetch.reachable", lambda url, timeout: True)
    monkeypatch.setattr("prosodyn.corpora.fetch.fetch", fetch)
    assert demo_verb._fetch_unless_here() == Path("corpora", "emodb")
    assert "fetching it from http://emodb.bilderbar.info" in capsys.readouterr().out


def test_a_broken_emodb_is_named_before_the_fixture_is_taken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(toy, "utterances", lambda: ("the fixture",))
    Path("corpora", "emodb", "wav").mkdir(parents=True)
    Path("corpora", "emodb", "wav", "03a01Fa.wav").write_bytes(b"RIFF")
    source, _ = demo_verb._obtain("auto")
    assert source.name == "toy"
    assert "emodb has 535" in capsys.readouterr().out


def test_emodb_that_was_asked_for_and_is_not_there_is_an_error(
    prosodyn: Prosodyn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.corpora.fetch.reachable", lambda url, timeout: False)
    done = prosodyn("demo", "--corpus", "emodb")
    assert (done.returncode, done.stdout) == (4, "")


@pytest.mark.corpora
def test_the_unseen_speakers_of_emodb_are_a_woman_and_a_man(
    corpus_root: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROSODYN_CORPORA", str(corpus_root("emodb").parent))
    source, utterances = demo_verb._obtain("emodb")
    assert {utterance.speaker for utterance in utterances} >= set(demo_verb.UNSEEN[source.name])
