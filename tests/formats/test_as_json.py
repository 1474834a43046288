"""The standard library reads back what was written."""

import dataclasses
import json

import pytest

from prosodyn.diagnosis import Diagnosis, Finding
from prosodyn.formats import Failure, Outcome, to_json, to_json_lines
from prosodyn.types import Prediction

UNDECODABLE = b"a\xff.wav".decode("utf-8", "surrogateescape")


def test_a_prediction_comes_back_whole(prediction: Prediction) -> None:
    assert json.loads(to_json([prediction])) == [
        {
            "file": prediction.source,
            "emotion": "anger",
            "confidence": prediction.probabilities["anger"],
            "best_guess": "anger",
            "duration": 2.3456789,
            "probabilities": dict(prediction.probabilities),
            "adapted": False,
            "plausible": [],
            "familiarity": None,
            "remarks": list(prediction.remarks),
            "diagnosis": None,
        }
    ]


def test_an_unfit_recording_has_a_diagnosis_and_no_emotion(prediction: Prediction) -> None:
    finding = Finding("no speech", "unfit", "whole recording", "no speech: a dog barks", "record a person")
    diagnosis = Diagnosis("dog.wav", 2.3, 0.0, ("animals",), (finding,))
    (entry,) = json.loads(to_json([dataclasses.replace(prediction, diagnosis=diagnosis)]))
    assert (entry["emotion"], entry["best_guess"]) == ("no speech", "anger")
    assert entry["confidence"] is None
    assert entry["diagnosis"] == {
        "fit": False,
        "speech_share": 0.0,
        "sounds": ["animals"],
        "findings": [dataclasses.asdict(finding)],
    }


def test_an_answer_by_an_enrolled_speaker_says_so(prediction: Prediction) -> None:
    assert json.loads(to_json([dataclasses.replace(prediction, adapted=True)]))[0]["adapted"] is True


def test_a_failure_keeps_its_place(outcomes: list[Outcome], failure: Failure) -> None:
    assert json.loads(to_json(outcomes))[1] == {"file": "still.wav", "error": str(failure.error)}


def test_the_labels_keep_their_order(prediction: Prediction) -> None:
    assert list(json.loads(to_json([prediction]))[0]["probabilities"]) == list(prediction.probabilities)


def test_nothing_is_an_empty_array() -> None:
    assert json.loads(to_json([])) == []


def test_a_line_holds_one_object(outcomes: list[Outcome]) -> None:
    text = to_json_lines(outcomes)
    assert text.endswith("\n")
    assert [json.loads(line) for line in text.splitlines()] == json.loads(to_json(outcomes))


def test_no_outcomes_are_no_lines() -> None:
    assert to_json_lines([]) == ""


def test_letters_beyond_ascii_stay_readable(prediction: Prediction) -> None:
    assert "März" in to_json([prediction])


def test_a_name_that_is_not_utf8_can_be_written_and_comes_back() -> None:
    text = to_json([Prediction(UNDECODABLE, "anger", {"anger": 1.0}, 1.0)])
    assert json.loads(text.encode("utf-8"))[0]["file"] == UNDECODABLE


def test_a_stream_may_be_given(outcomes: list[Outcome]) -> None:
    assert to_json(iter(outcomes)) == to_json(outcomes)


@pytest.mark.parametrize("char", ["\x1b", "\x7f", "\x9b", "\u202e", "\u2028", "\ufeff", "\U000e0001"])
def test_what_steers_a_terminal_or_breaks_a_line_is_escaped_and_comes_back(char: str) -> None:
    text = to_json_lines([Prediction(f"a{char}.wav", "anger", {"anger": 1.0}, 1.0)])
    assert text.removesuffix("\n").isprintable()
    assert json.loads(text)["file"] == f"a{char}.wav"
