"""Outcomes with everything in them that a format could trip over."""

import pytest

from prosodyn.errors import SilentAudioError
from prosodyn.formats import Failure, Outcome
from prosodyn.types import Prediction


@pytest.fixture
def prediction() -> Prediction:
    return Prediction(
        source='Anrufe, "März"/1\n.wav',
        best_guess="anger",
        probabilities={"anger": 0.1 + 0.2, "neutral": 0.6 / 3, "sadness": 0.5},
        duration=2.3456789,
        remarks=("2 channels averaged into one", "very quiet: it stays 41 dB below full scale"),
    )


@pytest.fixture
def failure() -> Failure:
    return Failure("still.wav", SilentAudioError("still.wav: holds no sound, its samples hardly differ"))


@pytest.fixture
def outcomes(prediction: Prediction, failure: Failure) -> list[Outcome]:
    return [prediction, failure, Prediction("b.wav", "neutral", {"anger": 0.0, "neutral": 1.0}, 1.0)]
