"""The standard library reads back what was written."""

import csv
import dataclasses
import io

import pytest

from prosodyn.diagnosis import Diagnosis
from prosodyn.formats import Failure, Outcome, to_csv
from prosodyn.formats.as_csv import COLUMNS
from prosodyn.types import Prediction


def read_back(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_columns_are_these(prediction: Prediction) -> None:
    assert to_csv([prediction]).splitlines()[0] == (
        "file,emotion,confidence,best_guess,plausible,familiarity,duration,adapted,remarks,error,"
        "probability_anger,probability_neutral,probability_sadness"
    )


def test_where_nobody_speaks_there_is_no_confidence(prediction: Prediction) -> None:
    silent = dataclasses.replace(prediction, diagnosis=Diagnosis("dog.wav", 2.3, 0.0, ("animals",), ()))
    (row,) = read_back(to_csv([silent]))
    assert (row["emotion"], row["confidence"]) == ("no speech", "")


def test_a_prediction_comes_back_whole(prediction: Prediction) -> None:
    assert read_back(to_csv([prediction])) == [
        {
            "file": prediction.source,
            "emotion": "anger",
            "confidence": repr(prediction.confidence),
            "best_guess": "anger",
            "plausible": "",
            "familiarity": "",
            "duration": "2.3456789",
            "adapted": "false",
            "remarks": "2 channels averaged into one; very quiet: it stays 41 dB below full scale",
            "error": "",
            "probability_anger": repr(0.1 + 0.2),
            "probability_neutral": repr(0.6 / 3),
            "probability_sadness": "0.5",
        }
    ]


def test_doubt_is_told(prediction: Prediction) -> None:
    doubtful = dataclasses.replace(prediction, plausible=("sadness", "neutral"), familiarity=0.25)
    (row,) = read_back(to_csv([doubtful]))
    assert (row["plausible"], row["familiarity"]) == ("sadness; neutral", "0.25")


def test_an_answer_by_an_enrolled_speaker_says_so(prediction: Prediction) -> None:
    enrolled = dataclasses.replace(prediction, adapted=True)
    assert [row["adapted"] for row in read_back(to_csv([prediction, enrolled]))] == ["false", "true"]


def test_a_failure_keeps_its_place(outcomes: list[Outcome], failure: Failure) -> None:
    row = read_back(to_csv(outcomes))[1]
    assert {column: cell for column, cell in row.items() if cell} == {
        "file": "still.wav",
        "error": str(failure.error),
    }


def test_a_failure_first_does_not_lose_the_labels(failure: Failure, prediction: Prediction) -> None:
    assert to_csv([failure, prediction]).splitlines()[0] == to_csv([prediction]).splitlines()[0]


def test_nothing_is_a_header(failure: Failure) -> None:
    assert to_csv([]) == f"{','.join(COLUMNS)}\n"


def test_a_label_takes_no_other_columns_name() -> None:
    strange = Prediction("a.wav", "error", {"file": 0.25, "error": 0.75}, 1.0)
    row = read_back(to_csv([strange]))[0]
    assert (row["file"], row["error"], row["probability_error"]) == ("a.wav", "", "0.75")


def test_recognisers_of_other_labels_share_a_table(outcomes: list[Outcome]) -> None:
    assert [row["probability_sadness"] for row in read_back(to_csv(outcomes))] == ["0.5", "", ""]


@pytest.mark.parametrize(
    "name", ["=1+1.wav", "+a.wav", "-a.wav", "@a.wav", " a.wav ", "\t.wav", "\r.wav", "\n.wav"]
)
def test_a_name_is_kept_letter_by_letter(name: str) -> None:
    table = to_csv([Prediction(name, "anger", {"anger": 1.0}, 1.0)])
    assert read_back(table)[0]["file"] == name
