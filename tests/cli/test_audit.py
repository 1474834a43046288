"""The verb `audit`: what would be shared, and that a planted leak ends in its exit code."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import soundfile

from prosodyn.errors import EvaluationError

Prosodyn = Callable[..., CompletedProcess[str]]

LEAKS = EvaluationError.exit_code


@pytest.fixture
def calls(recordings: Path) -> Path:
    """Return a copy of the recordings, the test's own to plant leaks in."""
    return Path(shutil.copytree(recordings, "calls"))


def row(said: str, protocol: str) -> list[str]:
    return next(line.split() for line in said.splitlines() if line.startswith(protocol))


def plant(calls: Path, container: str = "wav", gain: float = 1.0) -> Path:
    """Put a recording of speaker f1 among those of m1, under another name."""
    samples, rate = soundfile.read(calls / "f1" / "anger" / "0.wav")
    planted = calls / "m1" / "anger" / f"another.{container}"
    soundfile.write(planted, gain * samples, rate)
    return planted


def test_recordings_are_clean_where_speakers_are_apart(prosodyn: Prosodyn, calls: Path) -> None:
    done = prosodyn("audit", calls, "--protocol", "loso,kfold2")

    assert done.returncode == 0
    assert done.stdout.startswith("calls: 12 recordings of 3 speakers")
    assert row(done.stdout, "loso") == ["loso", "3", "0", "—", "—", "0", "0", "clean"]
    assert row(done.stdout, "kfold2") == ["kfold2", "2", "3", "—", "—", "0", "0", "shares", "speakers"]
    assert "one take under two names: 0 exact, 0 near" in done.stdout


def test_an_exact_copy_under_another_name_leaks(prosodyn: Prosodyn, calls: Path) -> None:
    planted = plant(calls, "flac")

    done = prosodyn("audit", calls, "--protocol", "loso")

    assert done.returncode == LEAKS
    assert row(done.stdout, "loso")[-3:] == ["1", "0", "leaks"]
    original = calls / "f1" / "anger" / "0.wav"
    assert f"exact: {original} = {planted}; labelled f1 and m1; on both sides under loso" in done.stdout


@pytest.mark.parametrize("container", ["ogg", "mp3", "wav"])
def test_a_coded_and_softer_copy_leaks(prosodyn: Prosodyn, calls: Path, container: str) -> None:
    planted = plant(calls, container, gain=0.3)

    done = prosodyn("audit", calls, "--protocol", "loso")

    assert done.returncode == LEAKS
    assert row(done.stdout, "loso")[-3:] == ["0", "1", "leaks"]
    assert "near, " in done.stdout
    assert planted.name in done.stdout


def test_a_copy_on_one_side_is_named_and_does_not_leak(prosodyn: Prosodyn, calls: Path) -> None:
    shutil.copy(calls / "f1" / "anger" / "0.wav", calls / "f1" / "sadness" / "wrong.wav")

    done = prosodyn("audit", calls, "--protocol", "loso")

    assert done.returncode == 0
    assert "wrong.wav; labelled anger and sadness" in done.stdout
    assert "on both sides under" not in done.stdout


def test_without_listening_nothing_is_claimed(prosodyn: Prosodyn, calls: Path) -> None:
    plant(calls)

    done = prosodyn("audit", calls, "--protocol", "loso", "--no-listen")

    assert done.returncode == 0
    assert row(done.stdout, "loso")[-3:] == ["—", "—", "clean"]
    assert "not looked for" in done.stdout


@pytest.mark.parametrize("unit", ["speaker", "text", "session"])
def test_lists_of_a_manifest_are_held_to_their_promise(prosodyn: Prosodyn, calls: Path, unit: str) -> None:
    rows = [f"{path.as_posix()},{path.parent.name},{path.parts[-3]},x,y" for path in calls.rglob("*.wav")]
    Path("calls.csv").write_text("\n".join(["path,emotion,speaker,text,session", *rows]))
    Path("folds.toml").write_text(f'apart = ["{unit}"]\n[folds.mine]\ntest = ["calls/f1/anger/0.wav"]\n')

    done = prosodyn("audit", "calls.csv", "--lists", "folds.toml", "--no-listen")

    assert done.returncode == LEAKS
    assert f"leak: fixed, mine: {unit} " in done.stdout


def test_by_default_every_protocol_that_can_divide_is_judged(prosodyn: Prosodyn, calls: Path) -> None:
    done = prosodyn("audit", calls, "--no-listen")

    assert done.returncode == 0
    assert row(done.stdout, "loso")
    assert row(done.stdout, "kfold10")
    assert (
        "cannot divide these recordings: leave_one_session_out, text_independent, groups_of_4" in done.stdout
    )


def test_two_names_of_one_protocol_are_judged_once(prosodyn: Prosodyn, calls: Path) -> None:
    done = prosodyn("audit", calls, "--protocol", "kfold,kfold10", "--no-listen")

    assert done.stdout.count("kfold10") == 1


def test_recordings_that_no_protocol_divides_are_only_listened_to(prosodyn: Prosodyn, calls: Path) -> None:
    nameless = shutil.copytree(calls / "m1", "nameless")

    done = prosodyn("audit", nameless)

    assert done.returncode == 0
    summary, impossible, pairs = done.stdout.splitlines()
    assert summary == "nameless: 4 recordings of unknown speakers"
    assert impossible.startswith("cannot divide these recordings: loso, ")
    assert pairs == "one take under two names: 0 exact, 0 near"


def test_programs_learn_everything(prosodyn: Prosodyn, calls: Path) -> None:
    plant(calls)

    done = prosodyn("audit", calls, "--json")

    assert done.returncode == LEAKS
    told = json.loads(done.stdout)
    judged = {entry["protocol"]: entry for entry in told["protocols"]}
    assert told["recordings"] == 13
    assert judged["loso"]["audit"]["exact_duplicates"] == 1
    assert judged["loso"]["leaks"][0]["names"] == ["f1/anger/0", "m1/anger/another"]
    assert "no known session" in judged["leave_one_session_out"]["cannot_be_judged"]
    (pair,) = told["duplicates"]
    assert pair == {"first": "f1/anger/0", "second": "m1/anger/another", "exact": True, "likeness": 1.0}


def test_long_lists_of_pairs_are_cut_short(prosodyn: Prosodyn, calls: Path) -> None:
    for number in range(7):
        shutil.copy(calls / "f1" / "anger" / "0.wav", calls / "f1" / "anger" / f"again{number}.wav")

    done = prosodyn("audit", calls, "--protocol", "loso")

    assert "28 exact, 0 near" in done.stdout
    assert done.stdout.count("exact: ") == 20
    assert "and 8 more; --json lists all" in done.stdout


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nowhere"], 4),
        (["calls", "--protocol", "random"], 5),
        (["calls", "--protocol", "leave_one_session_out"], 5),
        (["calls", "--protocol", "fixed"], 5),
        (["calls", "--protocol", "cross_corpus"], 5),
        (["calls", "--protocol", ","], 2),
        (["calls", "--lists", "nowhere.toml"], 2),
        (["calls", "--protocol", "loso", "--lists", "nowhere.toml"], 2),
        (["calls", "--allow-partial"], 4),
    ],
)
def test_a_mistake_is_told_in_one_line(prosodyn: Prosodyn, calls: Path, words: list[str], code: int) -> None:
    done = prosodyn("audit", *words)

    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("prosodyn: ")
