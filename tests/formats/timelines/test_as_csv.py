"""The standard library reads back what was written."""

import csv
import dataclasses
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.formats import Failure, timelines_to_csv
from prosodyn.timeline import Segment, Timeline

seeded = settings(derandomize=True, deadline=None, max_examples=100)
any_text = st.text(st.characters(exclude_categories=("Cs",)))


def read_back(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def test_the_columns_are_these(timeline: Timeline) -> None:
    assert timelines_to_csv([timeline]).splitlines()[0] == (
        "file,start,end,emotion,confidence,best_guess,speaker,strange,adapted,remarks,error,"
        "probability_anger,probability_neutral,probability_sadness"
    )


def test_a_segment_comes_back_whole(timeline: Timeline) -> None:
    assert read_back(timelines_to_csv([timeline]))[2] == {
        "file": timeline.source,
        "start": "59.9996",
        "end": "62.5",
        "emotion": "uncertain",
        "confidence": "0.41",
        "best_guess": "neutral",
        "speaker": "",
        "strange": "false",
        "adapted": "false",
        "remarks": "2 channels averaged into one",
        "error": "",
        "probability_anger": "0.38",
        "probability_neutral": "0.41",
        "probability_sadness": "0.21",
    }


def test_what_is_strange_says_so(timeline: Timeline) -> None:
    segments = tuple(dataclasses.replace(segment, is_strange=True) for segment in timeline.segments)
    rows = read_back(timelines_to_csv([dataclasses.replace(timeline, segments=segments)]))
    assert {row["strange"] for row in rows} == {"true"}


def test_silence_has_no_probabilities(timeline: Timeline) -> None:
    row = read_back(timelines_to_csv([timeline]))[0]
    assert [column for column, cell in row.items() if cell] == [
        "file", "start", "end", "emotion", "strange", "adapted", "remarks",
    ]  # fmt: skip


def test_a_failure_keeps_its_place(timeline: Timeline, conversation: Timeline, failure: Failure) -> None:
    rows = read_back(timelines_to_csv([timeline, failure, conversation]))
    assert {column: cell for column, cell in rows[3].items() if cell} == {
        "file": "still.wav",
        "error": str(failure.error),
    }


def test_a_silent_recording_does_not_hide_the_labels(nothing: Timeline, timeline: Timeline) -> None:
    assert timelines_to_csv([nothing]) == timelines_to_csv([timeline]).splitlines(keepends=True)[0]


def test_a_stream_may_be_given(timeline: Timeline) -> None:
    assert timelines_to_csv(iter([timeline])) == timelines_to_csv([timeline])


@seeded
@given(source=any_text, emotion=any_text, speaker=any_text)
def test_any_name_comes_back(source: str, emotion: str, speaker: str) -> None:
    told = Timeline(source, (emotion,), 1.0, (Segment(0.0, 1.0, emotion, {emotion: 1.0}, speaker),))
    row = read_back(timelines_to_csv([told]))[0]
    assert (row["file"], row["emotion"], row["speaker"]) == (source, emotion, speaker)


def test_a_name_that_is_not_utf8_can_be_written() -> None:
    told = Timeline("a\udcff.wav", ("anger",), 1.0, (Segment(0.0, 1.0, "anger", {"anger": 1.0}),))
    assert (
        read_back(timelines_to_csv([told]).encode().decode())[0]["file"] == "a\N{REPLACEMENT CHARACTER}.wav"
    )
