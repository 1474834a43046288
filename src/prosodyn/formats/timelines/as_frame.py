"""Timelines as a table of pandas, on the segmented index of audformat."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prosodyn.errors import MissingExtraError
from prosodyn.formats.as_csv import PREFIX
from prosodyn.formats.entries import entry
from prosodyn.formats.timelines.outcome import TimelineOutcome, timelines_of

if TYPE_CHECKING:
    from pandas import DataFrame

_TEXTS = ("emotion", "best_guess", "speaker")


def timelines_to_frame(outcomes: Iterable[TimelineOutcome]) -> "DataFrame":
    """Return one row a segment, by `file`, `start` and `end` (time deltas).

    The columns are `emotion`, `confidence`, `best_guess`, `speaker`, `strange`, `adapted` and the labels'
    probabilities; what does not apply where nobody speaks is missing. Failures have no row. audformat takes
    the index as it is, unless two speakers have a segment of the same start and end.

    Raises:
        MissingExtraError: pandas is not installed
    """
    try:
        import pandas
    except ModuleNotFoundError as fault:
        raise MissingExtraError("pandas", "pandas", "A table of timelines") from fault
    timelines = tuple(timelines_of(outcomes))
    pairs = [(timeline, segment) for timeline in timelines for segment in timeline.segments]
    rows = [entry(segment) for _, segment in pairs]
    index = pandas.MultiIndex.from_arrays(
        [
            pandas.array([timeline.source for timeline, _ in pairs], dtype="string"),
            *(
                pandas.to_timedelta([row[edge] for row in rows], unit="s").astype("timedelta64[ns]")
                for edge in ("start", "end")
            ),
        ],
        names=["file", "start", "end"],
    )
    columns = {name: pandas.array([row[name] for row in rows], dtype="string") for name in _TEXTS}
    columns["confidence"] = pandas.array([row["confidence"] for row in rows], dtype="float64")
    columns["strange"] = pandas.array([segment.is_strange for _, segment in pairs], dtype="bool")
    columns["adapted"] = pandas.array([timeline.adapted for timeline, _ in pairs], dtype="bool")
    for label in dict.fromkeys(label for timeline in timelines for label in timeline.labels):
        column = [segment.probabilities.get(label) for _, segment in pairs]
        columns[f"{PREFIX}{label}"] = pandas.array(column, dtype="float64")
    named = ("emotion", "confidence", "best_guess", "speaker", "strange", "adapted")
    return pandas.DataFrame({**{name: columns.pop(name) for name in named}, **columns}, index=index)
