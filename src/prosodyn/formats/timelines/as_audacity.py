"""A timeline as a label track of Audacity."""

from prosodyn.formats.timelines.clock import decimal, spoken
from prosodyn.formats.timelines.words import spoken_caption
from prosodyn.timeline import Timeline


def timeline_to_audacity(timeline: Timeline) -> str:
    """Return one label a line: start and end in seconds, and the answer such as `anger 82 %`, tabs between.

    Only stretches in which somebody speaks have a label. A speaker's name stands before the answer.
    """
    return "".join(
        f"{decimal(start)}\t{decimal(end)}\t{spoken_caption(segment)}\n"
        for start, end, segment in spoken(timeline)
    )
