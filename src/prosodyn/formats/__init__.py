"""What a recogniser says, as text that other programs read."""

from prosodyn.formats.as_csv import to_csv
from prosodyn.formats.as_json import to_json, to_json_lines
from prosodyn.formats.entries import entry
from prosodyn.formats.explanations.as_json import explanation_to_json
from prosodyn.formats.explanations.plots import plot_explanation
from prosodyn.formats.explanations.words import explanation_in_words
from prosodyn.formats.outcome import Failure, Outcome
from prosodyn.formats.pictures.as_html import timeline_to_html
from prosodyn.formats.pictures.overview import Overview, OverviewBuilder
from prosodyn.formats.pictures.plots import plot_timeline
from prosodyn.formats.timelines.as_audacity import timeline_to_audacity
from prosodyn.formats.timelines.as_csv import timelines_to_csv
from prosodyn.formats.timelines.as_frame import timelines_to_frame
from prosodyn.formats.timelines.as_json import (
    segment_to_json,
    timeline_to_json,
    timelines_to_json,
    timelines_to_json_lines,
)
from prosodyn.formats.timelines.as_rttm import timelines_to_rttm
from prosodyn.formats.timelines.as_srt import timeline_to_srt
from prosodyn.formats.timelines.as_textgrid import timeline_to_textgrid
from prosodyn.formats.timelines.as_webvtt import timeline_to_webvtt
from prosodyn.formats.timelines.outcome import TimelineOutcome
from prosodyn.formats.timelines.registry import (
    TIMELINE_FORMATS,
    TimelineFormat,
    render,
    timeline_format,
    timeline_format_of,
)

__all__ = [
    "TIMELINE_FORMATS",
    "Failure",
    "Outcome",
    "Overview",
    "OverviewBuilder",
    "TimelineFormat",
    "TimelineOutcome",
    "entry",
    "explanation_in_words",
    "explanation_to_json",
    "plot_explanation",
    "plot_timeline",
    "render",
    "segment_to_json",
    "timeline_format",
    "timeline_format_of",
    "timeline_to_audacity",
    "timeline_to_html",
    "timeline_to_json",
    "timeline_to_srt",
    "timeline_to_textgrid",
    "timeline_to_webvtt",
    "timelines_to_csv",
    "timelines_to_frame",
    "timelines_to_json",
    "timelines_to_json_lines",
    "timelines_to_rttm",
    "to_csv",
    "to_json",
    "to_json_lines",
]
