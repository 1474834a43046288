"""Explanations whose every number was written by hand, beside what their recording looks like."""

import dataclasses

import numpy as np
import pytest

from prosodyn.explanation import Attention, Explanation, Occlusion, Region
from prosodyn.formats import Overview, OverviewBuilder
from prosodyn.types import Prediction


@pytest.fixture(scope="session")
def explanation() -> Explanation:
    """Return that of four seconds, ten seconds into a call, in which one cell of twelve speaks for anger."""
    cells = np.zeros((3, 4))
    cells[1, 2], cells[2, 0] = 2.0, -1.0
    prediction = Prediction(
        "calls/monday.wav",
        "anger",
        {"anger": 0.9, "neutral": 0.1},
        4.0,
        remarks=("clipped: 2 % of the samples",),
    )
    occlusion = Occlusion(
        times=np.array([10.0, 11.0, 12.0, 13.0, 14.0]),
        frequencies=np.array([0.0, 1000.0, 3000.0, 8000.0]),
        cells=cells,
        moments=np.array([-1.0, 0.0, 2.5, 0.0]),
        bands=np.array([0.0, 2.5, -1.0]),
        regions=(Region(12.0, 13.0, 1000.0, 3000.0, 2.0, 0.6923),),
    )
    attention = Attention(
        times=np.linspace(10, 14, 9),
        frames=np.array([0.0, 0.0, 0.1, 0.1, 0.6, 0.1, 0.1, 0.0]),
        kernels=np.array([[0.1, 0.7, 0.1, 0.1], [0.25, 0.25, 0.25, 0.25]]),
        share=0.2,
    )
    return Explanation(prediction, 10.0, 14.0, "", 3.17, occlusion, attention)


@pytest.fixture(scope="session")
def without_network(explanation: Explanation) -> Explanation:
    """Return the same of a classical system, against one emotion, with nothing that tells."""
    occlusion = dataclasses.replace(
        explanation.occlusion, cells=np.zeros((3, 4)), moments=np.zeros(4), bands=np.zeros(3), regions=()
    )
    return dataclasses.replace(explanation, against="neutral", occlusion=occlusion, attention=None)


@pytest.fixture(scope="session")
def overview() -> Overview:
    """Return that of four seconds of noise."""
    builder = OverviewBuilder()
    builder.push(np.random.default_rng(0).uniform(-0.5, 0.5, 64_000).astype(np.float32))
    return builder.overview()
