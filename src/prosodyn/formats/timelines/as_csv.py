"""Timelines as a table of comma-separated values, one segment a row."""

from collections.abc import Iterable, Iterator

from prosodyn.formats.as_csv import PREFIX, table
from prosodyn.formats.entries import entry
from prosodyn.formats.outcome import Failure
from prosodyn.formats.timelines.outcome import TimelineOutcome

SEGMENT_COLUMNS = (
    "file", "start", "end", "emotion", "confidence", "best_guess", "speaker", "strange", "adapted", "remarks",
    "error",
)  # fmt: skip
"""Of every table of segments; one column for each label follows."""


def timelines_to_csv(outcomes: Iterable[TimelineOutcome]) -> str:
    """Return a table with a header: `SEGMENT_COLUMNS`, then the labels' probabilities.

    Times are in seconds; `strange` and `adapted` are `true` or `false`. `adapted` and the remarks, joined by
    `; `, are those of the recording, on each of its rows. Where nobody speaks, `confidence`, `best_guess` and
    the probabilities are empty. A failure fills `file` and `error` alone; a timeline without segments has no
    row.

    Cells hold what was given, but for characters that no file can hold. A spreadsheet runs a cell that
    begins with `=`, `+`, `-` or `@` as a formula: before opening a table there whose file names come from
    strangers, import that column as text.
    """
    outcomes = list(outcomes)
    labels = dict.fromkeys(label for outcome in outcomes for label in _labels(outcome))
    columns = (*SEGMENT_COLUMNS, *(f"{PREFIX}{label}" for label in labels))
    return table(columns, (row for outcome in outcomes for row in _rows(outcome)))


def _labels(outcome: TimelineOutcome) -> tuple[str, ...]:
    return () if isinstance(outcome, Failure) else outcome.labels


def _rows(outcome: TimelineOutcome) -> Iterator[dict[str, object]]:
    if isinstance(outcome, Failure):
        yield {"file": outcome.source, "error": str(outcome.error)}
        return
    whole = {
        "file": outcome.source,
        "adapted": "true" if outcome.adapted else "false",
        "remarks": "; ".join(outcome.remarks),
    }
    for segment in outcome.segments:
        told = entry(segment)
        told["strange"] = "true" if segment.is_strange else "false"
        probabilities = {f"{PREFIX}{label}": value for label, value in told.pop("probabilities").items()}
        yield {**whole, **told, **probabilities}
