"""Timelines with everything in them that a format could trip over."""

import pytest

from prosodyn.errors import SilentAudioError
from prosodyn.formats import Failure
from prosodyn.timeline import Segment, Timeline
from prosodyn.types import NO_SPEECH, UNCERTAIN

LABELS = ("anger", "neutral", "sadness")


@pytest.fixture
def timeline() -> Timeline:
    """Return one without turns: silence, an answer, and a moment of doubt."""
    return Timeline(
        source='Anrufe, "März"/1\n.wav',
        labels=LABELS,
        duration=62.5,
        segments=(
            Segment(0.0, 1.25, NO_SPEECH, {}),
            Segment(1.25, 59.9996, "anger", {"anger": 0.82, "neutral": 0.1, "sadness": 0.08}),
            Segment(59.9996, 62.5, UNCERTAIN, {"anger": 0.38, "neutral": 0.41, "sadness": 0.21}),
        ),
        remarks=("2 channels averaged into one",),
    )


@pytest.fixture
def conversation() -> Timeline:
    """Return one of two speakers who talk at once."""
    calm = {"anger": 0.05, "neutral": 0.9, "sadness": 0.05}
    return Timeline(
        source="b.wav",
        labels=LABELS,
        duration=10.0,
        segments=(
            Segment(0.5, 4.0, "neutral", calm, "agent"),
            Segment(3.0, 6.5, "anger", {"anger": 0.7, "neutral": 0.2, "sadness": 0.1}, "caller"),
            Segment(6.0, 9.0, "neutral", calm, "agent"),
        ),
        adapted=True,
    )


@pytest.fixture
def nothing() -> Timeline:
    """Return one of a recording in which nobody speaks at all."""
    return Timeline("empty.wav", LABELS, 3.0, ())


@pytest.fixture
def failure() -> Failure:
    return Failure("still.wav", SilentAudioError("still.wav: holds no sound, its samples hardly differ"))
