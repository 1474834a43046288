"""What is quiet is found where it was put."""

import numpy as np
import pytest

from prosodyn.audio.quiet import FRAME, is_loud, loudest
from prosodyn.types import FloatArray

MARGIN = 0.04  # two frames


def between_quiet(before: int, loud: int, after: int, level: float = 1e-3) -> FloatArray:
    """Return so many quiet frames, loud ones, and quiet ones again."""
    levels = np.repeat([level, 0.5, level], [before * FRAME, loud * FRAME, after * FRAME])
    return (levels * np.random.default_rng(0).choice([-1, 1], len(levels))).astype(np.float32)


def kept(waveform: FloatArray, depth: float, margin: float) -> list[int]:
    return np.flatnonzero(is_loud(waveform, depth, margin)).tolist()


def frames(*ranges: tuple[int, int]) -> list[int]:
    """Return the samples of frames, from one up to before another."""
    return [sample for first, end in ranges for sample in range(first * FRAME, end * FRAME)]


def test_what_is_quiet_is_left_out_up_to_the_margin() -> None:
    assert kept(between_quiet(4, 10, 6), 30.0, MARGIN) == frames((2, 16))


def test_without_a_margin_nothing_quiet_is_kept() -> None:
    assert kept(between_quiet(4, 10, 6), 30.0, 0.0) == frames((4, 14))


def test_what_is_less_far_below_is_not_quiet() -> None:
    assert kept(between_quiet(4, 10, 6, level=0.05), 30.0, MARGIN) == frames((0, 20))


def test_a_long_pause_becomes_as_long_as_two_margins() -> None:
    twice = np.concatenate([between_quiet(1, 5, 50), between_quiet(0, 5, 3)])
    assert kept(twice, 30.0, MARGIN) == frames((0, 8), (54, 63))


def test_a_short_pause_stays_as_it_is() -> None:
    twice = np.concatenate([between_quiet(0, 5, 4), between_quiet(0, 5, 0)])
    assert kept(twice, 30.0, MARGIN) == frames((0, 14))


def test_the_end_is_that_of_the_samples() -> None:
    waveform = between_quiet(4, 3, 0)[:-100]
    assert kept(waveform, 30.0, MARGIN) == frames((2, 7))[:-100]


@pytest.mark.parametrize("waveform", [np.zeros(1), np.zeros(5000), np.ones(7)])
def test_where_nothing_stands_out_all_is_kept(waveform: FloatArray) -> None:
    assert is_loud(waveform.astype(np.float32), 30.0, MARGIN).all()


def test_without_a_depth_nothing_is_quiet() -> None:
    assert kept(between_quiet(4, 10, 6), 0.0, MARGIN) == frames((0, 20))


def test_the_loudest_moment_has_its_level() -> None:
    assert loudest(between_quiet(4, 10, 6)) == pytest.approx(20 * np.log10(0.5), abs=1e-4)
