"""The standard library reads back what was written."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.formats import Failure, timeline_to_json, timelines_to_json, timelines_to_json_lines
from prosodyn.timeline import Segment, Timeline

seeded = settings(derandomize=True, deadline=None, max_examples=100)
any_text = st.text(st.characters(exclude_categories=()))


def test_a_timeline_comes_back_whole(timeline: Timeline) -> None:
    probabilities = dict(timeline.segments[1].probabilities)
    found = json.loads(timeline_to_json(timeline))
    assert found.pop("segments")[1] == {
        "start": 1.25,
        "end": 59.9996,
        "emotion": "anger",
        "confidence": 0.82,
        "best_guess": "anger",
        "speaker": "",
        "strange": False,
        "probabilities": probabilities,
    }
    assert found == {
        "file": timeline.source,
        "duration": 62.5,
        "adapted": False,
        "labels": ["anger", "neutral", "sadness"],
        "remarks": ["2 channels averaged into one"],
    }


def test_a_segment_stands_on_its_own_line(timeline: Timeline) -> None:
    lines = timeline_to_json(timeline).splitlines()
    assert [json.loads(line.rstrip(","))["start"] for line in lines[1:-1]] == [0.0, 1.25, 59.9996]


def test_doubt_tells_its_best_guess(timeline: Timeline) -> None:
    doubt = json.loads(timeline_to_json(timeline))["segments"][2]
    assert (doubt["emotion"], doubt["best_guess"], doubt["confidence"]) == ("uncertain", "neutral", 0.41)


def test_silence_guesses_nothing(timeline: Timeline) -> None:
    silence = json.loads(timeline_to_json(timeline))["segments"][0]
    assert (silence["best_guess"], silence["confidence"], silence["probabilities"]) == (None, None, {})


def test_a_timeline_without_segments_is_an_object(nothing: Timeline) -> None:
    assert json.loads(timeline_to_json(nothing))["segments"] == []


def test_several_are_an_array_in_which_a_failure_keeps_its_place(
    timeline: Timeline, nothing: Timeline, failure: Failure
) -> None:
    assert json.loads(timelines_to_json([timeline, failure, nothing])) == [
        json.loads(timeline_to_json(timeline)),
        {"file": "still.wav", "error": str(failure.error)},
        json.loads(timeline_to_json(nothing)),
    ]


def test_no_timelines_are_an_empty_array() -> None:
    assert json.loads(timelines_to_json([])) == []


def test_a_line_is_a_segment_with_its_recording(conversation: Timeline) -> None:
    lines = [json.loads(line) for line in timelines_to_json_lines([conversation]).splitlines()]
    whole = {"file": "b.wav", "adapted": True, "remarks": []}
    assert lines == [whole | segment for segment in json.loads(timeline_to_json(conversation))["segments"]]


def test_a_failure_is_a_line(failure: Failure) -> None:
    assert json.loads(timelines_to_json_lines([failure])) == {
        "file": "still.wav",
        "error": str(failure.error),
    }


@seeded
@given(source=any_text, emotion=any_text, speaker=any_text)
def test_any_name_comes_back_out_of_utf8(source: str, emotion: str, speaker: str) -> None:
    told = Timeline(source, (emotion,), 1.0, (Segment(0.0, 1.0, emotion, {emotion: 1.0}, speaker),))
    found = json.loads(timeline_to_json(told).encode("utf-8"))
    segment = found["segments"][0]
    assert (found["file"], segment["emotion"], segment["speaker"]) == (source, emotion, speaker)


@seeded
@given(source=any_text.filter(bool))
def test_any_name_stays_on_its_line(source: str) -> None:
    told = Timeline(source, ("anger",), 1.0, 2 * (Segment(0.0, 1.0, "anger", {"anger": 1.0}),))
    assert timelines_to_json_lines([told]).count("\n") == 2
