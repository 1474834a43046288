"""Who speaks when, in rows in which nothing overlaps."""

from dataclasses import dataclass, field

from prosodyn.formats.text import one_line
from prosodyn.formats.timelines.words import is_spoken
from prosodyn.timeline import Segment, Timeline

UNNAMED = "emotion"
"""The row of those whose names were not given."""

STEPS = 1_000_000
"""In a second. Sixteen of the shortest of them are a sample at 16 kHz, so nothing that is heard is lost."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One speaker's segments, or those of all where no turns were given.

    Attributes:
        name: unlike that of any other tier
        segments: in which somebody speaks, in order, with start and end in microseconds; none overlap
    """

    name: str
    segments: list[tuple[int, int, Segment]] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Return where the last segment ends, in microseconds."""
        return self.segments[-1][1] if self.segments else 0


def tiers(timeline: Timeline) -> list[Tier]:
    """Return a tier for each speaker, in the order in which they are first heard; at least one.

    A speaker whose segments overlap has several.
    """
    found: dict[str, list[Tier]] = {}
    taken: set[str] = set()
    for segment in sorted(filter(is_spoken, timeline.segments), key=lambda segment: segment.start):
        start, end = round(STEPS * segment.start), round(STEPS * segment.end)
        own = found.setdefault(segment.speaker, [])
        free = next((tier for tier in own if tier.end <= start), None)
        if free is None:
            free = Tier(_new_name(one_line(segment.speaker) or UNNAMED, taken))
            own.append(free)
        if start < end:
            free.segments.append((start, end, segment))
    return [tier for own in found.values() for tier in own] or [Tier(UNNAMED)]


def _new_name(wanted: str, taken: set[str]) -> str:
    """Return the name that is wanted, or the first of its numbered ones that is free, and take it."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted} ({number})"
    taken.add(name)
    return name
