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
        over_time: stretch of the list, or day, month or year, to how many recordings have which answer there
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
        self.over_time: dict[int | str, Counter[str]] = {}

    def take(self, rows: pa.Table, stretches: pa.Array) -> None:
        answers = compute.fill_null(rows[EMOTION], FAILED)
        pairs = pa.table({"stretch": stretches, "answer": answers})
        for group in pairs.group_by(["stretch", "answer"]).aggregate([([], "count_all")]).to_pylist():
            here = self.over_time.setdefault(group["stretch"], Counter())
            here[group["answer"]] += group["count_all"]
        self.seconds += compute.sum(rows[DURATION]).as_py() or 0.0
        self.n_rows += len(rows)
        version = (rows.schema.metadata or {}).get(b"prosodyn.version", b"?").decode()
        self.versions[version] += 1

    def emotions(self) -> Counter[str]:
        total = sum(self.over_time.values(), Counter[str]())
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
        over_time=_in_stretches(tally.over_time),
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
    """Return for each row its day, each different cell looked at once."""
    encoded = cells.combine_chunks().dictionary_encode()
    days = pa.array([*(_day(str(cell)) for cell in encoded.dictionary.to_pylist()), UNDATED])
    return days.take(compute.fill_null(encoded.indices, len(days) - 1))


def _day(cell: str) -> str:
    try:
        return date.fromisoformat(cell[:10]).isoformat()
    except ValueError:
        return UNDATED


def _in_stretches(counted: Mapping[int | str, Counter[str]]) -> dict[str, dict[str, int]]:
    """Return what was counted in order, days joined to months or years where there are too many."""
    width = len(str(max(counted)))
    named = {key if isinstance(key, str) else f"{key:0{width}d}": counted[key] for key in sorted(counted)}
    if any(isinstance(key, str) for key in counted):
        named = _joined(named)
    return {stretch: dict(sorted(answers.items())) for stretch, answers in named.items()}


def _joined(counted: Mapping[str, Counter[str]]) -> dict[str, Counter[str]]:
    """Join days; one in between without recordings is there as well, so that time passes evenly."""
    days = [date.fromisoformat(day).toordinal() for day in counted if day != UNDATED]
    between = [date.fromordinal(day).isoformat() for day in range(min(days), max(days) + 1)] if days else []
    for length in (len("2025-01-31"), len("2025-01"), len("2025")):
        joined = {day[:length]: Counter[str]() for day in between}
        if len(joined) <= STRETCHES:
            break
    for stretch in counted:
        key = stretch if stretch == UNDATED else stretch[:length]
        joined.setdefault(key, Counter()).update(counted[stretch])
    return joined


def _draw(summary: Summary, places: Places, day: str | None) -> None:
    from prosodyn.scale.plots import plot_over_time

    try:
        plot_over_time(summary.over_time, places.plot, "position in the list" if day is None else day)
    except MissingExtraError:
        places.plot.unlink(missing_ok=True)  # one of before would be of other rows
