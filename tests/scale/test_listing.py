"""Recordings are numbered and written down, from lists and folders of every kind."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from prosodyn.errors import CorpusError, CorpusNotFoundError, ManifestError, OutputError
from prosodyn.scale import listing
from prosodyn.scale.listing import ShardSize, list_inputs, read_listed, refuse_other_inputs
from prosodyn.scale.places import Places
from prosodyn.scale.plan import Model, Plan

MODEL = Model("open", "open", "0", "none", ("anger", "sadness"))

CSV = 'path,emotion,day\na.wav,anger,2025-01-31\n\n"b, or c.wav",,2025-02-01\n'
LINES = '{"path": "a.wav", "day": 3}\n{"path": "b.wav", "taken": {"by": "phone"}}\n'


def listed(source: Path | str, tmp_path: Path, size: int = 2) -> tuple[Plan, list[dict[str, Any]]]:
    """List, and return the plan with all that was listed."""
    places = Places(tmp_path / "results")
    places.folder.mkdir(exist_ok=True)
    plan = list_inputs(str(source), places, MODEL, ShardSize(size), lambda _: None)
    rows = [row for shard in range(plan.n_shards) for row in read_listed(places, shard).to_pylist()]
    return plan, rows


def written(tmp_path: Path, content: str | bytes, name: str = "calls.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_rows_of_a_table_keep_their_order_and_their_own_columns(tmp_path: Path) -> None:
    plan, rows = listed(written(tmp_path, CSV), tmp_path)
    assert rows == [
        {"path": b"a.wav", "manifest_emotion": "anger", "manifest_day": "2025-01-31"},
        {"path": b"b, or c.wav", "manifest_emotion": None, "manifest_day": "2025-02-01"},
    ]
    assert (plan.inputs.n_rows, plan.inputs.root) == (2, str(tmp_path))


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_a_mark_at_the_beginning_are_understood(tmp_path: Path, separator: str) -> None:
    text = "\ufeffday;path\n1;a.wav\n".replace(";", separator)
    assert listed(written(tmp_path, text), tmp_path)[1] == [{"path": b"a.wav", "manifest_day": "1"}]


@pytest.mark.parametrize(
    ("header", "row", "column"),
    [
        ('path,"said; by; whom"', "a.wav,x", "said; by; whom"),
        ('"said, by, whom";path', "x;a.wav", "said, by, whom"),
        ('path,"of the\nday"', "a.wav,x", "of the\nday"),
        ('"the ""best""\r\n, of; all"\tpath', "x\ta.wav", 'the "best"\r\n, of; all'),
        ('path;5" disk', "a.wav;x", '5" disk'),
    ],
)
def test_a_header_may_hold_line_ends_and_other_separators(
    tmp_path: Path, header: str, row: str, column: str
) -> None:
    path = written(tmp_path, f"\n{header}\n{row}\n")
    assert listed(path, tmp_path)[1] == [{"path": b"a.wav", f"manifest_{column}": "x"}]


def test_lines_are_counted_below_a_header_of_several(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="line 5: has 1 cells, expected 2"):
        listed(written(tmp_path, '\npath,"of the\nday"\na.wav,x\nb.wav\n'), tmp_path)


def test_lines_of_json_may_say_different_things(tmp_path: Path) -> None:
    _, rows = listed(written(tmp_path, LINES, "calls.jsonl"), tmp_path)
    assert rows == [
        {"path": b"a.wav", "manifest_day": "3", "manifest_taken": None},
        {"path": b"b.wav", "manifest_day": None, "manifest_taken": json.dumps({"by": "phone"})},
    ]


def test_columns_of_parquet_keep_their_types(tmp_path: Path) -> None:
    parquet.write_table(pa.table({"day": [1, 2, 3], "path": ["a", None, "c"]}), tmp_path / "calls.parquet")
    _, rows = listed(tmp_path / "calls.parquet", tmp_path)
    assert rows == [
        {"path": b"a", "manifest_day": 1},
        {"path": b"", "manifest_day": 2},
        {"path": b"c", "manifest_day": 3},
    ]


def test_a_recording_that_is_named_twice_is_two(tmp_path: Path) -> None:
    plan, rows = listed(written(tmp_path, "path\na.wav\na.wav\na.wav\n"), tmp_path)
    assert [row["path"] for row in rows] == [b"a.wav"] * 3
    assert (plan.n_shards, list(plan.rows_of(1))) == (2, [2])


def test_a_row_without_a_recording_is_one_all_the_same(tmp_path: Path) -> None:
    _, rows = listed(written(tmp_path, "path,day\n,1\na.wav,2\n"), tmp_path)
    assert [row["path"] for row in rows] == [b"", b"a.wav"]


def test_a_folder_is_listed_without_what_is_hidden_or_no_audio(tmp_path: Path) -> None:
    for name in ("b/2.wav", "b/1.FLAC", "a.ogg", ".hidden.wav", ".hidden/a.wav", "notes.txt", "c/d/e.mp3"):
        (tmp_path / "calls" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "calls" / name).touch()
    plan, rows = listed(tmp_path / "calls", tmp_path)
    assert [row["path"] for row in rows] == [b"a.ogg", b"b/1.FLAC", b"b/2.wav", b"c/d/e.mp3"]
    assert plan.inputs.is_folder


def test_a_name_that_is_not_utf_8_is_kept_byte_by_byte(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    Path(str(tmp_path / "calls"), b"caf\xe9.wav".decode("utf-8", "surrogateescape")).touch()
    assert listed(tmp_path / "calls", tmp_path)[1] == [{"path": b"caf\xe9.wav"}]


@pytest.mark.parametrize("size", [1, 3, 4, 7, 100])
def test_any_division_into_files_and_shards_lists_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(listing, "PART_SHARDS", 2)
    monkeypatch.setattr("prosodyn.scale.manifests.BATCH", 3)
    lines = "".join(f"{number}.wav\n" for number in range(10))
    plan, rows = listed(written(tmp_path, f"path\n{lines}"), tmp_path, size)
    assert [row["path"] for row in rows] == [b"%d.wav" % number for number in range(10)]
    places = Places(tmp_path / "results")
    assert len(list(places.lists.iterdir())) == -(-plan.n_shards // 2)


@pytest.mark.parametrize(("n_rows", "size"), [(1, 1), (8, 1), (9, 2), (79, 10), (80, 10), (1000, 10)])
def test_a_short_list_has_work_for_every_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_rows: int, size: int
) -> None:
    monkeypatch.setattr(listing, "SHARD_SIZE", 10)
    monkeypatch.setattr("prosodyn.scale.manifests.BATCH", 7)
    places = Places(tmp_path / "results")
    places.folder.mkdir()
    path = written(tmp_path, "path\n" + "a.wav\n" * n_rows)
    plan = list_inputs(str(path), places, MODEL, ShardSize(None, n_workers=2), lambda _: None)
    assert (plan.shard_size, plan.inputs.n_rows) == (size, n_rows)


def test_what_is_listed_is_told_before_the_first_shard_is_full(tmp_path: Path) -> None:
    places, told = Places(tmp_path / "results"), list[int]()
    places.folder.mkdir()
    path = written(tmp_path, "path\n" + "a.wav\n" * 2500)
    list_inputs(str(path), places, MODEL, ShardSize(None, n_workers=8), told.append)
    assert told == [1000, 2000, 2500]


def test_an_attempt_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "results" / "list").mkdir(parents=True)
    (tmp_path / "results" / "list" / "part-000009.parquet").write_bytes(b"half")
    _, rows = listed(written(tmp_path, CSV), tmp_path)
    assert len(rows) == 2
    assert [path.name for path in (tmp_path / "results" / "list").iterdir()] == ["part-000000.parquet"]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("file\na.wav\n", "a.csv", "no column 'path', only"),
        ("path,path\na,b\n", "a.csv", "'path' is there twice"),
        ("path,\na,b\n", "a.csv", "has no name"),
        ("path,day\na.wav\n", "a.csv", "line 2: has 1 cells, expected 2"),
        ('path\n"a.wav\n', "a.csv", "is not CSV"),
        (f'"path\n{"a.wav" * 30_000}', "a.csv", "line 1: is not CSV"),
        ("path,start\na.wav,1.5\n", "a.csv", "line 2: 'start' means a piece of a file"),
        ("", "a.csv", "no column 'path'"),
        ("path\n\n", "a.csv", "holds no recordings"),
        (b"path\ncaf\xe9.wav\n", "a.csv", "is not UTF-8"),
        ("{no", "a.jsonl", "line 1: is not JSON"),
        ("[1]", "a.jsonl", "line 1: holds no object"),
        ("\n", "a.jsonl", "holds no recordings"),
        ("not parquet", "a.parquet", "is not Parquet"),
        ("path\n", "a.txt", "ends with '.txt', expected one of .csv"),
    ],
)
def test_a_list_that_cannot_be_used_says_where(
    tmp_path: Path, content: str | bytes, name: str, says: str
) -> None:
    with pytest.raises(ManifestError, match=rf"{name}.*{says}"):
        listed(written(tmp_path, content, name), tmp_path)


def test_a_key_that_comes_late_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosodyn.scale.manifests.LOOK_AHEAD", 1)
    with pytest.raises(ManifestError, match="line 2: 'taken' is new"):
        listed(written(tmp_path, LINES, "calls.jsonl"), tmp_path)


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFoundError, match="gone: does not exist"):
        listed(tmp_path / "gone", tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "calls").mkdir()
    with pytest.raises(CorpusError, match="calls: holds no recordings"):
        listed(tmp_path / "calls", tmp_path)


def test_another_list_under_the_same_name_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, CSV)
    plan, _ = listed(path, tmp_path)
    refuse_other_inputs(plan, tmp_path / "plan.json", str(path))
    path.write_text(CSV.replace("anger", "fear"))
    with pytest.raises(OutputError, match="content has changed since; go on with that, or choose"):
        refuse_other_inputs(plan, tmp_path / "plan.json", str(path))


def test_another_name_is_noticed(tmp_path: Path) -> None:
    plan, _ = listed(written(tmp_path, CSV), tmp_path)
    other = written(tmp_path, CSV, "other.csv")
    with pytest.raises(OutputError, match=r"was begun with .*calls\.csv, not .*other\.csv"):
        refuse_other_inputs(plan, tmp_path / "plan.json", str(other))


def test_a_list_that_is_gone_is_told(tmp_path: Path) -> None:
    listed(written(tmp_path, CSV), tmp_path)
    places = Places(tmp_path / "results")
    places.part(0).unlink()
    with pytest.raises(OutputError, match=r"part-000000\.parquet: cannot be read"):
        read_listed(places, 0)
