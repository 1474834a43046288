"""Where the output cannot be written: its exit code, one line on it, and no part of a file."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from hostile.asking import within_limits
from prosodyn.errors import AudioError, OutputError

NOBODY_READS = 1
FORMS = ["--json", "--jsonl", "--csv", None]

every_form = pytest.mark.parametrize("form", FORMS)


class Ended(NamedTuple):
    code: int
    said: str


Predict = Callable[..., Ended]


@pytest.fixture
def predict(small_bundle: Path, good: tuple[Path, Path], tmp_path: Path) -> Predict:
    """Return what answers two good recordings, and more of them where they are given, in a shell."""

    def run(form: str | None, shell: str, *more: Path, **limits: int) -> Ended:
        words = ["-m", "prosodyn", "predict", "--model", small_bundle, *([form] if form else [])]
        command = within_limits("-W", "error", *words, *good, *more, **limits)
        done = subprocess.run(
            ["bash", "-c", shell, "bash", *command], stderr=subprocess.PIPE, check=False, cwd=tmp_path
        )
        return Ended(done.returncode, done.stderr.decode())

    return run


@every_form
def test_a_full_disk_is_told(form: str | None, predict: Predict) -> None:
    assert predict(form, '"$@" > /dev/full') == (
        OutputError.exit_code,
        "prosodyn: the output cannot be written: No space left on device; send it elsewhere\n",
    )


# Python forgets what is written in part where it is told not to buffer, as it often is in containers
@pytest.mark.parametrize("unbuffered", ["PYTHONUNBUFFERED=1", "PYTHONUNBUFFERED="])
@every_form
def test_a_file_that_may_not_grow_is_told(form: str | None, unbuffered: str, predict: Predict) -> None:
    code, said = predict(form, f'{unbuffered} "$@" > out', RLIMIT_FSIZE=10)
    assert code == OutputError.exit_code
    assert said.count("\n") == said.count("the output cannot be written: File too large") == 1


@every_form
def test_an_output_that_was_never_open_is_told(form: str | None, predict: Predict) -> None:
    code, said = predict(form, '"$@" >&-')
    assert code == OutputError.exit_code
    assert said.count("\n") == said.count("the output cannot be written") == 1


@every_form
def test_a_reader_who_left_ends_it_without_a_word(
    form: str | None, small_bundle: Path, good: tuple[Path, Path]
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = ["-m", "prosodyn", "predict", "--model", small_bundle, *([form] if form else []), *good]
    done = subprocess.run(within_limits(*words), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (NOBODY_READS, b"")


@pytest.mark.parametrize("unbuffered", ["env -u PYTHONUNBUFFERED", "env PYTHONUNBUFFERED=1"])
@pytest.mark.parametrize("shell", ['"$@" 2>&-', '"$@" 2>/dev/full'])
@every_form
def test_where_nobody_can_be_told_the_exit_code_tells(
    form: str | None, shell: str, unbuffered: str, predict: Predict, tmp_path: Path
) -> None:
    ended = predict(form, f"{unbuffered} {shell} > out", tmp_path / "gone.wav")
    assert ended == (AudioError.exit_code, "")
    assert "first.wav" in (tmp_path / "out").read_text()


def test_a_closed_input_changes_nothing(predict: Predict) -> None:
    assert predict("--jsonl", '"$@" <&- >/dev/null') == (0, "")


WRITERS = {
    "text": "from prosodyn.files import write_text; write_text(Path(sys.argv[1]), 'much' * 9_999)",
    "manifest": """
from prosodyn.manifest import write_manifest
from prosodyn.types import Utterance
listed = [Utterance(f"a{n}", "anger", "s", "c", path=Path(f"{n}.wav")) for n in range(2_000)]
write_manifest(sys.argv[1] + ".csv", listed)
""",
    "bundle": """
import numpy as np
from prosodyn.bundle import read_card, write_bundle
write_bundle(sys.argv[1], read_card(sys.argv[2]), {"weight": np.ones(99_999, np.float32)})
""",
}

TELLING = """
import sys
from pathlib import Path
from prosodyn.errors import OutputError
try:
    {writer}
except OutputError as fault:
    print(fault)
    sys.exit(fault.exit_code)
"""


def written_by(writer: str, place: Path, bundle: Path, **limits: int) -> subprocess.CompletedProcess[str]:
    """Run a writer in a process of its own."""
    indented = WRITERS[writer].strip().replace("\n", "\n    ")
    command = within_limits("-c", TELLING.format(writer=indented), place, bundle, **limits)
    return subprocess.run(command, capture_output=True, text=True, check=False)


def whatever_lies_in(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")))


@pytest.mark.parametrize("writer", WRITERS)
def test_a_disk_that_fills_while_a_file_is_written_leaves_no_part(
    writer: str, small_bundle: Path, tmp_path: Path
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    done = written_by(writer, place / "mine", small_bundle, RLIMIT_FSIZE=10_000)
    assert (done.returncode, done.stderr) == (OutputError.exit_code, "")
    assert "mine" in done.stdout
    assert "cannot be written: File too large; choose another" in done.stdout
    assert list(whatever_lies_in(place)) == []


@pytest.mark.parametrize("writer", WRITERS)
def test_a_folder_that_may_not_be_written_to_is_told(
    writer: str, small_bundle: Path, tmp_path: Path, permissions_bind: bool
) -> None:
    if not permissions_bind:
        pytest.skip("whoever runs this may write everywhere, and cannot give that up")
    place = tmp_path / "place"
    place.mkdir(mode=0o555)
    done = written_by(writer, place / "mine", small_bundle)
    assert (done.returncode, done.stderr) == (OutputError.exit_code, "")
    assert "cannot be written: Permission denied; choose another" in done.stdout


@pytest.mark.parametrize("writer", WRITERS)
def test_an_older_file_stays_whole_where_the_new_one_does_not_fit(
    writer: str, small_bundle: Path, tmp_path: Path
) -> None:
    assert written_by(writer, tmp_path / "mine", small_bundle).returncode == 0
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert written_by(writer, tmp_path / "mine", small_bundle, RLIMIT_FSIZE=10_000).returncode == 10
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("writer", ["text", "bundle"])
def test_a_pipe_is_never_replaced_by_a_file(writer: str, small_bundle: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "mine")
    done = written_by(writer, tmp_path / "mine", small_bundle)
    assert (done.returncode, done.stderr) == (OutputError.exit_code, "")
    assert (tmp_path / "mine").is_fifo()
