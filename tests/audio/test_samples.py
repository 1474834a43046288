"""Mixing, resampling, and what a caller hands in."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from prosodyn.audio import check_waveform
from prosodyn.audio.samples import mix
from prosodyn.errors import EmptyAudioError, InvalidSamplesError, SilentAudioError
from prosodyn.types import SAMPLE_RATE


def sine(frequency: float, rate: int, seconds: float = 0.5) -> NDArray[np.float64]:
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)


@pytest.mark.parametrize(
    "rate", [8_000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000]
)
def test_a_resampled_tone_is_the_tone_at_the_other_rate(rate: int) -> None:
    resampled = check_waveform(sine(1_000, rate), rate)
    expected = sine(1_000, SAMPLE_RATE)
    assert abs(len(resampled) - len(expected)) <= 1
    np.testing.assert_allclose(resampled[800:7_200], expected[800:7_200], atol=1e-4)


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_what_lies_above_the_band_does_not_fold_back(rate: int) -> None:
    resampled = check_waveform(sine(1_000, rate) + sine(12_000, rate), rate)
    np.testing.assert_allclose(resampled[800:7_200], sine(1_000, SAMPLE_RATE)[800:7_200], atol=1e-4)


@pytest.mark.parametrize("rate", [11_025, 16_000, 44_100])
def test_the_size_of_the_blocks_changes_nothing(rate: int, rng: np.random.Generator) -> None:
    stereo = (0.1 * rng.standard_normal((20_000, 2))).astype(np.float32)
    whole = mix([stereo], rate, "a")
    pieces = mix(np.array_split(stereo, 97), rate, "a")
    np.testing.assert_array_equal(pieces.waveform, whole.waveform)
    one, other = pieces.seen, whole.seen
    assert (one.n_frames, one.n_samples, one.swing) == (other.n_frames, other.n_samples, other.swing)
    assert one.levels.swings == other.levels.swings
    assert one.levels.full_scale_share == other.levels.full_scale_share


def test_channels_are_averaged(rng: np.random.Generator) -> None:
    channels = (0.1 * rng.standard_normal((1_000, 3))).astype(np.float32)
    expected = [sum(float(value) for value in frame) / 3 for frame in channels]
    np.testing.assert_allclose(mix([channels], SAMPLE_RATE, "a").waveform, expected, atol=1e-7)


def test_a_mix_reports_what_it_saw() -> None:
    seen = mix([np.array([[0.5, 0.1], [-1.0, 0.3]], dtype=np.float32)], SAMPLE_RATE, "a").seen
    assert (seen.n_frames, seen.n_samples, seen.levels.full_scale_share) == (2, 2, 0.25)
    # mixed to 0.3 and -0.35; the first channel alone goes from -1 to 0.5
    assert (seen.swing, seen.levels.channel_swing) == (pytest.approx(0.325), 0.75)


@pytest.mark.parametrize(
    ("dtype", "zero", "full_scale"),
    [(np.uint8, 128, 128), (np.int8, 0, 128), (np.int16, 0, 32_768), (np.int32, 0, 2_147_483_648)],
)
def test_integers_are_scaled_to_full_scale_one(dtype: type, zero: int, full_scale: int) -> None:
    extremes = np.array([zero, zero + full_scale // 2, zero + full_scale - 1, zero - full_scale], dtype=dtype)
    expected = [0, 0.5, (full_scale - 1) / full_scale, -1]
    np.testing.assert_allclose(check_waveform(extremes, SAMPLE_RATE), expected, atol=1e-7)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floating_point_keeps_its_values(dtype: type, rng: np.random.Generator) -> None:
    waveform = (0.1 * rng.standard_normal(1_000)).astype(dtype)
    checked = check_waveform(waveform, SAMPLE_RATE)
    np.testing.assert_array_equal(checked, waveform.astype(np.float32))
    assert checked.dtype == np.float32


@pytest.mark.parametrize("gain", [0.1, 1.0])
def test_the_callers_array_is_never_changed(gain: float, rng: np.random.Generator) -> None:
    waveform = (gain * rng.standard_normal(1_000)).astype(np.float32)
    before = waveform.copy()
    checked = check_waveform(waveform, SAMPLE_RATE)
    checked[:] = 0
    np.testing.assert_array_equal(waveform, before)


def test_a_view_with_strides_is_read_right(rng: np.random.Generator) -> None:
    stereo = (0.1 * rng.standard_normal((1_000, 2))).astype(np.float32)
    stereo.flags.writeable = False
    np.testing.assert_array_equal(check_waveform(stereo[::-2, 1], SAMPLE_RATE), stereo[::-2, 1])


NOISE = np.random.default_rng(0).uniform(-0.5, 0.5, 1_000)
WITH_NAN = np.where(np.arange(1_000) == 80, np.nan, NOISE)


@pytest.mark.parametrize(
    ("waveform", "rate", "error", "message"),
    [
        ([0.1, 0.2], 16_000, InvalidSamplesError, "is list, expected a numpy array"),
        (
            NOISE.reshape(2, 500),
            16_000,
            InvalidSamplesError,
            r"shape \(2, 500\), expected \(time,\); average",
        ),
        (np.array(0.5), 16_000, InvalidSamplesError, r"shape \(\), expected"),
        (NOISE > 0, 16_000, InvalidSamplesError, "holds bool, expected floating point, uint8"),
        (NOISE.astype(complex), 16_000, InvalidSamplesError, "holds complex128"),
        (NOISE.astype(str), 16_000, InvalidSamplesError, "holds <U"),
        ((1e4 * NOISE).astype(np.int64), 16_000, InvalidSamplesError, "holds int64"),
        (32_768 * NOISE, 16_000, InvalidSamplesError, "holds values up to 163.*divide by the full scale"),
        (WITH_NAN, 16_000, InvalidSamplesError, r"holds nan at 0\.005 s"),
        (1e300 * NOISE, 16_000, InvalidSamplesError, "holds inf at"),
        (NOISE, 0, InvalidSamplesError, "sampled at 0 Hz, expected a whole number from 4000 to 768000"),
        (NOISE, -16_000, InvalidSamplesError, "sampled at -16000 Hz"),
        (NOISE, float("nan"), InvalidSamplesError, "sampled at nan Hz"),
        (NOISE, float("inf"), InvalidSamplesError, "sampled at inf Hz"),
        (NOISE, 16_000.5, InvalidSamplesError, r"sampled at 16000\.5 Hz, expected a whole number"),
        (NOISE, "16000", InvalidSamplesError, "sampled at '16000' Hz, expected a whole number"),
        (NOISE, None, InvalidSamplesError, "sampled at None Hz, expected a whole number"),
        (np.zeros(0), 16_000, EmptyAudioError, "holds 0 samples"),
        (np.ones(1), 48_000, EmptyAudioError, "holds 1 samples"),
        (np.zeros(1_000), 16_000, SilentAudioError, "holds no sound"),
        (np.zeros(1_000, dtype=np.int16), 16_000, SilentAudioError, "holds no sound"),
        (np.full(1_000, 200, dtype=np.uint8), 44_100, SilentAudioError, "holds no sound"),
        (1e-4 * NOISE, 16_000, SilentAudioError, "holds no sound"),
    ],
)
def test_samples_that_cannot_be_used_are_refused(
    waveform: NDArray[Any], rate: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=f"^waveform: .*{message}"):
        check_waveform(waveform, rate)


@pytest.mark.parametrize("rate", [16_000.0, np.int32(16_000), np.float64(16_000)])
def test_a_whole_rate_may_be_of_any_type(rate: Any) -> None:
    np.testing.assert_array_equal(check_waveform(NOISE, rate), NOISE.astype(np.float32))
