"""A timeline as subtitles of the web (WebVTT, W3C)."""

from prosodyn.formats.text import one_line
from prosodyn.formats.timelines.clock import clock, spoken
from prosodyn.formats.timelines.words import caption
from prosodyn.timeline import Segment, Timeline

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def timeline_to_webvtt(timeline: Timeline) -> str:
    """Return cues for the stretches in which somebody speaks, such as `anger 82 %`.

    A speaker is the cue's voice, `<v caller>`.
    """
    cues = (
        f"\n{clock(start, '.')} --> {clock(end, '.')}\n{_text(segment)}\n"
        for start, end, segment in spoken(timeline)
    )
    return "".join(("WEBVTT\n", *cues))


def _text(segment: Segment) -> str:
    words = caption(segment).translate(_ESCAPES)
    speaker = one_line(segment.speaker).translate(_ESCAPES)
    return f"<v {speaker}>{words}" if speaker else words
