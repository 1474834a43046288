"""A row says what the prediction said, a timeline's row what was heard longest."""

import pyarrow as pa
import pytest

from prosodyn.diagnosis import Diagnosis, Finding
from prosodyn.errors import SilentAudioError
from prosodyn.scale.plan import Inputs, Model, Plan
from prosodyn.scale.rows import failure_row, prediction_row, schema_of, timeline_row, to_table
from prosodyn.timeline import Segment, Timeline
from prosodyn.types import Prediction

LABELS = ("anger", "sadness")
PLAN = Plan(
    Inputs("/calls", True, "/calls", "0", 2), Model("open", "open", "0", "CC0-1.0", LABELS), 2, "2025-01-31"
)
UNFIT = Finding("noise", "unfit", "whole recording", "noise throughout", "record again")


def test_a_prediction_is_told_whole() -> None:
    row = prediction_row(
        Prediction(
            source="a.wav",
            best_guess="anger",
            probabilities={"anger": 0.75, "sadness": 0.25},
            duration=1.5,
            remarks=("clipped",),
            plausible=("anger", "sadness"),
            familiarity=0.5,
            diagnosis=Diagnosis("a.wav", 1.5, 0.8, (), ()),
        )
    )
    assert row == {
        "emotion": "anger",
        "best_guess": "anger",
        "confidence": 0.75,
        "probability_anger": 0.75,
        "probability_sadness": 0.25,
        "plausible": ["anger", "sadness"],
        "familiarity": 0.5,
        "duration": 1.5,
        "fit": True,
        "speech_share": 0.8,
        "moment_by_moment": False,
        "remarks": ["clipped"],
    }


def test_a_recording_that_is_not_fit_has_no_emotion_and_a_guess() -> None:
    diagnosis = Diagnosis("a.wav", 1.0, 0.5, (), (UNFIT,))
    row = prediction_row(Prediction("a.wav", "anger", {"anger": 1.0}, 1.0, diagnosis=diagnosis))
    assert (row["emotion"], row["best_guess"], row["fit"]) == ("uncertain", "anger", False)


def test_of_a_long_recording_the_longest_answer_counts() -> None:
    timeline = Timeline(
        "a.wav",
        LABELS,
        100.0,
        (
            Segment(0, 50, "no speech", {}),
            Segment(50, 60, "anger", {"anger": 1.0, "sadness": 0.0}),
            Segment(60, 75, "uncertain", {"anger": 0.6, "sadness": 0.4}),
            Segment(75, 100, "sadness", {"anger": 0.2, "sadness": 0.8}),
        ),
    )
    row = timeline_row(timeline)
    assert (row["emotion"], row["best_guess"], row["speech_share"]) == ("sadness", "sadness", 0.5)
    # 10, 15 and 25 of 50 seconds
    assert row["probability_anger"] == pytest.approx((10 * 1.0 + 15 * 0.6 + 25 * 0.2) / 50)
    assert row["confidence"] == pytest.approx((15 * 0.4 + 25 * 0.8) / 50)


def test_a_long_recording_without_speech_has_no_guess() -> None:
    row = timeline_row(Timeline("a.wav", LABELS, 90.0, (Segment(0, 90, "no speech", {}),)))
    assert (row["emotion"], row["fit"], row["speech_share"]) == ("no speech", False, 0.0)
    assert "best_guess" not in row


def test_rows_become_a_table_that_says_where_it_comes_from() -> None:
    listed = pa.table({"path": [b"a.wav", b"caf\xe9.wav"], "manifest_day": ["mon", "tue"]})
    own = pa.schema([("manifest_day", pa.string())])
    rows = [failure_row(SilentAudioError("a.wav: is silent; record again")), {"emotion": "anger"}]
    table = to_table(rows, range(6, 8), listed, schema_of(PLAN, own))
    first, second = table.to_pylist()
    assert (first["position"], first["file"], first["manifest_day"]) == (6, "a.wav", "mon")
    assert (first["error_class"], first["emotion"]) == ("SilentAudioError", None)
    assert (second["file"], second["emotion"], second["error"]) == (r"caf\xe9.wav", "anger", None)
    assert table.schema.metadata[b"prosodyn.bundle"] == b"open"
    assert table.schema.metadata[b"prosodyn.licence"] == b"CC0-1.0"
