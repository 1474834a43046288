"""Edges lie where they were put."""

import numpy as np
import pytest

from prosodyn.audio.edges import FRAME, find_edges
from prosodyn.types import FloatArray


def between_quiet(before: int, loud: int, after: int, level: float = 1e-3) -> FloatArray:
    """Return so many quiet frames, loud ones, and quiet ones again."""
    levels = np.repeat([level, 0.5, level], [before * FRAME, loud * FRAME, after * FRAME])
    return (levels * np.random.default_rng(0).choice([-1, 1], len(levels))).astype(np.float32)


def test_what_is_quiet_lies_outside() -> None:
    assert find_edges(between_quiet(4, 10, 6), 30.0) == (4 * FRAME, 14 * FRAME)


def test_what_is_less_far_below_lies_inside() -> None:
    assert find_edges(between_quiet(4, 10, 6, level=0.05), 30.0) == (0, 20 * FRAME)


def test_a_pause_stays_inside() -> None:
    twice = np.concatenate([between_quiet(3, 5, 50), between_quiet(0, 5, 3)])
    assert find_edges(twice, 30.0) == (3 * FRAME, 63 * FRAME)


def test_the_end_is_that_of_the_samples() -> None:
    waveform = between_quiet(2, 3, 0)[:-100]
    assert find_edges(waveform, 30.0) == (2 * FRAME, len(waveform))


@pytest.mark.parametrize("waveform", [np.zeros(1), np.zeros(5000), np.ones(7)])
def test_where_nothing_stands_out_all_is_kept(waveform: FloatArray) -> None:
    assert find_edges(waveform.astype(np.float32), 30.0) == (0, len(waveform))


def test_without_a_depth_nothing_lies_outside() -> None:
    assert find_edges(between_quiet(4, 10, 6), 0.0) == (0, 20 * FRAME)
