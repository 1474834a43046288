"""The parsers of srt, webvtt-py and FFmpeg read back what was written."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import srt
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.formats import timeline_to_srt, timeline_to_webvtt
from prosodyn.timeline import Segment, Timeline

seeded = settings(derandomize=True, deadline=None, max_examples=100)
any_text = st.text(st.characters(exclude_categories=()))
NASTY = [
    "a --> b",
    "1\n\n2\n00:00:00,000 --> 00:00:01,000\nboo",
    "\u2028NOTE\x85",
    "</v><b>",
    "\udcff",
    "&lt;",
]

# hours of two digits or more, minutes and seconds below sixty, thousandths (WebVTT 4.1, W3C)
CUE = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)\.(\d{3})")


def read_srt(text: str) -> list[srt.Subtitle]:
    return list(srt.parse(text, ignore_errors=False))


def read_vtt(text: str) -> list[webvtt.Caption]:
    return webvtt.from_buffer(io.StringIO(text)).captions


def told(emotion: str, speaker: str = "", n_segments: int = 2) -> Timeline:
    segments = (Segment(i, i + 1, emotion, {emotion: 1.0}, speaker) for i in range(n_segments))
    return Timeline("a.wav", (emotion,), float(n_segments), tuple(segments))


def between(start: float, end: float) -> Timeline:
    return Timeline("a.wav", ("anger",), end, (Segment(start, end, "anger", {"anger": 1.0}),))


def test_subtitles_show_only_what_is_spoken(timeline: Timeline) -> None:
    assert [each.content for each in read_srt(timeline_to_srt(timeline))] == [
        "anger 82 %",
        "uncertain, perhaps neutral 41 %",
    ]


def test_subtitles_come_back_at_their_times(conversation: Timeline) -> None:
    assert [(each.start, each.end) for each in read_srt(timeline_to_srt(conversation))] == [
        (timedelta(seconds=segment.start), timedelta(seconds=segment.end))
        for segment in conversation.segments
    ]


def test_subtitles_are_numbered_from_one(conversation: Timeline) -> None:
    assert [each.index for each in read_srt(timeline_to_srt(conversation))] == [1, 2, 3]


def test_a_subtitle_says_who_speaks(conversation: Timeline) -> None:
    assert read_srt(timeline_to_srt(conversation))[1].content == "caller: anger 70 %"


def test_cues_show_only_what_is_spoken(timeline: Timeline) -> None:
    assert [each.text for each in read_vtt(timeline_to_webvtt(timeline))] == [
        "anger 82 %",
        "uncertain, perhaps neutral 41 %",
    ]


def test_cues_come_back_at_their_times(conversation: Timeline) -> None:
    found = read_vtt(timeline_to_webvtt(conversation))
    assert [each.start for each in found] == ["00:00:00.500", "00:00:03.000", "00:00:06.000"]
    assert [each.end for each in found] == ["00:00:04.000", "00:00:06.500", "00:00:09.000"]


def test_a_cue_has_its_speaker_for_a_voice(conversation: Timeline) -> None:
    assert [each.voice for each in read_vtt(timeline_to_webvtt(conversation))] == ["agent", "caller", "agent"]


def test_nothing_is_no_subtitle(nothing: Timeline) -> None:
    assert timeline_to_srt(nothing) == ""


def test_nothing_is_a_header_without_cues(nothing: Timeline) -> None:
    assert timeline_to_webvtt(nothing) == "WEBVTT\n"


@pytest.mark.parametrize(
    ("start", "end", "line"),
    [
        (0.0, 59.9996, "00:00:00,000 --> 00:01:00,000"),
        (3599.9996, 3601.0, "01:00:00,000 --> 01:00:01,000"),
        (0.0004, 1.0, "00:00:00,000 --> 00:00:01,000"),
        (359_999.9999, 450_000.25, "100:00:00,000 --> 125:00:00,250"),
        (1.00001, 1.00002, "00:00:01,000 --> 00:00:01,001"),
    ],
)
def test_an_instant_is_rounded_before_it_is_divided(start: float, end: float, line: str) -> None:
    assert timeline_to_srt(between(start, end)).splitlines()[1] == line
    assert timeline_to_webvtt(between(start, end)).splitlines()[2] == line.replace(",", ".")


@seeded
@given(start=st.floats(0, 1e6), length=st.floats(0.002, 1e4))
def test_a_subtitle_is_half_a_millisecond_off_at_most(start: float, length: float) -> None:
    found = read_srt(timeline_to_srt(between(start, start + length)))[0]
    assert found.start.total_seconds() == pytest.approx(start, abs=0.00051)
    assert found.end.total_seconds() == pytest.approx(start + length, abs=0.00051)
    assert found.start < found.end


@seeded
@given(
    emotion=st.one_of(any_text, st.sampled_from(NASTY)), speaker=st.one_of(any_text, st.sampled_from(NASTY))
)
def test_no_name_makes_or_hides_a_subtitle(emotion: str, speaker: str) -> None:
    text = timeline_to_srt(told(emotion, speaker)).encode().decode()
    assert [(each.index, each.start) for each in read_srt(text)] == [
        (1, timedelta(seconds=0)),
        (2, timedelta(seconds=1)),
    ]
    assert text.count("-->") == 2


@seeded
@given(
    emotion=st.one_of(any_text, st.sampled_from(NASTY)), speaker=st.one_of(any_text, st.sampled_from(NASTY))
)
def test_no_name_makes_or_hides_a_cue(emotion: str, speaker: str) -> None:
    text = timeline_to_webvtt(told(emotion, speaker)).encode().decode()
    header, *cues = text.removesuffix("\n").split("\n\n")
    assert header == "WEBVTT"
    assert [[bool(CUE.fullmatch(line)) for line in cue.split("\n")] for cue in cues] == 2 * [[True, False]]
    assert len(read_vtt(text)) == 2


@pytest.mark.parametrize("name", NASTY)
def test_a_cue_holds_no_tag_but_the_voice(name: str) -> None:
    cue = timeline_to_webvtt(told(name, name, 1)).splitlines()[3]
    assert cue.startswith("<v ")
    assert cue.count("<") == cue.count(">") == 1


def test_a_name_that_is_a_tag_is_read_by_its_letters() -> None:
    assert "&lt;b&gt; &amp;amp;" in timeline_to_webvtt(told("<b> &amp;"))
    assert "‹b›" in timeline_to_srt(told("<b>"))


@pytest.mark.parametrize(("write", "suffix"), [(timeline_to_srt, "srt"), (timeline_to_webvtt, "vtt")])
def test_ffmpeg_finds_every_subtitle_at_its_time(
    write: Callable[[Timeline], str], suffix: str, tmp_path: Path
) -> None:
    av = pytest.importorskip("av")
    segments = (Segment(i, i + 1.5, name, {name: 1.0}, name) for i, name in enumerate(NASTY))
    path = tmp_path / f"nasty.{suffix}"
    path.write_text(write(Timeline("a.wav", tuple(NASTY), 9.0, tuple(segments))), encoding="utf-8")
    with av.open(path) as container:
        packets = [packet for packet in container.demux() if packet.pts is not None]
    found = [(float(each.pts * each.time_base), float(each.duration * each.time_base)) for each in packets]
    assert found == [(i, 1.5) for i in range(len(NASTY))]


def test_a_speaker_without_a_visible_name_has_no_voice() -> None:
    assert timeline_to_webvtt(told("anger", "\n\t ")).splitlines()[3] == "anger 100 %"
