"""A timeline as SubRip subtitles."""

from prosodyn.formats.timelines.clock import clock, spoken
from prosodyn.formats.timelines.words import spoken_caption
from prosodyn.timeline import Timeline

# players read tags and commands between these, and there is no way to escape them
_LOOKALIKES = str.maketrans("<>{}", "‹›()")


def timeline_to_srt(timeline: Timeline) -> str:
    """Return numbered subtitles of the stretches in which somebody speaks, such as `anger 82 %`.

    A speaker's name stands before the answer. Angle brackets and braces are commands of this format: they
    become angle quotes and round brackets.
    """
    return "\n".join(
        f"{number}\n{clock(start, ',')} --> {clock(end, ',')}\n"
        f"{spoken_caption(segment).translate(_LOOKALIKES)}\n"
        for number, (start, end, segment) in enumerate(spoken(timeline), start=1)
    )
