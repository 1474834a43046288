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


def test_blocks_change_little() -> None:
    whole, pieces = (metered(cut_off(0.8), n_blocks).levels for n_blocks in (1, 4))
    assert pieces.flat_share == pytest.approx(whole.flat_share, abs=0.01)
    assert (pieces.swings, pieces.offset) == (whole.swings, pytest.approx(whole.offset))
