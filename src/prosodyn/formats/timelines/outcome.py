"""What becomes of a recording's timeline, and what is told of each of its segments."""

from collections.abc import Iterable, Iterator

from prosodyn.formats.outcome import Failure
from prosodyn.formats.timelines.words import best_guess
from prosodyn.timeline import Segment, Timeline

TimelineOutcome = Timeline | Failure
"""Of one recording among many: a bad one never hides the others."""


def timelines_of(outcomes: Iterable[TimelineOutcome]) -> Iterator[Timeline]:
    """Yield what is no failure, for formats that have no place for one."""
    yield from (outcome for outcome in outcomes if isinstance(outcome, Timeline))


def told(segment: Segment) -> dict[str, object]:
    """Return what is told of a segment, probabilities apart, by the names that all tables use."""
    return {
        "start": segment.start,
        "end": segment.end,
        "emotion": segment.emotion,
        "confidence": segment.confidence,
        "best_guess": best_guess(segment.probabilities),
        "speaker": segment.speaker,
    }
