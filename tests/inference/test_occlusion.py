"""Hiding parts of a recording: exactly those, no more than stands out, nothing where nothing is hidden."""

import numpy as np
import pytest

from prosodyn.inference.occlusion import BANDS, HOP, Hiding, analyse, synthesise
from prosodyn.types import SAMPLE_RATE, FloatArray

N_MOMENTS = 8


@pytest.fixture
def voice(rng: np.random.Generator) -> FloatArray:
    """Return two seconds of noise that comes and goes, so that it has quiet parts at every frequency."""
    swell = np.sin(np.pi * np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE * 3) ** 2
    return (0.2 * swell * rng.standard_normal(2 * SAMPLE_RATE)).astype(np.float32)


def nothing() -> np.ndarray:
    return np.zeros((len(BANDS) - 1, N_MOMENTS), dtype=bool)


def power(waveform: FloatArray, seconds: tuple[float, float], hertz: tuple[float, float]) -> float:
    """Return the power between two instants and two frequencies, by one transform of the stretch."""
    part = waveform[round(seconds[0] * SAMPLE_RATE) : round(seconds[1] * SAMPLE_RATE)]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)))) ** 2
    frequencies = np.fft.rfftfreq(len(part), 1 / SAMPLE_RATE)
    return float(spectrum[(frequencies >= hertz[0]) & (frequencies < hertz[1])].sum())


@pytest.mark.parametrize("n_samples", [1, 127, 128, 511, 512, 513, 10_000])
def test_all_frames_give_the_waveform_back(n_samples: int, rng: np.random.Generator) -> None:
    waveform = rng.uniform(-1, 1, n_samples).astype(np.float32)
    np.testing.assert_allclose(synthesise(analyse(waveform), 0, n_samples), waveform, atol=1e-12)


def test_every_sample_is_seen_by_as_many_frames() -> None:
    assert len(analyse(np.zeros(10 * HOP, np.float32))) == 13


def test_hiding_nothing_changes_nothing(voice: FloatArray) -> None:
    np.testing.assert_array_equal(Hiding(voice, N_MOMENTS).without(nothing()), voice)


def test_hiding_leaves_the_recording_itself_untouched(voice: FloatArray) -> None:
    before = voice.copy()
    left = Hiding(voice, N_MOMENTS).without(~nothing())
    left[:] = 0
    np.testing.assert_array_equal(voice, before)


def test_a_hidden_cell_loses_its_sound_and_its_neighbours_keep_theirs(voice: FloatArray) -> None:
    mask = nothing()
    mask[4, 2] = True  # 1200 to 1800 Hz, 0.5 to 0.75 s
    left = Hiding(voice, N_MOMENTS).without(mask)
    kept = [
        power(left, seconds, hertz) / power(voice, seconds, hertz)
        for seconds, hertz in [
            ((0.53, 0.72), (1300, 1700)),  # the cell, without its edges
            ((0.53, 0.72), (2000, 7900)),
            ((0.53, 0.72), (100, 1000)),
            ((0.80, 1.90), (1300, 1700)),
            ((0.05, 0.45), (1300, 1700)),
        ]
    ]
    assert kept[0] < 0.1
    assert kept[1:] == pytest.approx([1, 1, 1, 1], abs=0.02)


def test_what_is_taken_lies_about_the_middle_of_its_moment(rng: np.random.Generator) -> None:
    noise = (0.1 * rng.standard_normal(2 * SAMPLE_RATE)).astype(np.float32)
    mask = nothing()
    mask[:, 2] = True  # 0.5 to 0.75 s
    energy = (noise - Hiding(noise, N_MOMENTS).without(mask)) ** 2
    instants = np.arange(len(noise)) / SAMPLE_RATE
    assert (energy * instants).sum() / energy.sum() == pytest.approx(0.625, abs=0.005)
    assert instants[np.flatnonzero(energy)[[0, -1]]] == pytest.approx([0.5, 0.75], abs=0.02)


def test_what_is_hidden_sinks_to_the_quietest_level_and_not_to_silence(voice: FloatArray) -> None:
    hidden = np.abs(analyse(Hiding(voice, N_MOMENTS).without(~nothing())))[3:-3]
    quietest = np.quantile(np.abs(analyse(voice))[3:-3], 0.1, axis=0)
    assert np.median(hidden / quietest) == pytest.approx(1, abs=0.3)
    assert np.median(np.abs(analyse(voice))[3:-3] / quietest) > 5


def test_in_a_pause_there_is_nothing_to_hide(voice: FloatArray) -> None:
    pausing = np.concatenate([voice[: SAMPLE_RATE // 2], np.zeros(SAMPLE_RATE // 2, np.float32)])
    mask = nothing()
    mask[:, 5:] = True  # 0.625 s and later
    np.testing.assert_allclose(Hiding(pausing, N_MOMENTS).without(mask), pausing, atol=1e-7)


def test_what_is_left_stays_in_range() -> None:
    square = np.sign(np.sin(np.arange(SAMPLE_RATE) / 9)).astype(np.float32)
    mask = nothing()
    mask[2] = True
    assert np.abs(Hiding(square, N_MOMENTS).without(mask)).max() <= 1


@pytest.mark.parametrize("n_samples", [1, 100, 600])
def test_less_than_a_frame_can_be_hidden(n_samples: int, rng: np.random.Generator) -> None:
    blip = rng.uniform(-1, 1, n_samples).astype(np.float32)
    left = Hiding(blip, 1).without(np.ones((len(BANDS) - 1, 1), dtype=bool))
    assert np.abs(left).sum() < np.abs(blip).sum()


def test_the_moments_cover_the_recording(voice: FloatArray) -> None:
    np.testing.assert_allclose(np.diff(Hiding(voice, N_MOMENTS).times), 0.25)
