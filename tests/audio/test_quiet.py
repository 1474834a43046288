"""What is quiet is found where it was put."""

import numpy as np
import pytest

from prosodyn.audio.quiet import FRAME, find_loud
from prosodyn.types import FloatArray

MARGIN = 0.04  # two frames


def between_quiet(before: int, loud: int, after: int, level: float = 1e-3) -> FloatArray:
    """Return so many quiet frames, loud ones, and quiet ones again."""
    levels = np.repeat([level, 0.5, level], [before * FRAME, loud * FRAME, after * FRAME])
    return (levels * np.random.default_rng(0).choice([-1, 1], len(levels))).astype(np.float32)


def frames(*ranges: tuple[int, int]) -> list[int]:
    """Return the samples of frames, from one up to before another."""
    return [sample for first, end in ranges for sample in range(first * FRAME, end * FRAME)]


def test_what_is_quiet_is_left_out_up_to_the_margin() -> None:
    assert find_loud(between_quiet(4, 10, 6), 30.0, MARGIN).tolist() == frames((2, 16))


def test_without_a_margin_nothing_quiet_is_kept() -> None:
    assert find_loud(between_quiet(4, 10, 6), 30.0, 0.0).tolist() == frames((4, 14))


def test_what_is_less_far_below_is_not_quiet() -> None:
    assert find_loud(between_quiet(4, 10, 6, level=0.05), 30.0, MARGIN).tolist() == frames((0, 20))


def test_a_long_pause_becomes_as_long_as_two_margins() -> None:
    twice = np.concatenate([between_quiet(1, 5, 50), between_quiet(0, 5, 3)])
    assert find_loud(twice, 30.0, MARGIN).tolist() == frames((0, 8), (54, 63))


def test_a_short_pause_stays_as_it_is() -> None:
    twice = np.concatenate([between_quiet(0, 5, 4), between_quiet(0, 5, 0)])
    assert find_loud(twice, 30.0, MARGIN).tolist() == frames((0, 14))


def test_the_end_is_that_of_the_samples() -> None:
    waveform = between_quiet(4, 3, 0)[:-100]
    assert find_loud(waveform, 30.0, MARGIN).tolist() == frames((2, 7))[:-100]


@pytest.mark.parametrize("waveform", [np.zeros(1), np.zeros(5000), np.ones(7)])
def test_where_nothing_stands_out_all_is_kept(waveform: FloatArray) -> None:
    assert len(find_loud(waveform.astype(np.float32), 30.0, MARGIN)) == len(waveform)


def test_without_a_depth_nothing_is_quiet() -> None:
    assert find_loud(between_quiet(4, 10, 6), 0.0, MARGIN).tolist() == frames((0, 20))
