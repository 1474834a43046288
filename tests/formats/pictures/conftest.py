"""A timeline beside what its recording looks like."""

import numpy as np
import pytest

from prosodyn.formats import Overview, OverviewBuilder
from prosodyn.timeline import Segment, Timeline
from prosodyn.types import NO_SPEECH, UNCERTAIN

LABELS = ("anger", "neutral", "sadness")


@pytest.fixture(scope="session")
def timeline() -> Timeline:
    """Return four seconds: silence, anger, doubt that guesses sadness, and silence."""
    return Timeline(
        source="calls/monday.wav",
        labels=LABELS,
        duration=4.0,
        segments=(
            Segment(0.0, 1.0, NO_SPEECH, {}),
            Segment(1.0, 2.0, "anger", {"anger": 1.0, "neutral": 0.0, "sadness": 0.0}),
            Segment(2.0, 3.0, UNCERTAIN, {"anger": 0.3, "neutral": 0.3, "sadness": 0.4}),
            Segment(3.0, 4.0, NO_SPEECH, {}),
        ),
        remarks=("2 channels averaged into one",),
    )


@pytest.fixture(scope="session")
def conversation() -> Timeline:
    """Return four seconds of two who talk at once."""
    return Timeline(
        source="b.wav",
        labels=LABELS,
        duration=4.0,
        segments=(
            Segment(0.0, 3.0, "neutral", {"anger": 0.2, "neutral": 0.7, "sadness": 0.1}, "agent"),
            Segment(2.0, 4.0, "anger", {"anger": 0.6, "neutral": 0.2, "sadness": 0.2}, "caller"),
        ),
    )


@pytest.fixture(scope="session")
def overview() -> Overview:
    """Return that of four seconds, of which the middle two sound."""
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 64_000).astype(np.float32)
    noise[:16_000] = noise[48_000:] = 0
    builder = OverviewBuilder()
    builder.push(noise)
    return builder.overview()
