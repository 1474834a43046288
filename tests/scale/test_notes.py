"""A recording that kills its workers is found, and none is blamed for the death of a whole run."""

from contextlib import suppress
from pathlib import Path

import pytest

from prosodyn.errors import OutputError
from prosodyn.scale.notes import DEATHS, NOWHERE, Note


class Death(BaseException):
    """Stands for a kill, which leaves the note behind."""


def die(path: Path, run: str, *positions: int) -> None:
    """Begin a shard, read at some positions, and die at the last."""
    with suppress(Death), Note(path, run) as note:
        for position in positions:
            note.reading(position)
        raise Death


def test_a_recording_that_costs_three_workers_is_fatal(tmp_path: Path) -> None:
    told = []
    for _ in range(DEATHS):
        told.append(Note(tmp_path / "note", "run").is_fatal(7))
        die(tmp_path / "note", "run", 7)
    assert told == [False, False, False]
    assert Note(tmp_path / "note", "run").is_fatal(7)
    assert not Note(tmp_path / "note", "run").is_fatal(8)


def test_deaths_at_different_recordings_are_not_added_up(tmp_path: Path) -> None:
    for position in range(10):
        die(tmp_path / "note", "run", position)
    assert not any(Note(tmp_path / "note", "run").is_fatal(position) for position in range(10))


def test_the_end_of_a_whole_run_is_nobodys_fault(tmp_path: Path) -> None:
    for run in ("first", "second", "third", "fourth"):
        die(tmp_path / "note", run, 7)
    assert not Note(tmp_path / "note", "fifth").is_fatal(7)


def test_what_is_not_read_is_not_blamed(tmp_path: Path) -> None:
    for _ in range(DEATHS):
        die(tmp_path / "note", "run", 7, NOWHERE)
    with pytest.raises(OutputError, match="3 workers died of this shard while they read none"):
        Note(tmp_path / "note", "run").__enter__()


def test_a_finished_shard_leaves_no_note(tmp_path: Path) -> None:
    with Note(tmp_path / "note", "run") as note:
        note.reading(3)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("left", ["", "7\n", "7\n{}\n", '7\n{"run": "run", "deaths": 3}\n', "\xff"])
def test_a_note_whose_writer_was_killed_says_nothing(tmp_path: Path, left: str) -> None:
    (tmp_path / "note").write_text(left, encoding="latin-1")
    with Note(tmp_path / "note", "run") as note:
        assert not note.is_fatal(7)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    note = Note(tmp_path / "no" / "note", "run")
    with pytest.raises(OutputError, match="note: cannot be written"):
        note.__enter__()
