"""Whoever counts the rows after all harm was done notices each kind of fault."""

import runpy
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "archive_rows.py"
NAMES = ("a.wav", "b.wav", "a.wav", "gone.wav")

Row = tuple[int, str, str, float | None, str | None]
GOOD: tuple[Row, ...] = (
    (0, "a.wav", "0", 0.5, None),
    (1, "b.wav", "1", 0.25, None),
    (2, "a.wav", "2", 0.5, None),
    (3, "gone.wav", "3", None, "UnreadableAudioError"),
)


@pytest.fixture
def faults(tmp_path: Path) -> Callable[[Sequence[Row]], list[str]]:
    """Return what looks for faults in rows."""

    def find(rows: Sequence[Row]) -> list[str]:
        (tmp_path / "shards").mkdir()
        names = ("position", "file", "manifest_number", "probability_anger", "error_class")
        columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        parquet.write_table(pa.table(columns), tmp_path / "shards" / "shard-000000.parquet")
        found: list[str] = runpy.run_path(str(SCRIPT))["faults_in"](tmp_path, NAMES)
        return found

    return find


def test_rows_as_they_should_be_have_no_fault(faults: Callable[[Sequence[Row]], list[str]]) -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (GOOD[:3], "row 3 is missing"),
        ((*GOOD, GOOD[1]), "row 1 is there 2 times"),
        ((*GOOD[:3], (3, "a.wav", "3", 0.5, None)), "row 3 is of a.wav"),
        ((*GOOD[:2], (2, "a.wav", "2", 0.75, None), GOOD[3]), "'a.wav' has the answers"),
        ((GOOD[0], (1, "b.wav", "1", None, "FatalAudioError"), *GOOD[2:]), "'b.wav' is said to kill"),
    ],
)
def test_each_kind_of_fault_is_noticed(
    faults: Callable[[Sequence[Row]], list[str]], rows: Sequence[Row], says: str
) -> None:
    assert any(fault.startswith(says) for fault in faults(rows))


def test_what_is_left_behind_is_noticed(faults: Callable[[Sequence[Row]], list[str]], tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "shard-000000").touch()
    assert faults(GOOD) == ["shard-000000 is left behind"]
