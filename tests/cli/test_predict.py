"""The verb `predict`: answers, bad files among good ones, formats, and no torch."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest

from prosodyn.bundle import shipped_names
from prosodyn.cli.answers import worded
from prosodyn.corpora import toy
from prosodyn.inference import Recogniser
from prosodyn.types import Prediction

Prosodyn = Callable[..., CompletedProcess[str]]
WriteWav = Callable[..., Path]

WITHOUT_TORCH = """
import sys
for name in ("torch", "onnx", "safetensors", "matplotlib", "av"):
    sys.modules[name] = None
from prosodyn.cli.main import run
run()
"""


@pytest.fixture
def mixed(tmp_path: Path, write_wav: WriteWav) -> Path:
    """Return a folder of one good recording, two bad ones, and something else."""
    write_wav("mixed/good.wav", toy.recording("anger", "f1"))
    write_wav("mixed/silent.wav", np.zeros(16_000))
    (tmp_path / "mixed" / "broken.wav").write_bytes(b"no audio")
    (tmp_path / "mixed" / "notes.txt").write_text("not a recording")
    return tmp_path / "mixed"


def test_the_answer_is_the_recognisers(prosodyn: Prosodyn, bundle: Path, mixed: Path) -> None:
    done = prosodyn("predict", "--model", bundle, "--json", mixed / "good.wav")
    (answer,) = json.loads(done.stdout)
    expected = Recogniser.load(bundle).from_file(mixed / "good.wav")
    assert done.returncode == 0
    assert answer["emotion"] == expected.emotion
    assert answer["probabilities"] == pytest.approx(dict(expected.probabilities))


def test_a_folder_stands_for_its_recordings(prosodyn: Prosodyn, bundle: Path, recordings: Path) -> None:
    done = prosodyn("predict", "--model", bundle, "--jsonl", recordings)
    names = [json.loads(line)["file"] for line in done.stdout.splitlines()]
    assert names == sorted(map(str, recordings.rglob("*.wav")))


def test_what_is_left_out_of_a_folder_is_told(prosodyn: Prosodyn, bundle: Path, mixed: Path) -> None:
    done = prosodyn("predict", "--model", bundle, mixed)
    assert f"{mixed}: left out, not named like a recording: 1 (notes.txt)" in done.stderr.splitlines()


@pytest.mark.parametrize("form", ["--json", "--jsonl", "--csv", None])
def test_bad_files_do_not_hide_good_ones(
    prosodyn: Prosodyn, bundle: Path, mixed: Path, form: str | None
) -> None:
    done = prosodyn("predict", "--model", bundle, mixed, *([form] if form else []))
    assert done.returncode == 3
    assert all(name in done.stdout for name in ("good.wav", "silent.wav", "broken.wav"))
    assert len(done.stderr.splitlines()) == 3
    assert "Traceback" not in done.stderr


def test_every_row_of_a_table_is_a_file(prosodyn: Prosodyn, bundle: Path, mixed: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(prosodyn("predict", "--model", bundle, "--csv", mixed).stdout)))
    assert [bool(row["error"]) for row in rows] == [True, False, True]


def test_a_pipe_sees_no_colours(prosodyn: Prosodyn, bundle: Path, mixed: Path) -> None:
    assert "\x1b" not in prosodyn("predict", "--model", bundle, mixed).stdout


def test_a_terminal_shows_a_bar_and_what_the_answer_is_worth(bundle: Path, mixed: Path) -> None:
    outside, inside = os.openpty()
    command = [sys.executable, "-m", "prosodyn", "predict", "--model", str(bundle), str(mixed / "good.wav")]
    subprocess.run(command, stdout=inside, stdin=inside, check=True, env=os.environ | {"COLUMNS": "120"})
    os.close(inside)
    shown = os.read(outside, 65_536).decode()
    os.close(outside)
    assert "█" in shown
    assert "acted emotions" in shown


@pytest.fixture
def same_voice(recordings: Path) -> Path:
    """Return a folder of four recordings of one speaker."""
    return recordings / "m1"


def test_an_enrolled_speaker_is_answered_as_the_recogniser_does(
    prosodyn: Prosodyn, bundle: Path, mixed: Path, same_voice: Path
) -> None:
    done = prosodyn("predict", "--model", bundle, "--enrol", same_voice, "--json", mixed / "good.wav")
    (answer,) = json.loads(done.stdout)
    enrolled = Recogniser.load(bundle).enrol(sorted(same_voice.rglob("*.wav")))
    assert done.returncode == 0
    assert answer["adapted"] is True
    expected = enrolled.from_file(mixed / "good.wav").probabilities
    assert answer["probabilities"] == pytest.approx(dict(expected))


def test_a_recogniser_is_self_trained_with_a_speaker(
    prosodyn: Prosodyn, mixed: Path, same_voice: Path
) -> None:
    words = ("predict", "--enrol", same_voice, mixed / "good.wav")
    done, followed = prosodyn(*words, "--self-training", "--json"), prosodyn(*words, "--json")
    (answer,), (other,) = json.loads(done.stdout), json.loads(followed.stdout)
    taught = Recogniser.load().enrol(sorted(same_voice.rglob("*.wav")), self_training=True)
    assert answer["probabilities"] == pytest.approx(dict(taught.from_file(mixed / "good.wav").probabilities))
    assert answer["probabilities"] != pytest.approx(other["probabilities"], abs=1e-6)
    assert "enrolled and self-trained with" in done.stderr


@pytest.mark.parametrize("verb", [("predict", "call.wav"), ("live", "--stdin")])
def test_self_training_needs_a_speaker(prosodyn: Prosodyn, verb: tuple[str, ...]) -> None:
    done = prosodyn(*verb, "--self-training")
    assert done.returncode == 2
    assert f"{verb[0]}: --self-training learns from recordings of the speaker; name some" in done.stderr


def test_the_enrolled_recordings_are_named(
    prosodyn: Prosodyn, bundle: Path, mixed: Path, same_voice: Path
) -> None:
    first, second = same_voice / "anger", same_voice / "sadness" / "0.wav"
    words = ("predict", "--model", bundle, "--enrol", first, "--enrol", second, mixed / "good.wav")
    table, lines = prosodyn(*words), prosodyn(*words, "--jsonl")
    for said in (table.stdout, lines.stderr):
        assert f" of this speaker: {first / '0.wav'}, {first / '1.wav'}, {second}\n" in said
    assert len(lines.stdout.splitlines()) == 1


def test_many_enrolled_recordings_are_counted(
    prosodyn: Prosodyn, bundle: Path, mixed: Path, same_voice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.cli.recordings.NAMED", 1)
    done = prosodyn("predict", "--model", bundle, "--enrol", same_voice, mixed / "good.wav")
    assert f"{same_voice / 'anger' / '0.wav'} and 3 more" in done.stdout


@pytest.mark.parametrize("name", ["mixed", "nothing", "missing.wav"])
def test_a_speaker_who_cannot_be_enrolled_ends_it(
    prosodyn: Prosodyn, bundle: Path, mixed: Path, name: str
) -> None:
    mixed.with_name("nothing").mkdir()
    done = prosodyn("predict", "--model", bundle, "--enrol", mixed.with_name(name), mixed / "good.wav")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.count("prosodyn: ") == 1


def test_too_little_of_a_speaker_says_what_to_do(prosodyn: Prosodyn, bundle: Path, mixed: Path) -> None:
    done = prosodyn("predict", "--model", bundle, "--enrol", mixed / "good.wav", mixed / "good.wav")
    assert done.returncode == 3
    assert "expected at least 3 s; add recordings of the same speaker" in done.stderr


def test_whether_a_file_may_be_read_is_found_out_by_reading_it(
    prosodyn: Prosodyn, bundle: Path, mixed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the parser of the command line would end the whole batch with a mistake in an option
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    good = mixed / "good.wav"
    assert prosodyn("predict", "--model", bundle, "--jsonl", good).returncode == 0


@pytest.mark.parametrize("name", ["missing.wav", "missing", "folder"])
def test_what_cannot_be_used_is_named(prosodyn: Prosodyn, bundle: Path, name: str) -> None:
    Path("folder").mkdir()
    done = prosodyn("predict", "--model", bundle, name)
    assert done.returncode == 3
    assert done.stderr.startswith(f"prosodyn: {name}: ")
    assert done.stderr.count("\n") == 1


def test_a_good_file_is_answered_beside_an_empty_folder(
    prosodyn: Prosodyn, bundle: Path, mixed: Path
) -> None:
    Path("folder").mkdir()
    done = prosodyn("predict", "--model", bundle, "--jsonl", "folder", mixed / "good.wav")
    assert [sorted(json.loads(line))[0] for line in done.stdout.splitlines()] == ["adapted", "error"]


def test_whoever_watches_many_recordings_sees_them_pass(
    prosodyn: Prosodyn, bundle: Path, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.cli.predict.MANY", 2)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    done = prosodyn("predict", "--model", bundle, "--csv", recordings)
    assert "12 of 12" in done.stderr
    assert done.stdout.count("\n") == 1 + 12


def test_a_name_that_no_encoding_holds_is_answered(bundle: Path, mixed: Path) -> None:
    odd = (mixed / "good.wav").rename(mixed / os.fsdecode(b"caf\xe9\n.wav"))
    command = [sys.executable, "-m", "prosodyn", "predict", "--model", bundle, odd]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--json", "--csv", "call.wav"], 2),
        (["-"], 2),
        (["--engine", "tensorflow", "call.wav"], 2),
        (["--model", "nowhere", "call.wav"], 6),
        (["--model", ".", "call.wav"], 6),
    ],
)
def test_a_mistake_has_its_exit_code(prosodyn: Prosodyn, words: list[str], code: int) -> None:
    done = prosodyn("predict", *words)
    assert done.returncode == code
    assert "Traceback" not in done.stderr


def test_no_torch_is_needed(bundle: Path, mixed: Path) -> None:
    model = "open" if "open" in shipped_names() else str(bundle)
    command = [sys.executable, "-W", "error", "-c", WITHOUT_TORCH]
    command += ["predict", "--model", model, "--json", str(mixed / "good.wav")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)[0]["duration"] > 0


def test_the_engine_torch_says_what_to_install_without_it(bundle: Path, mixed: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_TORCH, "predict", "--model", str(bundle), "--engine", "torch"]
    done = subprocess.run([*command, str(mixed / "good.wav")], capture_output=True, text=True, check=False)
    assert done.returncode == 9
    assert "pip install 'prosodyn[train]'" in done.stderr


def test_an_error_rate_that_a_bundle_cannot_promise_is_refused(
    prosodyn: Prosodyn, bundle: Path, mixed: Path
) -> None:
    done = prosodyn("predict", "--model", bundle, "--error-rate", 0.1, mixed / "good.wav")
    assert done.returncode == 2
    assert "no speakers were held out" in done.stderr


def test_an_unsure_answer_is_called_so_with_what_it_might_be() -> None:
    shares = {"anger": 0.5, "sadness": 0.4, "fear": 0.1}
    unsure = Prediction("a.wav", "anger", shares, 1.0, plausible=("anger", "sadness"), least_confidence=0.6)
    assert worded(unsure) == "uncertain, perhaps anger or sadness"


def test_where_nobody_speaks_no_confidence_is_told(
    prosodyn: Prosodyn, bundle: Path, write_wav: Callable[..., Path]
) -> None:
    tone = write_wav("tone.wav", 0.3 * np.sin(np.arange(48_000) / 5))
    row = prosodyn("predict", tone, "--model", bundle).stdout.splitlines()[-1]
    assert row.split()[1:4] == ["no", "speech", "—"]
