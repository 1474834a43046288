"""A strict reader of the ten fields of NIST's format reads back what was written."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.formats import Failure, timelines_to_rttm
from prosodyn.timeline import Segment, Timeline

seeded = settings(derandomize=True, deadline=None, max_examples=200)
any_text = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)
SECONDS = re.compile(r"\d+\.\d{3}")


@dataclass(frozen=True)
class Turn:
    """A line of type SPEAKER."""

    file: str
    start: float
    duration: float
    name: str
    confidence: str


def read_rttm(text: str) -> list[Turn]:
    """Read lines as the evaluation plan has them: ten fields, none of them empty, white space between."""
    return [read_line(line) for line in text.splitlines()]


def read_line(line: str) -> Turn:
    fields = line.split()
    kind, file, channel, start, duration, words, subtype, name, confidence, lookahead = fields
    assert (kind, channel, words, subtype, lookahead) == ("SPEAKER", "1", "<NA>", "<NA>", "<NA>")
    assert line == " ".join(fields)
    assert SECONDS.fullmatch(start)
    assert SECONDS.fullmatch(duration)
    assert float(duration) > 0
    return Turn(unquote(file), float(start), float(duration), name, confidence)


def told(source: str, emotion: str = "anger", speaker: str = "") -> Timeline:
    return Timeline(source, (emotion,), 2.0, (Segment(0.5, 2.0, emotion, {emotion: 1.0}, speaker),))


def test_only_what_is_spoken_has_a_line(timeline: Timeline) -> None:
    assert [turn.name for turn in read_rttm(timelines_to_rttm([timeline]))] == ["anger", "uncertain"]


def test_the_lines_come_back_at_their_times(timeline: Timeline) -> None:
    turns = read_rttm(timelines_to_rttm([timeline]))
    assert [(turn.start, turn.duration) for turn in turns] == [(1.25, 58.75), (60.0, 2.5)]


def test_the_confidence_is_a_share_of_one(timeline: Timeline) -> None:
    assert [turn.confidence for turn in read_rttm(timelines_to_rttm([timeline]))] == ["0.820", "0.410"]


def test_where_turns_were_given_the_name_is_speaker_and_emotion(conversation: Timeline) -> None:
    assert [turn.name for turn in read_rttm(timelines_to_rttm([conversation]))] == [
        "agent/neutral",
        "caller/anger",
        "agent/neutral",
    ]


def test_the_file_is_named_without_folder_and_ending() -> None:
    assert read_rttm(timelines_to_rttm([told("calls/monday/a.b.wav")]))[0].file == "a.b"


def test_recordings_that_would_be_alike_keep_their_whole_names() -> None:
    turns = read_rttm(timelines_to_rttm([told("x/1.wav"), told("y/1.wav"), told("y/2.wav")]))
    assert [turn.file for turn in turns] == ["x/1.wav", "y/1.wav", "2"]


def test_several_recordings_follow_each_other_without_the_failures(
    timeline: Timeline, failure: Failure, conversation: Timeline
) -> None:
    turns = read_rttm(timelines_to_rttm([timeline, failure, conversation]))
    assert [turn.file for turn in turns] == 2 * ["1\n"] + 3 * ["b"]


def test_nothing_is_no_line(nothing: Timeline) -> None:
    assert timelines_to_rttm([nothing]) == ""


@pytest.mark.parametrize("hours", [100, 1000])
def test_a_very_long_recording_is_told_exactly(hours: int) -> None:
    late = Segment(3600.0 * hours, 3600.0 * hours + 0.001, "anger", {"anger": 1.0})
    turn = read_rttm(timelines_to_rttm([Timeline("a.wav", ("anger",), late.end, (late,))]))[0]
    assert (turn.start, turn.duration) == (3600.0 * hours, 0.001)


@seeded
@given(source=any_text)
def test_any_recordings_name_comes_back(source: str) -> None:
    turns = read_rttm(timelines_to_rttm([told(f"x/{source}"), told(f"x/{source}")]).encode().decode())
    assert [turn.file for turn in turns] == 2 * [f"x/{source}"]


@seeded
@given(emotion=any_text, speaker=any_text)
def test_speaker_and_emotion_come_back_apart(emotion: str, speaker: str) -> None:
    turn = read_rttm(timelines_to_rttm([told("a.wav", emotion, speaker)]))[0]
    assert [unquote(part) for part in turn.name.split("/")] == [speaker, emotion]


@pytest.mark.parametrize("speaker", ["<NA>", "\udcff", ";;"])
def test_no_speaker_is_taken_for_something_else(speaker: str) -> None:
    name = read_rttm(timelines_to_rttm([told("a.wav", speaker=speaker)]).encode().decode())[0].name
    assert re.fullmatch(r"[^<>\s]+/anger", name)


def test_a_byte_that_is_not_utf8_is_named_by_its_value() -> None:
    assert timelines_to_rttm([told("a\udcff.wav")]).split()[1] == "a%FF"


def test_an_empty_name_is_marked_as_missing() -> None:
    assert timelines_to_rttm([told("")]).split()[1] == "<NA>"
