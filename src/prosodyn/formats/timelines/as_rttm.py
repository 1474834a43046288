"""Timelines as Rich Transcription Time Marked lines (NIST, RT-09 evaluation plan, appendix A)."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from urllib.parse import quote

from prosodyn.formats.timelines.clock import decimal, spoken
from prosodyn.formats.timelines.outcome import TimelineOutcome, timelines_of
from prosodyn.timeline import Segment, Timeline

NOTHING = "<NA>"
"""In a field that does not apply."""

# what separates fields, what stands for something else, and what cannot be seen or written
_RESERVED = re.compile("[\\s%<>\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def timelines_to_rttm(outcomes: Iterable[TimelineOutcome]) -> str:
    """Return a line of type `SPEAKER` for each stretch in which somebody speaks.

    The name is the emotion; where turns were given it is speaker and emotion with a slash between. The
    confidence is that of the most probable label. The file is the recording's name without folder and
    ending, as NIST has it; where two would be alike, their whole names are given. Fields hold no spaces:
    these, and the few other characters that have a meaning there, are percent-encoded. Failures have no line.
    """
    timelines = tuple(timelines_of(outcomes))
    return "".join(
        _line(name, start, end, segment)
        for name, timeline in zip(_names(timelines), timelines, strict=True)
        for start, end, segment in spoken(timeline)
    )


def _names(timelines: Sequence[Timeline]) -> list[str]:
    stems = [PurePath(timeline.source).stem for timeline in timelines]
    n_alike = Counter(stems)
    return [
        stem if n_alike[stem] == 1 else timeline.source
        for stem, timeline in zip(stems, timelines, strict=True)
    ]


def _line(name: str, start: int, end: int, segment: Segment) -> str:
    who = _field(segment.emotion, also="/")
    if segment.speaker:
        who = f"{_field(segment.speaker, also='/')}/{who}"
    confidence = NOTHING if segment.confidence is None else f"{segment.confidence:.3f}"
    fields = (
        "SPEAKER", _field(name), "1", decimal(start), decimal(end - start),
        NOTHING, NOTHING, who, confidence, NOTHING,
    )  # fmt: skip
    return " ".join(fields) + "\n"


def _field(text: str, also: str = "") -> str:
    """Return a text without what has a meaning between fields; `also` has one inside this field."""
    encoded = _RESERVED.sub(_encode, text)
    return (encoded.replace(also, quote(also, safe="")) if also else encoded) or NOTHING


def _encode(found: re.Match[str]) -> str:
    # Python spells a byte that is not UTF-8 as one of these; any other half of a pair has bytes of its own
    is_byte = "\udc80" <= found[0] <= "\udcff"
    return quote(found[0], safe="", errors="surrogateescape" if is_byte else "surrogatepass")
