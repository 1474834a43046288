"""Outcomes as a table of comma-separated values."""

import csv
from collections.abc import Iterable, Mapping, Sequence

from prosodyn.formats.outcome import Failure, Outcome
from prosodyn.formats.text import writable

COLUMNS = (
    "file", "emotion", "confidence", "best_guess", "plausible", "familiarity", "duration", "adapted",
    "remarks", "error",
)  # fmt: skip
"""Of every table; one column for each label follows."""

PREFIX = "probability_"
"""Of a label's column, so that a label called `file` or `error` takes no other column's name."""


def to_csv(outcomes: Iterable[Outcome]) -> str:
    """Return a table with a header: `COLUMNS`, then the labels' probabilities in the recogniser's order.

    The emotion may be `uncertain` or `no speech`; `best_guess` is the most probable label all the same.
    `plausible` holds the emotions that it might be and `familiarity` that of `Prediction`; both are empty
    where the recogniser cannot tell. The duration is in seconds, `adapted` is `true` or `false`; what is
    several is joined by `; `. A failure fills `file` and `error` alone. Where the predictions are of
    different recognisers, the labels of all have columns.

    Cells hold exactly what was given, but for characters that no file can hold. A spreadsheet runs a cell
    that begins with `=`, `+`, `-` or `@` as a formula: before opening a table there whose file names come
    from strangers, import that column as text.
    """
    rows = [_to_row(outcome) for outcome in outcomes]
    labels = [column for column in dict.fromkeys(key for row in rows for key in row) if column not in COLUMNS]
    return table((*COLUMNS, *labels), rows)


def table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Return a header and rows; a cell that a row does not have is empty."""
    lines = _Lines()
    writer = csv.DictWriter(lines, columns, restval="", lineterminator=_Lines.END)
    writer.writeheader()
    writer.writerows(rows)
    return writable("".join(lines))


class _Lines(list[str]):
    """Takes rows from a writer, one at a time, and ends each with a line feed.

    The writer is told that both characters end a row, so that it quotes a cell that holds either. Told of
    the line feed alone, Python 3.11 does not quote a carriage return, and readers end the row there.
    """

    END = "\r\n"

    def write(self, row: str) -> None:
        self.append(row.removesuffix(self.END) + "\n")


def _to_row(outcome: Outcome) -> dict[str, object]:
    if isinstance(outcome, Failure):
        return {"file": outcome.source, "error": str(outcome.error)}
    return {
        "file": outcome.source,
        "emotion": outcome.emotion,
        "confidence": outcome.stated_confidence,
        "best_guess": outcome.best_guess,
        "plausible": "; ".join(outcome.plausible),
        "familiarity": outcome.familiarity,
        "duration": outcome.duration,
        "adapted": "true" if outcome.adapted else "false",
        "remarks": "; ".join(outcome.remarks),
        **{f"{PREFIX}{label}": value for label, value in outcome.probabilities.items()},
    }
