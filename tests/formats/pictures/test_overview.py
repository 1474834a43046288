"""An overview tells the same as looking at the whole recording at once, in memory that never grows."""

import tracemalloc

import numpy as np
import pytest

from prosodyn.errors import InvalidSamplesError
from prosodyn.formats.pictures.overview import MAX_COLUMNS, RANGE_DB, Overview, OverviewBuilder

RATE = 16_000


def tone(frequency: float, seconds: float) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * frequency * np.arange(round(seconds * RATE)) / RATE)).astype(np.float32)


def noise(n_samples: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, n_samples).astype(np.float32)


def look_at(*blocks: np.ndarray) -> Overview:
    builder = OverviewBuilder(RATE)
    for block in blocks:
        builder.push(block)
    return builder.overview()


def assert_alike(one: Overview, other: Overview) -> None:
    assert (one.duration, one.step, one.top) == (other.duration, other.step, other.top)
    np.testing.assert_array_equal(one.low, other.low)
    np.testing.assert_array_equal(one.high, other.high)
    np.testing.assert_allclose(one.level, other.level, atol=1e-3)


@pytest.mark.parametrize("n_samples", [1, 63, 64, 65, 5_000, 128_000, 128_001, 400_123])
def test_the_envelope_is_that_of_a_loop(n_samples: int) -> None:
    samples = noise(n_samples)
    found = look_at(samples)
    width = round(found.step * RATE)
    columns = [samples[start : start + width] for start in range(0, n_samples, width)]
    np.testing.assert_array_equal(found.low, [column.min() for column in columns])
    np.testing.assert_array_equal(found.high, [column.max() for column in columns])


@pytest.mark.parametrize("size", [1, 7, 64, 1000, 200_000])
def test_the_sizes_of_the_blocks_change_nothing(size: int) -> None:
    samples = noise(3_000 if size == 1 else 300_007)
    blocks = [samples[start : start + size] for start in range(0, len(samples), size)]
    assert_alike(look_at(*blocks), look_at(samples))


def test_the_powers_are_those_of_a_loop() -> None:
    samples = noise(20_000)
    found = look_at(samples)
    width = round(found.step * RATE)
    padded = np.pad(samples, (256, 512))
    power = np.array(
        [
            np.abs(np.fft.rfft(padded[start : start + 512] * np.hamming(512))) ** 2
            for start in range(0, 20_000, width)
        ]
    )
    np.testing.assert_allclose(found.level, 10 * np.log10(power / power.max()).T, atol=1e-3)


def test_looking_does_not_disturb() -> None:
    samples = noise(200_000)
    builder = OverviewBuilder(RATE)
    for block in np.array_split(samples, 37):
        builder.push(block)
        builder.overview()
    assert_alike(builder.overview(), look_at(samples))


@pytest.mark.parametrize("seconds", [1, 20, 300])
def test_there_are_never_many_more_columns_than_a_page_can_show(seconds: int) -> None:
    assert look_at(noise(seconds * RATE)).n_columns <= MAX_COLUMNS + 8


def test_the_columns_cover_the_recording() -> None:
    found = look_at(noise(400_123))
    assert (found.n_columns - 1) * found.step < found.duration <= found.n_columns * found.step


@pytest.mark.parametrize("seconds", [0.5, 60])
def test_a_tone_is_loudest_at_its_frequency(seconds: float) -> None:
    found = look_at(tone(2000, seconds))
    middle = found.level[:, found.n_columns // 2]
    assert np.argmax(middle) / (len(middle) - 1) * found.top == pytest.approx(2000, abs=20)


@pytest.mark.parametrize("seconds", [1, 60])
def test_a_tone_is_seen_when_it_sounds(seconds: int) -> None:
    found = look_at(np.zeros(seconds * RATE, np.float32), tone(2000, seconds))
    loud = np.flatnonzero(found.level.max(axis=0) > -20)
    assert loud.min() * found.step == pytest.approx(seconds, abs=0.02 * seconds)


@pytest.mark.parametrize("seconds", [2, 60])
def test_halving_the_amplitude_of_a_part_lowers_it_by_six_decibels(seconds: int) -> None:
    found = look_at(tone(2000, seconds), 0.5 * tone(2000, seconds))
    loudest = found.level.max(axis=0)
    quarter = found.n_columns // 4
    assert loudest[3 * quarter] - loudest[quarter] == pytest.approx(-6.02, abs=0.05)


def test_silence_lies_at_the_bottom_of_the_range() -> None:
    assert (look_at(np.zeros(RATE, np.float32)).level == -RANGE_DB).all()


def test_nothing_has_no_columns() -> None:
    found = look_at()
    assert (found.n_columns, found.duration, found.level.shape) == (0, 0.0, (257, 0))


def test_the_samples_are_left_as_they_were() -> None:
    samples = noise(50_000)
    samples.flags.writeable = False
    look_at(samples)


@pytest.mark.parametrize("samples", [np.zeros((2, 3), np.float32), np.array([0, np.nan], np.float32)])
def test_what_is_no_waveform_is_refused(samples: np.ndarray) -> None:
    with pytest.raises(InvalidSamplesError, match="expected finite samples"):
        OverviewBuilder(RATE).push(samples)


def test_ten_times_the_recording_takes_no_more_memory() -> None:
    assert peak_of(300) < 1.2 * peak_of(30)


def peak_of(seconds: int) -> int:
    block = noise(RATE)
    tracemalloc.start()
    builder = OverviewBuilder(RATE)
    for _ in range(seconds):
        builder.push(block)
    builder.overview()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak
