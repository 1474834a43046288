"""Every format is found by its name and by the ending of a file."""

from pathlib import Path

import pytest

from prosodyn.errors import OutputError
from prosodyn.formats import (
    TIMELINE_FORMATS,
    Failure,
    render,
    timeline_format_of,
    timeline_to_srt,
    timelines_to_json,
)
from prosodyn.timeline import Timeline

every = pytest.mark.parametrize("name", TIMELINE_FORMATS)
of_one = [name for name, form in TIMELINE_FORMATS.items() if form.many is None]


@every
def test_a_timeline_is_written_in_every_format(
    name: str, timeline: Timeline, conversation: Timeline, nothing: Timeline
) -> None:
    assert all(isinstance(render(each, name), str) for each in (timeline, conversation, nothing))


@every
def test_the_ending_of_a_file_tells_its_format(name: str) -> None:
    assert timeline_format_of(Path(f"call{TIMELINE_FORMATS[name].suffix}")).name == name


def test_no_two_formats_share_an_ending() -> None:
    assert len({form.suffix.lower() for form in TIMELINE_FORMATS.values()}) == len(TIMELINE_FORMATS)


@pytest.mark.parametrize("ending", ["textgrid", "TextGrid", "TEXTGRID"])
def test_capitals_in_an_ending_do_not_matter(ending: str) -> None:
    assert timeline_format_of(Path(f"call.{ending}")).name == "textgrid"


def test_an_ending_of_no_format_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(OutputError, match=r"call\.doc: the ending tells no format .*\.json, .*\.txt$"):
        timeline_format_of(Path("call.doc"))


def test_a_name_of_no_format_is_refused_with_those_that_there_are(timeline: Timeline) -> None:
    with pytest.raises(OutputError, match="no format of timelines is called 'doc'; choose one of json, "):
        render(timeline, "doc")


def test_several_timelines_go_where_several_have_a_place(timeline: Timeline, failure: Failure) -> None:
    assert render([timeline, failure], "json") == timelines_to_json([timeline, failure])


@pytest.mark.parametrize("name", of_one)
def test_several_timelines_are_refused_where_one_has_a_place(name: str, timeline: Timeline) -> None:
    with pytest.raises(OutputError, match=r"one recording, not 2 .* choose one of json, jsonl, csv, rttm"):
        render([timeline, timeline], name)


def test_a_single_one_among_several_may_be_given(timeline: Timeline) -> None:
    assert render(iter([timeline]), "srt") == timeline_to_srt(timeline)


def test_subtitles_of_a_failure_are_refused_with_its_reason(failure: Failure) -> None:
    with pytest.raises(type(failure.error)) as raised:
        render([failure], "srt")
    assert raised.value is failure.error
