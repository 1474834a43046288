"""A recording is brought to a usual level."""

import numpy as np
import pytest

from prosodyn.audio.levelling import at_level, level_of
from prosodyn.audio.quiet import loudest
from prosodyn.types import FloatArray


@pytest.fixture
def noise() -> FloatArray:
    return 0.1 * np.random.default_rng(0).standard_normal(8_000).astype(np.float32)


@pytest.mark.parametrize("levels", [(-9.0, -9.0), (-60.0, -40.0), (-5.0, -1.0)])
def test_it_comes_to_the_nearest_of_its_levels(noise: FloatArray, levels: tuple[float, float]) -> None:
    before = noise.copy()
    found, nearest = (
        at_level(noise + np.float32(0.3), levels),
        min(max(level_of(noise), levels[0]), levels[1]),
    )
    assert found.dtype == np.float32
    assert loudest(found) == pytest.approx(nearest, abs=0.01)
    assert abs(found.mean()) < 1e-4
    assert np.array_equal(noise, before)


def test_what_lies_between_them_stays_but_for_its_offset(noise: FloatArray) -> None:
    np.testing.assert_array_equal(
        at_level(noise, (-60.0, 0.0)), noise - noise.mean(dtype=np.float64).astype("f4")
    )


def test_silence_stays_silence() -> None:
    assert not at_level(np.full(800, 0.25, np.float32), (-9.0, -9.0)).any()


def test_a_peak_is_not_clipped(noise: FloatArray) -> None:
    noise[4_000] = 0.9
    assert np.abs(at_level(noise, (-3.0, -3.0))).max() > 1
