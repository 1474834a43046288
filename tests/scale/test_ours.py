"""Nothing that a run has not written itself is removed or replaced."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prosodyn.errors import OutputError
from prosodyn.scale import ArchiveSettings, archive
from prosodyn.scale.places import Places

MakeCalls = Callable[..., Path]
ReadRows = Callable[[Path], list[dict[str, Any]]]

SMALL = ArchiveSettings(n_workers=1, shard_size=4)

BUSY = "process 7 on here\n"


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["list", "notes", "shards"])
def test_recordings_that_lie_where_results_go_are_refused(
    make_calls: MakeCalls, tmp_path: Path, name: str
) -> None:
    calls = make_calls(2, name)
    before = files_in(tmp_path)
    with pytest.raises(OutputError, match=f"{name}: lies where results are written, in .*; choose another"):
        archive(calls, tmp_path, SMALL)
    assert files_in(tmp_path) == before


def test_a_list_that_lies_where_results_go_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "calls.csv").write_text("path\na.wav\n")
    with pytest.raises(OutputError, match=r"calls\.csv: lies where results are written"):
        archive(tmp_path / "notes" / "calls.csv", tmp_path, SMALL)
    assert (tmp_path / "notes" / "calls.csv").read_text() == "path\na.wav\n"


def test_a_link_to_where_results_go_is_refused(make_calls: MakeCalls, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(make_calls(1, "list"))
    with pytest.raises(OutputError, match="lies where results are written"):
        archive(tmp_path / "link", tmp_path, SMALL)


@pytest.mark.parametrize(
    "name",
    [
        "list/precious.txt",
        "list/part-000000.parquet",
        "notes/todo.txt",
        "notes/shard-000000",
        "notes/folder/a.txt",
        "shards/shard-000000.parquet",
        "list",
        "summary.json",
        "failed.csv",
        "over-time.png",
        "lock",
        "plan.json",
    ],
)
def test_what_somebody_else_has_written_is_kept(make_calls: MakeCalls, tmp_path: Path, name: str) -> None:
    calls, results = make_calls(1), tmp_path / "results"
    (results / name).parent.mkdir(parents=True)
    (results / name).write_text("precious")
    with pytest.raises(OutputError, match="choose another --out"):
        archive(calls, results, SMALL)
    assert (results / name).read_text() == "precious"


def test_what_lies_beside_a_run_of_ours_is_kept(
    make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows
) -> None:
    calls, results = make_calls(2), tmp_path / "results"
    archive(calls, results, SMALL)
    for name in ("list/mine.txt", "notes/mine.txt", "notes/shard-000001/a.txt", ".mine.partial"):
        (results / name).parent.mkdir(exist_ok=True)
        (results / name).write_text("precious")
    Places(results).note(0).write_text("left by a kill")
    (results / "shards" / ".shard-000000.parquet.0a1b.partial").touch()
    before = set(files_in(results))
    archive(calls, results, SMALL)
    assert before - set(files_in(results)) == {
        "notes/shard-000000",
        "shards/.shard-000000.parquet.0a1b.partial",
    }


@pytest.mark.parametrize("held", [BUSY, ""])
def test_a_run_that_was_killed_while_it_listed_goes_on(
    make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows, held: str
) -> None:
    calls, results = make_calls(3), tmp_path / "results"
    for folder in ("list", "shards", "notes"):
        (results / folder).mkdir(parents=True)
    (results / "lock").write_text(held)
    (results / "list" / "part-000009.parquet").write_bytes(b"half")
    (results / ".plan.json.0a1b.partial").touch()
    archive(calls, results, SMALL)
    assert [row["position"] for row in read_rows(results)] == [0, 1, 2]
    assert [path.name for path in (results / "list").iterdir()] == ["part-000000.parquet"]
    assert not list(results.glob(".*"))
