"""A timeline as a TextGrid of Praat, in the long text format."""

from collections.abc import Iterator, Sequence

from prosodyn.formats.text import one_line
from prosodyn.formats.timelines.tiers import STEPS, Tier, tiers
from prosodyn.timeline import Timeline

Interval = tuple[int, int, str]
"""Start and end in microseconds, and what stands in between."""

LEAST_DURATION = 1000
"""Microseconds; Praat opens no TextGrid that is empty."""


def timeline_to_textgrid(timeline: Timeline) -> str:
    """Return a tier of intervals for each speaker, or one tier `emotion` where no turns were given.

    An interval's text is the emotion; where nobody speaks it is empty. A speaker whose own segments
    overlap has further tiers, numbered.
    """
    found = tiers(timeline)
    end = max(round(STEPS * timeline.duration), LEAST_DURATION, *(tier.end for tier in found))
    lines = [
        'File type = "ooTextFile"',
        'Object class = "TextGrid"',
        "",
        "xmin = 0",
        f"xmax = {_seconds(end)}",
        "tiers? <exists>",
        f"size = {len(found)}",
        "item []:",
    ]
    for number, tier in enumerate(found, start=1):
        lines += [f"    item [{number}]:", *_tier_lines(tier.name, tuple(_intervals(tier, end)), end)]
    return "\n".join(lines) + "\n"


def _tier_lines(name: str, intervals: Sequence[Interval], end: int) -> Iterator[str]:
    yield '        class = "IntervalTier"'
    yield f"        name = {_quoted(name)}"
    yield "        xmin = 0"
    yield f"        xmax = {_seconds(end)}"
    yield f"        intervals: size = {len(intervals)}"
    for number, (first, last, text) in enumerate(intervals, start=1):
        yield f"        intervals [{number}]:"
        yield f"            xmin = {_seconds(first)}"
        yield f"            xmax = {_seconds(last)}"
        yield f"            text = {_quoted(text)}"


def _intervals(tier: Tier, end: int) -> Iterator[Interval]:
    """Yield intervals from the beginning to the end, without a gap: Praat allows none."""
    reached = 0
    for first, last, segment in tier.segments:
        if reached < first:
            yield reached, first, ""
        yield first, last, one_line(segment.emotion)
        reached = last
    if reached < end:
        yield reached, end, ""


def _seconds(instant: int) -> str:
    """Write microseconds as seconds, exactly, without zeros at the end."""
    whole, rest = divmod(instant, STEPS)
    return f"{whole}.{rest:06}".rstrip("0").rstrip(".")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
