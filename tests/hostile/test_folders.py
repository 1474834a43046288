"""Folders and names that mislead the command line: what can be answered is, and the rest is told."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hostile.asking import within_limits
from hostile.kinds import WAV
from prosodyn.errors import AudioError

Done = subprocess.CompletedProcess[str]
Predict = Callable[..., Done]


@pytest.fixture
def predict(small_bundle: Path, tmp_path: Path) -> Predict:
    """Return what runs `predict` in a folder that holds one good recording."""

    def run(*words: object) -> Done:
        command = within_limits("-m", "prosodyn", "predict", "--model", small_bundle, "--jsonl", *words)
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path / "calls")

    (tmp_path / "calls").mkdir()
    (tmp_path / "calls" / "good.wav").write_bytes(WAV)
    return run


def answered(done: Done) -> list[str]:
    answers = map(json.loads, done.stdout.splitlines())
    return [Path(answer["file"]).name for answer in answers if "emotion" in answer]


def a_link_to_itself(inner: Path) -> None:
    inner.symlink_to("inner")


def a_link_upwards(inner: Path) -> None:
    inner.symlink_to("..")


def a_deep_tree(inner: Path) -> None:
    (inner / "/".join("d" * 400)).mkdir(parents=True)


def many_files(inner: Path) -> None:
    inner.mkdir()
    for number in range(2_000):
        (inner / f"{number}\n.txt").touch()


def hidden_files(inner: Path) -> None:
    inner.mkdir()
    (inner / "._good.wav").write_bytes(b"what a computer of Apple leaves")


@pytest.mark.parametrize("put", [a_link_to_itself, a_link_upwards, a_deep_tree, many_files, hidden_files])
def test_what_lies_beside_a_recording_in_a_folder_changes_nothing(
    put: Callable[[Path], None], predict: Predict, tmp_path: Path
) -> None:
    put(tmp_path / "calls" / "inner")
    done = predict(".")
    assert (done.returncode, answered(done)) == (0, ["good.wav"])
    assert "Traceback" not in done.stderr


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to("gone")


def a_folder_named_like_a_recording(path: Path) -> None:
    path.mkdir()
    (path / "b.wav").write_bytes(b"no sound")


@pytest.mark.parametrize("put", [a_link_to_nothing, os.mkfifo, a_folder_named_like_a_recording])
def test_what_is_no_recording_in_a_folder_is_told_and_the_rest_answered(
    put: Callable[[Path], None], predict: Predict, tmp_path: Path
) -> None:
    put(tmp_path / "calls" / "a.wav")
    done = predict(".")
    assert (done.returncode, answered(done)) == (AudioError.exit_code, ["good.wav"])
    assert done.stderr.startswith("prosodyn: a.wav")
    assert done.stderr.count("\n") == 1


def test_a_forbidden_folder_is_told_and_the_rest_answered(
    predict: Predict, tmp_path: Path, permissions_bind: bool
) -> None:
    if not permissions_bind:
        pytest.skip("whoever runs this may read everything, and cannot give that up")
    (tmp_path / "mine").mkdir(mode=0)
    done = predict("../mine", "good.wav")
    (tmp_path / "mine").chmod(0o755)
    assert (done.returncode, answered(done)) == (AudioError.exit_code, ["good.wav"])
    assert done.stderr == "prosodyn: ../mine: cannot be read: Permission denied; check its permissions\n"


@pytest.mark.parametrize("name", ["-rf.wav", "--help", "--model=x.wav"])
def test_a_name_that_looks_like_an_option_is_a_name_behind_two_dashes(
    name: str, predict: Predict, tmp_path: Path
) -> None:
    (tmp_path / "calls" / name).write_bytes(WAV)
    done = predict("--", f"./{name}", name)
    assert (done.returncode, set(answered(done))) == (0, {name})


def test_a_name_that_looks_like_an_option_is_found_in_a_folder(predict: Predict, tmp_path: Path) -> None:
    (tmp_path / "calls" / "--model.wav").write_bytes(WAV)
    assert answered(predict(".")) == ["--model.wav", "good.wav"]


def test_an_unknown_option_is_not_shown_as_it_is_typed(predict: Predict) -> None:
    done = predict("--\x1b[31m", "good.wav")
    assert done.returncode == 2
    assert "\x1b" not in done.stderr


def test_thousands_of_missing_recordings_are_one_batch(predict: Predict) -> None:
    done = predict(*(f"{number}.wav" for number in range(3_000)), "good.wav")
    assert (done.returncode, answered(done)) == (AudioError.exit_code, ["good.wav"])
    assert done.stderr.count("\n") == 3_000


def test_thousands_of_recordings_need_no_more_open_files_than_one(
    small_bundle: Path, predict: Predict, tmp_path: Path
) -> None:
    words = ["-m", "prosodyn", "predict", "--model", small_bundle, "--jsonl", *["good.wav"] * 500]
    command = within_limits(*words, RLIMIT_NOFILE=32)
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path / "calls")
    assert (done.returncode, len(answered(done))) == (0, 500)
