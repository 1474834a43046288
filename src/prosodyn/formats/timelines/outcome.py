"""What becomes of a recording's timeline."""

from collections.abc import Iterable, Iterator

from prosodyn.formats.outcome import Failure
from prosodyn.timeline import Timeline

TimelineOutcome = Timeline | Failure
"""Of one recording among many: a bad one never hides the others."""


def timelines_of(outcomes: Iterable[TimelineOutcome]) -> Iterator[Timeline]:
    """Yield what is no failure, for formats that have no place for one."""
    yield from (outcome for outcome in outcomes if isinstance(outcome, Timeline))
