"""The numbers behind the picture of a recording."""

import numpy as np
import pytest

from prosodyn.evaluation.spectrogram import MAX_COLUMNS, RANGE_DB, envelope, spectrogram

RATE = 16_000


def tone(frequency: float, seconds: float) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def test_a_tone_is_loudest_at_its_frequency() -> None:
    picture = spectrogram(tone(2000, 0.5), RATE)

    middle = picture.level[:, picture.level.shape[1] // 2]
    assert np.argmax(middle) / (len(middle) - 1) * picture.top == pytest.approx(2000, abs=20)


def test_a_tone_is_seen_when_it_sounds() -> None:
    waveform = np.concatenate([np.zeros(RATE, np.float32), tone(2000, 1)])

    loud = spectrogram(waveform, RATE).level.max(axis=0) > -20

    assert np.flatnonzero(loud).min() / len(loud) == pytest.approx(0.5, abs=0.01)


def test_halving_the_amplitude_of_a_part_lowers_it_by_six_decibels() -> None:
    waveform = np.concatenate([tone(2000, 1), 0.5 * tone(2000, 1)])

    loudest = spectrogram(waveform, RATE).level.max(axis=0)

    assert loudest[300] - loudest[100] == pytest.approx(-6.02, abs=0.01)


def test_silence_lies_at_the_bottom_of_the_range() -> None:
    assert (spectrogram(np.zeros(RATE, np.float32), RATE).level == -RANGE_DB).all()


def test_a_long_recording_gets_no_more_columns_than_a_page_shows() -> None:
    waveform = tone(100, 60)

    assert spectrogram(waveform, RATE).level.shape[1] <= MAX_COLUMNS
    assert len(envelope(waveform, RATE)[0]) <= MAX_COLUMNS


def test_the_envelope_misses_no_peak() -> None:
    waveform = np.zeros(50 * RATE, np.float32)
    waveform[123_457], waveform[654_321] = 0.9, -0.8

    _, low, high = envelope(waveform, RATE)

    assert (low.min(), high.max()) == (np.float32(-0.8), np.float32(0.9))


def test_the_envelope_of_a_short_recording_is_the_recording() -> None:
    waveform = tone(100, 0.1)

    times, low, high = envelope(waveform, RATE)

    np.testing.assert_array_equal(low, waveform)
    np.testing.assert_array_equal(high, waveform)
    np.testing.assert_allclose(times, np.arange(len(waveform)) / RATE)
