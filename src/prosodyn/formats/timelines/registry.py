"""The formats of a timeline, by name and by the ending of a file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from prosodyn.errors import OutputError
from prosodyn.formats.outcome import Failure
from prosodyn.formats.timelines.as_audacity import timeline_to_audacity
from prosodyn.formats.timelines.as_csv import timelines_to_csv
from prosodyn.formats.timelines.as_json import (
    timeline_to_json,
    timelines_to_json,
    timelines_to_json_lines,
)
from prosodyn.formats.timelines.as_rttm import timelines_to_rttm
from prosodyn.formats.timelines.as_srt import timeline_to_srt
from prosodyn.formats.timelines.as_textgrid import timeline_to_textgrid
from prosodyn.formats.timelines.as_webvtt import timeline_to_webvtt
from prosodyn.formats.timelines.outcome import TimelineOutcome
from prosodyn.timeline import Timeline


@dataclass(frozen=True, slots=True)
class TimelineFormat:
    """A way to write timelines as text.

    Attributes:
        name: as users type it
        suffix: of a file's name, with its point
        about: what reads it, in a phrase
        one: writes the timeline of one recording
        many: writes those of several, with failures among them; None where a text is of one recording
    """

    name: str
    suffix: str
    about: str
    one: Callable[[Timeline], str]
    many: Callable[[Iterable[TimelineOutcome]], str] | None = None


def _table(
    name: str, suffix: str, about: str, many: Callable[[Iterable[TimelineOutcome]], str]
) -> TimelineFormat:
    """Return a format in which one timeline is written as several are."""
    return TimelineFormat(name, suffix, about, lambda timeline: many([timeline]), many)


TIMELINE_FORMATS: Mapping[str, TimelineFormat] = MappingProxyType(
    {
        each.name: each
        for each in (
            TimelineFormat("json", ".json", "one object a recording", timeline_to_json, timelines_to_json),
            _table("jsonl", ".jsonl", "one segment a line", timelines_to_json_lines),
            _table("csv", ".csv", "one segment a row", timelines_to_csv),
            TimelineFormat("srt", ".srt", "subtitles of video players", timeline_to_srt),
            TimelineFormat("vtt", ".vtt", "subtitles of web pages (WebVTT)", timeline_to_webvtt),
            _table("rttm", ".rttm", "diarisation tools", timelines_to_rttm),
            TimelineFormat("textgrid", ".TextGrid", "Praat and ELAN", timeline_to_textgrid),
            TimelineFormat("audacity", ".txt", "a label track of Audacity", timeline_to_audacity),
        )
    }
)
"""Every format of a timeline, by its name."""


def render(timelines: Timeline | Iterable[TimelineOutcome], name: str) -> str:
    """Return timelines in a format of `TIMELINE_FORMATS`.

    Args:
        timelines: one, or several with failures among them
        name: of the format

    Raises:
        OutputError: there is no such format, or it holds one recording and not several
        ProsodynError: the one recording could not be recognised, and the format has no place for failures
    """
    form = timeline_format(name)
    if isinstance(timelines, Timeline):
        return form.one(timelines)
    if form.many is not None:
        return form.many(timelines)
    several = list(timelines)
    if len(several) != 1:
        holders = ", ".join(each.name for each in TIMELINE_FORMATS.values() if each.many)
        raise OutputError(
            f"{name} holds the timeline of one recording, not {len(several)} of them; "
            f"write a file for each, or choose one of {holders}"
        )
    only = several[0]
    if isinstance(only, Failure):
        raise only.error
    return form.one(only)


def timeline_format(name: str) -> TimelineFormat:
    """Return the format of a name.

    Raises:
        OutputError: there is none
    """
    if name not in TIMELINE_FORMATS:
        names = ", ".join(TIMELINE_FORMATS)
        raise OutputError(f"no format of timelines is called '{name}'; choose one of {names}")
    return TIMELINE_FORMATS[name]


def timeline_format_of(path: Path) -> TimelineFormat:
    """Return the format that a file's ending asks for, in capitals or not.

    Raises:
        OutputError: no format has this ending
    """
    for form in TIMELINE_FORMATS.values():
        if path.suffix.lower() == form.suffix.lower():
            return form
    endings = ", ".join(form.suffix for form in TIMELINE_FORMATS.values())
    raise OutputError(f"{path}: the ending tells no format of timelines; choose one of {endings}")
