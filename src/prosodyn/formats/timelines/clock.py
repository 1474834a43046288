"""Seconds as whole milliseconds, and as subtitles write them."""

from collections.abc import Iterator

from prosodyn.formats.timelines.words import is_spoken
from prosodyn.timeline import Segment, Timeline


def milliseconds(seconds: float) -> int:
    """Round to whole milliseconds, before anything is divided into minutes and seconds."""
    return round(1000 * seconds)


def stretch(segment: Segment) -> tuple[int, int]:
    """Return start and end in milliseconds; the end is always later.

    Neighbours stay neighbours, since an instant is rounded the same from both sides. Only a segment that
    would shrink to nothing reaches a millisecond into the next, because no format allows it to be empty.
    """
    start = milliseconds(segment.start)
    return start, max(milliseconds(segment.end), start + 1)


def spoken(timeline: Timeline) -> Iterator[tuple[int, int, Segment]]:
    """Yield the segments in which somebody speaks, with start and end in milliseconds."""
    yield from ((*stretch(segment), segment) for segment in timeline.segments if is_spoken(segment))


def clock(instant: int, mark: str) -> str:
    """Write an instant as hours, minutes, seconds and thousandths; hours have two digits or more.

    Args:
        instant: milliseconds
        mark: before the thousandths, a comma or a point

    Examples:
        >>> clock(milliseconds(59.9996), ",")
        '00:01:00,000'
        >>> clock(milliseconds(360_001.5), ".")
        '100:00:01.500'
    """
    seconds, thousandths = divmod(instant, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{thousandths:03}"


def decimal(instant: int) -> str:
    """Write an instant in seconds with three decimals, exactly.

    Examples:
        >>> decimal(360_001_500)
        '360001.500'
    """
    seconds, thousandths = divmod(instant, 1000)
    return f"{seconds}.{thousandths:03}"
