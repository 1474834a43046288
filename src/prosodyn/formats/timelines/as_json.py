"""Timelines as JSON: one object, an array of them, or one segment a line (JSON Lines)."""

from collections.abc import Iterable, Iterator

from prosodyn.formats.as_json import one_line_of_json
from prosodyn.formats.entries import entry
from prosodyn.formats.outcome import Failure
from prosodyn.formats.timelines.outcome import TimelineOutcome
from prosodyn.timeline import Segment, Timeline


def timeline_to_json(timeline: Timeline) -> str:
    """Return one object, its segments one a line.

    Its keys are `file`, `duration` (seconds), `adapted`, `labels`, `remarks` and `segments`. A segment has
    `start` and `end` (seconds), `emotion`, `confidence`, `best_guess`, `speaker`, `strange` (it
    sounds unlike what the recogniser learnt from) and `probabilities`.
    Where nobody speaks, `confidence` and `best_guess` are null and `probabilities` is empty.
    """
    whole = entry(timeline)
    del whole["segments"]
    head = one_line_of_json(whole)
    segments = ",\n".join(f"  {segment_to_json(segment)}" for segment in timeline.segments)
    return f'{head[:-1]}, "segments": [' + (f"\n{segments}\n]}}\n" if segments else "]}\n")


def segment_to_json(segment: Segment) -> str:
    """Return one segment as an object on one line, with the keys that it has in `timeline_to_json`."""
    return one_line_of_json(entry(segment))


def timelines_to_json(outcomes: Iterable[TimelineOutcome]) -> str:
    """Return one array of the objects of `timeline_to_json`; a failure has `file` and `error`."""
    objects = ",\n".join(
        _failed(outcome) if isinstance(outcome, Failure) else timeline_to_json(outcome).rstrip()
        for outcome in outcomes
    )
    return f"[\n{objects}\n]\n" if objects else "[]\n"


def timelines_to_json_lines(outcomes: Iterable[TimelineOutcome]) -> str:
    """Return one object a segment, each on its own line; a failure is a line with `file` and `error`.

    A line has `file` and the keys of a segment in `timeline_to_json`, then `adapted` and `remarks` of its
    recording, so that it can be read alone. A timeline without segments has no line.
    """
    return "".join(f"{line}\n" for outcome in outcomes for line in _lines(outcome))


def _lines(outcome: TimelineOutcome) -> Iterator[str]:
    if isinstance(outcome, Failure):
        yield _failed(outcome)
        return
    whole = {"adapted": outcome.adapted, "remarks": list(outcome.remarks)}
    for segment in outcome.segments:
        yield one_line_of_json({"file": outcome.source, **entry(segment), **whole})


def _failed(failure: Failure) -> str:
    return one_line_of_json({"file": failure.source, "error": str(failure.error)})
