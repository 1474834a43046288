"""A shard is answered as the recogniser answers, and whatever a recording does, it has its row."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import soundfile
from pyarrow import parquet

from prosodyn.errors import BundleError, CorpusNotFoundError, OutputError
from prosodyn.inference import Recogniser
from prosodyn.scale import answering
from prosodyn.scale.listing import ShardSize, list_inputs
from prosodyn.scale.notes import DEATHS, Note
from prosodyn.scale.places import Places
from prosodyn.scale.plan import Plan, describe_model, write_plan
from prosodyn.scale.shard import Task, Worker, read_shard

MakeCalls = Callable[..., Path]
Rows = list[dict[str, Any]]


def begin(source: Path, results: Path, size: int = 100) -> Task:
    """List recordings, as a run does before its workers begin."""
    places = Places(results)
    for folder in (places.folder, places.shards, places.notes):
        folder.mkdir(parents=True, exist_ok=True)
    plan = list_inputs(str(source), places, describe_model("open", None), ShardSize(size), lambda _: None)
    write_plan(places.plan, plan)
    return Task(results, plan, "run", patience=600.0)


def again(task: Task, **changes: Any) -> Task:
    return Task(task.folder, task.plan, changes.get("run", task.run), 600.0, changes.get("retries", False))


def answered(task: Task, number: int = 0) -> Rows:
    Worker(task).answer(number, lambda _: None)
    rows: Rows = read_shard(Places(task.folder).shard(number)).to_pylist()
    return rows


def test_the_answers_are_the_recognisers(make_calls: MakeCalls, tmp_path: Path) -> None:
    calls = make_calls(3)
    rows = answered(begin(calls, tmp_path / "results"))
    recogniser = Recogniser.load("open")
    for row, path in zip(rows, sorted(calls.iterdir()), strict=True):
        expected = recogniser.from_file(path)
        told = {label: row[f"probability_{label}"] for label in recogniser.labels}
        assert told == pytest.approx(dict(expected.probabilities), abs=1e-6)
        assert (row["file"], row["emotion"]) == (path.name, expected.emotion)
        assert row["remarks"] == list(expected.remarks)


def test_every_kind_of_row_stands_at_its_place(make_calls: MakeCalls, tmp_path: Path) -> None:
    calls = make_calls(1)
    (calls / "broken.wav").write_bytes(b"no audio")
    soundfile.write(calls / "silent.wav", np.zeros(8_000), 16_000)
    (tmp_path / "list.csv").write_text(
        "path,day\ncalls/a00.wav,mon\ncalls/broken.wav,tue\n,wed\ncalls/gone.wav,thu\n"
        "calls/silent.wav,fri\ncalls/a00.wav,sat\n"
    )
    rows = answered(begin(tmp_path / "list.csv", tmp_path / "results"))
    assert [row["position"] for row in rows] == list(range(6))
    assert [row["error_class"] for row in rows] == [
        None,
        "UnreadableAudioError",
        "ManifestError",
        "UnreadableAudioError",
        "SilentAudioError",
        None,
    ]
    assert [row["manifest_day"] for row in rows] == ["mon", "tue", "wed", "thu", "fri", "sat"]
    assert rows[0]["probability_anger"] == rows[5]["probability_anger"]
    assert "gone.wav: does not exist" in rows[3]["error"]


@pytest.mark.parametrize("fault", [ValueError("odd"), MemoryError(), OSError(24, "too many"), KeyError("x")])
def test_what_nobody_expected_is_one_row(
    make_calls: MakeCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    before = answering._answer

    def stumble(recogniser: Recogniser, path: Path, moved: Callable[[], None]) -> Any:
        if path.name == "a01.wav":
            raise fault
        return before(recogniser, path, moved)

    monkeypatch.setattr(answering, "_answer", stumble)
    rows = answered(begin(make_calls(3), tmp_path / "results"))
    assert [row["error_class"] for row in rows] == [None, type(fault).__name__, None]
    assert rows[1]["error"]


def test_a_long_recording_is_answered_moment_by_moment(
    make_calls: MakeCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "LONG", 1.0)
    calls = make_calls(1)
    one, _ = soundfile.read(calls / "a00.wav")
    soundfile.write(calls / "b.wav", np.resize(one, 80_000), 16_000)
    short, long = answered(begin(calls, tmp_path / "results"))
    assert (short["moment_by_moment"], long["moment_by_moment"]) == (False, True)
    assert long["duration"] == pytest.approx(5.0)


def test_a_finished_shard_is_left_alone(make_calls: MakeCalls, tmp_path: Path) -> None:
    task = begin(make_calls(2), tmp_path / "results")
    Places(task.folder).shard(0).write_bytes(b"done")
    Worker(task).answer(0, lambda _: None)
    assert Places(task.folder).shard(0).read_bytes() == b"done"


def test_a_second_try_answers_what_has_failed_and_nothing_else(
    make_calls: MakeCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = make_calls(3)
    (calls / "a01.wav").rename(tmp_path / "away.wav")
    (calls / "a01.wav").write_bytes(b"")
    task = begin(calls, tmp_path / "results")
    first = answered(task)
    (tmp_path / "away.wav").rename(calls / "a01.wav")
    read: list[str] = []
    before = answering._answer
    monkeypatch.setattr(
        answering, "_answer", lambda found, path, moved: read.append(path.name) or before(found, path, moved)
    )
    second = answered(again(task, retries=True))
    assert read == ["a01.wav"]
    assert [row["error_class"] is None for row in first] == [True, False, True]
    assert [row["error_class"] is None for row in second] == [True, True, True]
    assert [first[0], first[2]] == [second[0], second[2]]


def test_a_recording_that_kills_is_left_alone_and_told(make_calls: MakeCalls, tmp_path: Path) -> None:
    task = begin(make_calls(3), tmp_path / "results")
    for _ in range(DEATHS):
        note = Note(Places(task.folder).note(0), task.run).__enter__()
        note.reading(1)
        note._file.close()
    rows = answered(task)
    assert [row["error_class"] for row in rows] == [None, "FatalAudioError", None]
    assert "a01.wav: 3 workers died while they read it" in rows[1]["error"]


def test_a_disk_that_is_gone_is_no_failure_of_its_files(make_calls: MakeCalls, tmp_path: Path) -> None:
    calls = make_calls(2)
    task = begin(calls, tmp_path / "results")
    calls.rename(tmp_path / "elsewhere")
    with pytest.raises(CorpusNotFoundError, match="calls: is not there any more"):
        Worker(task).answer(0, lambda _: None)
    assert not Places(task.folder).shard(0).exists()


def test_another_recogniser_of_the_same_name_is_refused(make_calls: MakeCalls, tmp_path: Path) -> None:
    task = begin(make_calls(1), tmp_path / "results")
    model = describe_model("open", None)
    other = type(model)(model.name, model.bundle, "0" * 64, model.licence, model.labels)
    plan = Plan(task.plan.inputs, other, task.plan.shard_size, task.plan.created)
    with pytest.raises(BundleError, match="is another bundle than the one"):
        Worker(Task(task.folder, plan, "run", 600.0))


def test_results_that_a_node_does_not_see_are_told(make_calls: MakeCalls, tmp_path: Path) -> None:
    task = begin(make_calls(1), tmp_path / "results")
    Places(task.folder).plan.unlink()
    with pytest.raises(OutputError, match="results: is not there for every worker"):
        Worker(task)


def test_rows_are_reported_as_they_come(make_calls: MakeCalls, tmp_path: Path) -> None:
    told: list[int] = []
    Worker(begin(make_calls(4), tmp_path / "results", size=3)).answer(0, told.append)
    assert told == [1, 2, 3]


def test_a_broken_shard_is_named(tmp_path: Path) -> None:
    (tmp_path / "shard.parquet").write_bytes(b"half")
    with pytest.raises(OutputError, match=r"shard\.parquet: cannot be read: .*; remove it"):
        read_shard(tmp_path / "shard.parquet")


def test_parquet_of_others_reads_all_shards_as_one_table(make_calls: MakeCalls, tmp_path: Path) -> None:
    task = begin(make_calls(3), tmp_path / "results", size=2)
    worker = Worker(task)
    for number in (0, 1):
        worker.answer(number, lambda _: None)
    table = parquet.read_table(tmp_path / "results" / "shards")
    assert table["position"].to_pylist() == [0, 1, 2]
    assert table.schema.field("plausible").type == pa.list_(pa.string())
