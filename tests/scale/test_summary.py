"""What is counted is what the rows say, and rows that are missing are noticed."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from prosodyn.errors import OutputError
from prosodyn.scale import summary
from prosodyn.scale.places import Places
from prosodyn.scale.plan import Inputs, Model, Plan
from prosodyn.scale.rows import Row, schema_of, to_table
from prosodyn.scale.summary import FAILED, UNDATED, Run, Summary, summarise

ANGRY: Row = {"emotion": "anger", "duration": 1800.0}
SAD: Row = {"emotion": "sadness", "duration": 900.0}
BROKEN: Row = {"error_class": "SilentAudioError", "error": "a.wav: is silent;\nrecord again"}
DAY = pa.field("manifest_day", pa.string())


def write(
    folder: Path, rows: Sequence[Row], days: Sequence[str | None] | None = None, size: int = 2
) -> tuple[Places, Plan]:
    """Write the shards of so many rows."""
    places = Places(folder)
    places.shards.mkdir(parents=True)
    inputs = Inputs("/calls", True, "/calls", "0", len(rows))
    plan = Plan(inputs, Model("open", "open", "0", "CC0-1.0", ("anger", "sadness")), size, "2025-01-31")
    for shard in range(plan.n_shards):
        there = plan.rows_of(shard)
        columns: dict[str, pa.Array] = {"path": pa.array([b"%d.wav" % place for place in there])}
        if days is not None:
            columns["manifest_day"] = pa.array([days[place] for place in there], pa.string())
        schema = schema_of(plan, pa.schema([] if days is None else [DAY]))
        table = to_table([rows[place] for place in there], there, pa.table(columns), schema)
        parquet.write_table(table, places.shard(shard))
    return places, plan


def count(written: tuple[Places, Plan], date: str | None = None) -> Summary:
    return summarise(*written, Run(0, 0.0, 0, None), date, lambda _: None)


def test_answers_failures_and_hours_are_counted(tmp_path: Path) -> None:
    counted = count(write(tmp_path, [ANGRY, BROKEN, SAD, ANGRY, BROKEN]))
    assert (counted.n_rows, counted.n_failed, counted.hours) == (5, 2, 1.25)
    assert list(counted.emotions.items()) == [("anger", 2), ("sadness", 1)]
    assert counted.errors == {"SilentAudioError": 2}
    assert counted.versions == {"0.1.0": 3}


def test_what_was_counted_is_written(tmp_path: Path) -> None:
    counted = count(write(tmp_path, [ANGRY, SAD]))
    told = json.loads((tmp_path / "summary.json").read_text())
    assert told["emotions"] == counted.emotions
    assert told["licence"] == "CC0-1.0"


def test_what_failed_is_listed_one_a_line(tmp_path: Path) -> None:
    count(write(tmp_path, [ANGRY, BROKEN, SAD]))
    lines = (tmp_path / "failed.csv").read_text().splitlines()
    assert list(csv.reader(lines)) == [
        ["position", "file", "error_class", "error"],
        ["1", "1.wav", "SilentAudioError", "a.wav: is silent; record again"],
    ]


def test_the_order_of_the_list_is_told_in_stretches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "STRETCHES", 3)
    counted = count(write(tmp_path, [ANGRY, ANGRY, SAD, SAD, BROKEN, ANGRY, SAD, ANGRY, ANGRY, ANGRY]))
    # ten rows in three stretches: 0 to 3, 4 to 6, 7 to 9
    assert counted.over_time == {
        "0": {"anger": 2, "sadness": 2},
        "4": {"anger": 1, FAILED: 1, "sadness": 1},
        "7": {"anger": 3},
    }


def test_every_stretch_is_named_by_its_first_row(tmp_path: Path) -> None:
    counted = count(write(tmp_path, [ANGRY] * 7))
    assert list(counted.over_time) == [str(place) for place in range(7)]


def test_days_are_counted_and_what_has_none_is_told(tmp_path: Path) -> None:
    days = ["2025-01-31", "2025-02-01T12:00:00", None, "yesterday", "2025-01-31"]
    counted = count(write(tmp_path, [ANGRY, SAD, SAD, SAD, SAD], days), "day")
    assert counted.over_time == {
        "2025-01-31": {"anger": 1, "sadness": 1},
        "2025-02-01": {"sadness": 1},
        UNDATED: {"sadness": 2},
    }


def test_a_day_without_recordings_stands_between_the_others(tmp_path: Path) -> None:
    counted = count(write(tmp_path, [ANGRY, SAD], ["2025-03-01", "2025-02-27"]), "day")
    assert counted.over_time == {"2025-02-27": {"sadness": 1}, "2025-02-28": {}, "2025-03-01": {"anger": 1}}


def test_a_list_without_any_day_is_counted(tmp_path: Path) -> None:
    assert count(write(tmp_path, [ANGRY], ["2025-02-31"]), "day").over_time == {UNDATED: {"anger": 1}}


@pytest.mark.parametrize(
    ("most", "names"),
    [(3, ["2024-12", "2025-01", "2025-02"]), (2, ["2024", "2025"]), (1, ["2020 to 2029"])],
)
def test_many_days_become_months_and_many_months_years(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, names: list[str]
) -> None:
    monkeypatch.setattr(summary, "STRETCHES", most)
    days = ["2024-12-30", "2024-12-31", "2025-01-01", "2025-01-02", "2025-02-01", "2025-02-02"]
    assert list(count(write(tmp_path, [ANGRY] * 6, days), "day").over_time) == names


def test_a_day_that_stands_for_none_does_not_hide_the_others(tmp_path: Path) -> None:
    days = ["2025-01-30", "9999-12-31", "2025-02-01", "9999-12-31", "9999-12-31"]
    assert count(write(tmp_path, [ANGRY, SAD, SAD, SAD, SAD], days), "day").over_time == {
        "2025-01-30": {"anger": 1},
        "2025-01-31": {},
        "2025-02-01": {"sadness": 1},
        "after 2025-02-01": {"sadness": 3},
    }


def test_days_are_thinned_where_there_are_too_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "MOST_DAYS", 2)
    days = ["2024-01-31", "2024-02-01", "2025-05-06", "2025-06-06"]
    counted = count(write(tmp_path, [ANGRY] * 4, days), "day")
    assert counted.over_time["2024-01"] == counted.over_time["2025-01"] == {"anger": 2}
    assert counted.emotions == {"anger": 4}


def test_a_shard_that_is_missing_is_noticed(tmp_path: Path) -> None:
    places, plan = write(tmp_path, [ANGRY] * 4)
    places.shard(1).unlink()
    with pytest.raises(OutputError, match=r"shard-000001\.parquet: cannot be read"):
        count((places, plan))


def test_rows_of_another_shard_are_noticed(tmp_path: Path) -> None:
    places, plan = write(tmp_path, [ANGRY] * 4)
    places.shard(1).write_bytes(places.shard(0).read_bytes())
    with pytest.raises(OutputError, match="does not hold the rows that it should; remove it"):
        count((places, plan))


def test_a_picture_is_drawn_where_there_is_matplotlib(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="needs pip install 'prosodyn[plots]'")
    count(write(tmp_path, [ANGRY, BROKEN, SAD]))
    assert (tmp_path / "over-time.png").read_bytes().startswith(b"\x89PNG")
