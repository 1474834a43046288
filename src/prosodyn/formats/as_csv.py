"""Outcomes as a table of comma-separated values."""

import csv
import io
from collections.abc import Iterable

from prosodyn.formats.outcome import Failure, Outcome

COLUMNS = ("file", "emotion", "confidence", "duration", "adapted", "remarks", "error")
"""Of every table; one column for each label follows."""

PREFIX = "probability_"
"""Of a label's column, so that a label called `file` or `error` takes no other column's name."""


def to_csv(outcomes: Iterable[Outcome]) -> str:
    """Return a table with a header: `COLUMNS`, then the labels' probabilities in the recogniser's order.

    The duration is in seconds, `adapted` is `true` or `false`; remarks are joined by `; `. A failure fills
    `file` and `error` alone. Where the predictions are of different recognisers, the labels of all have
    columns.

    Cells hold exactly what was given. A spreadsheet runs a cell that begins with `=`, `+`, `-` or `@` as a
    formula: before opening a table there whose file names come from strangers, import that column as text.
    """
    rows = [_to_row(outcome) for outcome in outcomes]
    labels = [column for column in dict.fromkeys(key for row in rows for key in row) if column not in COLUMNS]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, (*COLUMNS, *labels), restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _to_row(outcome: Outcome) -> dict[str, object]:
    if isinstance(outcome, Failure):
        return {"file": outcome.source, "error": str(outcome.error)}
    return {
        "file": outcome.source,
        "emotion": outcome.emotion,
        "confidence": outcome.confidence,
        "duration": outcome.duration,
        "adapted": "true" if outcome.adapted else "false",
        "remarks": "; ".join(outcome.remarks),
        **{f"{PREFIX}{label}": value for label, value in outcome.probabilities.items()},
    }
