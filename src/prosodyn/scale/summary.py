"""What was counted when all rows are there: emotions, errors, hours, and the answers over time."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import compute

from prosodyn.errors import MissingExtraError, OutputError
from prosodyn.files import replacing, write_durably
from prosodyn.formats.text import one_line
from prosodyn.mapping import to_mapping
from prosodyn.scale.listing import OWN
from prosodyn.scale.places import Places
from prosodyn.scale.plan import Plan
from prosodyn.scale.rows import DURATION, EMOTION, ERROR, ERROR_CLASS, FILE, POSITION
from prosodyn.scale.shard import read_shard
from prosodyn.scale.stretches import MOST_DAYS, day_of, in_stretches, thinned

STRETCHES = 100
"""Stretches of the list, or of time, that the picture tells apart at most."""

FAILED = "no answer"
"""Stands among the emotions where a recording could not be used."""

UNDATED = "undated"


@dataclass(frozen=True, slots=True)
class Run:
    """How the last run went, which may have found much done.

    Attributes:
        n_rows: that it answered
        seconds: that it took to answer them
        deaths: workers that died
        megabytes: the most memory that a worker held; None where nobody knows
    """

    n_rows: int
    seconds: float
    deaths: int
    megabytes: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """What was counted.

    Attributes:
        n_rows: recordings, each of which has one row
        n_failed: recordings without an answer
        hours: of sound that was answered
        emotions: answer to how many recordings have it, the most frequent first
        errors: class to how many recordings failed with it, the most frequent first
        examples: class to the text of the first such failure
        over_time: stretch of the list, or of time as `stretches.in_stretches` tells, to how many recordings
            have which answer there
        bundle: what answered
        licence: of it
        versions: of prosodyn to how many shards each has written
        run: how the last run went
    """

    n_rows: int
    n_failed: int
    hours: float
    emotions: Mapping[str, int]
    errors: Mapping[str, int]
    examples: Mapping[str, str]
    over_time: Mapping[str, Mapping[str, int]]
    bundle: str
    licence: str
    versions: Mapping[str, int]
    run: Run


class _Tally:
    """Counts shard by shard, in memory that does not grow with them."""

    def __init__(self) -> None:
        self.n_rows = 0
        self.seconds = 0.0
        self.errors: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self.versions: Counter[str] = Counter()
        self.over_time: dict[int, Counter[str]] = {}
        self.by_day: dict[date, Counter[str]] = {}
        self.undated: Counter[str] = Counter()

    def take(self, rows: pa.Table, stretches: pa.Array) -> None:
        answers = compute.fill_null(rows[EMOTION], FAILED)
        pairs = pa.table({"stretch": stretches, "answer": answers})
        for group in pairs.group_by(["stretch", "answer"]).aggregate([([], "count_all")]).to_pylist():
            self._at(group["stretch"])[group["answer"]] += group["count_all"]
        if len(self.by_day) > MOST_DAYS:
            self.by_day = thinned(self.by_day)
        self.seconds += compute.sum(rows[DURATION]).as_py() or 0.0
        self.n_rows += len(rows)
        version = (rows.schema.metadata or {}).get(b"prosodyn.version", b"?").decode()
        self.versions[version] += 1

    def _at(self, stretch: int | date | None) -> Counter[str]:
        if stretch is None:
            return self.undated
        if isinstance(stretch, date):
            return self.by_day.setdefault(stretch, Counter())
        return self.over_time.setdefault(stretch, Counter())

    def emotions(self) -> Counter[str]:
        total = Counter(self.undated)
        for here in (*self.over_time.values(), *self.by_day.values()):
            total.update(here)
        del total[FAILED]
        return total

    def fail(self, name: str, text: str) -> None:
        self.errors[name] += 1
        self.examples.setdefault(name, text)


def summarise(
    places: Places, plan: Plan, run: Run, day: str | None, progress: Callable[[int], None]
) -> Summary:
    """Read all shards, make sure that each recording has one row, count, and write what was counted.

    Without matplotlib, no picture is drawn.

    Args:
        places: of the results
        plan: of the run
        run: how the last run went
        day: the manifest's own column with the day; None for the order of the list
        progress: is told how many rows are counted

    Raises:
        OutputError: a shard is broken or not there, or nothing can be written
    """
    tally = _Tally()
    with replacing(places.failed) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((POSITION, FILE, ERROR_CLASS, ERROR))
        for shard in range(plan.n_shards):
            rows = _read(places, plan, shard, day)
            stretches = _by_position(rows, plan) if day is None else _by_day(rows[f"{OWN}{day}"])
            tally.take(rows, stretches)
            for failure in _failures(rows):
                tally.fail(failure[ERROR_CLASS], failure[ERROR])
                writer.writerow(
                    (failure[POSITION], failure[FILE], failure[ERROR_CLASS], one_line(failure[ERROR]))
                )
            progress(tally.n_rows)
    summary = Summary(
        n_rows=tally.n_rows,
        n_failed=tally.errors.total(),
        hours=tally.seconds / 3600,
        emotions=dict(tally.emotions().most_common()),
        errors=dict(tally.errors.most_common()),
        examples=tally.examples,
        over_time=_in_order(tally),
        bundle=plan.model.bundle,
        licence=plan.model.licence,
        versions=dict(tally.versions),
        run=run,
    )
    write_durably(places.summary, (json.dumps(to_mapping(summary), indent=2) + "\n").encode())
    _draw(summary, places, day)
    return summary


def _read(places: Places, plan: Plan, shard: int, day: str | None) -> pa.Table:
    """Read a shard, and make sure that it holds its rows and no others."""
    path = places.shard(shard)
    columns = [POSITION, FILE, EMOTION, DURATION, ERROR_CLASS, ERROR]
    rows = read_shard(path, columns if day is None else [*columns, f"{OWN}{day}"])
    if not np.array_equal(rows[POSITION].to_numpy(), np.array(plan.rows_of(shard))):
        raise OutputError(f"{path}: does not hold the rows that it should; remove it, and go on")
    return rows


def _failures(rows: pa.Table) -> Iterator[Mapping[str, Any]]:
    failed = rows.filter(compute.is_valid(rows[ERROR_CLASS]))
    yield from failed.select([POSITION, FILE, ERROR_CLASS, ERROR]).to_pylist()


def _by_position(rows: pa.Table, plan: Plan) -> pa.Array:
    """Return for each row the first position of its stretch of the list."""
    n = min(STRETCHES, plan.inputs.n_rows)
    positions = rows[POSITION].to_numpy()
    return pa.array(-(-(positions * n // plan.inputs.n_rows) * plan.inputs.n_rows // n))


def _by_day(cells: pa.ChunkedArray) -> pa.Array:
    """Return for each row its day, null where it has none; each different cell is looked at once."""
    encoded = cells.combine_chunks().dictionary_encode()
    days = pa.array([day_of(str(cell)) for cell in encoded.dictionary.to_pylist()], pa.date32())
    return days.take(encoded.indices)


def _in_order(tally: _Tally) -> dict[str, dict[str, int]]:
    width = len(str(max(tally.over_time, default=0)))
    named = {f"{first:0{width}d}": tally.over_time[first] for first in sorted(tally.over_time)}
    named |= in_stretches(tally.by_day, STRETCHES)
    if tally.undated:
        named[UNDATED] = tally.undated
    return {stretch: dict(sorted(answers.items())) for stretch, answers in named.items()}


def _draw(summary: Summary, places: Places, day: str | None) -> None:
    from prosodyn.scale.plots import plot_over_time

    try:
        plot_over_time(summary.over_time, places.plot, "position in the list" if day is None else day)
    except MissingExtraError:
        places.plot.unlink(missing_ok=True)  # one of before would be of other rows
