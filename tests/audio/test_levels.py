"""The levels of recordings: channels apart, flat tops found at any level, blocks without effect."""

import numpy as np
import pytest

from prosodyn.audio.levels import LevelMeter
from prosodyn.types import FloatArray


def metered(channels: FloatArray, n_blocks: int = 1) -> LevelMeter:
    meter = LevelMeter()
    for block in np.array_split(channels, n_blocks, axis=1):
        meter.add(block)
    return meter


def cut_off(level: float, gain: float = 1.0) -> FloatArray:
    """Return a tone whose tops are cut off at a level, at another gain."""
    tone = np.sin(2 * np.pi * 100 * np.arange(16_000) / 16_000)
    return (gain * np.clip(tone, -level, level))[None].astype(np.float32)


def test_the_swing_of_every_channel_is_told() -> None:
    channels = np.array([[0.5, -0.5, 0.0], [0.1, 0.1, 0.1]], dtype=np.float32)
    assert metered(channels).levels.swings == pytest.approx((0.5, 0.0))


def test_an_offset_is_the_mean() -> None:
    assert metered(np.full((1, 100), 0.25, dtype=np.float32)).levels.offset == pytest.approx(0.25)


def test_a_run_of_equal_tops_is_counted_whole() -> None:
    channels = np.array([[0.1, 0.9, 0.9, 0.9, 0.9, 0.1, 0.9, 0.9, 0.1]], dtype=np.float32)
    assert metered(channels).levels.flat_share == pytest.approx(4 / 9)


@pytest.mark.parametrize("gain", [1.0, 0.2])
def test_flat_tops_are_found_at_any_level(gain: float) -> None:
    assert metered(cut_off(0.8, gain)).levels.flat_share > 0.3


def test_a_whole_tone_has_no_flat_tops() -> None:
    assert metered(cut_off(1.0)).levels.flat_share == 0


def test_silence_has_no_flat_tops() -> None:
    assert metered(np.zeros((2, 1_000), dtype=np.float32)).levels.flat_share == 0


def test_what_rests_at_some_value_has_no_flat_tops() -> None:
    assert metered(np.full((1, 200_000), 0.001, dtype=np.float32)).levels.flat_share == 0


def test_a_pause_in_a_coarse_code_has_no_flat_tops() -> None:
    hiss = np.random.default_rng(0).integers(-1, 2, 200_000)
    assert metered((hiss / 128)[None].astype(np.float32)).levels.flat_share == 0


@pytest.mark.parametrize("n_blocks", [2, 3, 50])
def test_blocks_change_nothing(n_blocks: int) -> None:
    soft_then_loud = np.hstack([np.tile(cut_off(0.8, 0.1), 9), np.tile(cut_off(0.9), 6)])
    whole, pieces = (metered(soft_then_loud, each).levels for each in (1, n_blocks))
    assert pieces.flat_share == whole.flat_share > 0.3
    assert (pieces.swings, pieces.offset) == (whole.swings, pytest.approx(whole.offset))
