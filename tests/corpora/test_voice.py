import dataclasses

import numpy as np
import pytest

from prosodyn.corpora.prosody import Prosody, write_score
from prosodyn.corpora.voice import RINGING, Pulses, Speaker, add_pulses, place_pulses, resonance, speak, tract
from prosodyn.errors import CorpusError
from prosodyn.types import SAMPLE_RATE

TEXT = "ma-li-no-ma-le-nu"
STEADY = Speaker("steady", 120.0, 1.0, 2_000.0, -60.0, 0.0, 1.0, 0.0, 1.0)
FLAT = Prosody(span=0.0, final=0.0)


def say(speaker: Speaker = STEADY, prosody: Prosody = FLAT, text: str = TEXT) -> np.ndarray:
    return speak(text, speaker, prosody, np.random.default_rng(7))


def level(waveform: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(waveform.astype(np.float64) ** 2)))


def periodicity(waveform: np.ndarray, period: int) -> float:
    """Correlate the loudest 60 ms with what comes one period later."""
    energy = np.convolve(waveform**2, np.ones(960), mode="valid")
    start = int(np.argmax(energy[: -2 * period]))
    lags = range(period - period // 5, period + period // 5)
    first = waveform[start : start + 960]
    return max(float(np.corrcoef(first, waveform[start + lag : start + lag + 960])[0, 1]) for lag in lags)


def test_a_resonator_equals_its_recursion() -> None:
    frequency, bandwidth = 900.0, 400.0
    radius = np.exp(-np.pi * bandwidth / SAMPLE_RATE)
    first, second = 2 * radius * np.cos(2 * np.pi * frequency / SAMPLE_RATE), -(radius**2)
    looped = np.zeros(RINGING + 2)
    for sample in range(RINGING):
        drive = 1.0 - first - second if sample == 0 else 0.0
        looped[sample + 2] = drive + first * looped[sample + 1] + second * looped[sample]
    drawn = np.fft.irfft(resonance(frequency, bandwidth), RINGING)
    np.testing.assert_allclose(drawn, looped[2:], atol=1e-9)


def test_a_pulse_on_a_sample_lands_there() -> None:
    pulses = Pulses(np.array([100 / SAMPLE_RATE]), np.array([0.01]), np.array([1.0]))
    waveform = add_pulses(pulses, np.ones((1, RINGING // 2 + 1), dtype=complex), duration=0.05)
    assert np.flatnonzero(np.abs(waveform) > 1e-9).tolist() == [100]


def test_a_pulse_between_two_samples_is_shared_evenly() -> None:
    pulses = Pulses(np.array([100.5 / SAMPLE_RATE]), np.array([0.01]), np.array([1.0]))
    waveform = add_pulses(pulses, np.ones((1, RINGING // 2 + 1), dtype=complex), duration=0.05)
    assert waveform[100] == pytest.approx(waveform[101], rel=0.02)
    assert int(np.argmax(waveform)) in {100, 101}


def test_pulses_add_up(rng: np.random.Generator) -> None:
    times = np.array([0.010, 0.013, 0.020])
    spectra = rng.standard_normal((3, RINGING // 2 + 1)) + 0j
    together = add_pulses(Pulses(times, times, times), spectra, duration=0.1)
    alone = [
        add_pulses(Pulses(times[[n]], times[[n]], times[[n]]), spectra[[n]], duration=0.1) for n in range(3)
    ]
    np.testing.assert_allclose(together, np.sum(alone, axis=0), atol=1e-12)


def test_pulses_follow_one_another_at_the_pitch(rng: np.random.Generator) -> None:
    pulses = place_pulses(write_score(TEXT, FLAT, rng), STEADY, FLAT, rng)
    inside = np.diff(pulses.times)
    np.testing.assert_allclose(inside, pulses.periods[:-1], rtol=0.01)


def test_an_octave_more_doubles_the_pulses(rng: np.random.Generator) -> None:
    score = write_score(TEXT, FLAT, rng)
    low = place_pulses(score, STEADY, FLAT, rng)
    high = place_pulses(score, STEADY, dataclasses.replace(FLAT, level=12.0), rng)
    assert len(high.times) == pytest.approx(2 * len(low.times), rel=0.03)


def test_a_shorter_vocal_tract_raises_the_formants(rng: np.random.Generator) -> None:
    score = write_score("ma", FLAT, rng)
    low = np.abs(tract(score.peaks, score, STEADY)[0])
    high = np.abs(tract(score.peaks, score, dataclasses.replace(STEADY, tract=1.2))[0])
    assert np.argmax(high) / np.argmax(low) == pytest.approx(1.2, rel=0.06)


def test_six_decibels_double_the_amplitude() -> None:
    louder = say(prosody=dataclasses.replace(FLAT, loudness=6.0))
    assert level(louder) - level(say()) == pytest.approx(6.0, abs=0.1)


def test_breath_makes_the_voice_less_periodic() -> None:
    clear, breathy = say(), say(dataclasses.replace(STEADY, breath=-6.0))
    assert periodicity(breathy, 133) < periodicity(clear, 133) - 0.05


def test_jitter_makes_the_voice_less_periodic() -> None:
    clear, rough = say(), say(dataclasses.replace(STEADY, jitter=0.03))
    assert periodicity(rough, 133) < periodicity(clear, 133) - 0.02


@pytest.mark.parametrize("octaves", [-1.5, 1.5])
def test_brightness_moves_the_balance_of_the_spectrum(octaves: float) -> None:
    def balance(waveform: np.ndarray) -> float:
        power = np.abs(np.fft.rfft(waveform)) ** 2
        high = np.fft.rfftfreq(len(waveform), 1 / SAMPLE_RATE) > 1_500.0
        return float(10 * np.log10(power[high].sum() / power[~high].sum()))

    moved = balance(say(prosody=dataclasses.replace(FLAT, brightness=octaves))) - balance(say())
    assert np.sign(octaves) * moved > 1.5


def test_the_loudest_voice_does_not_clip() -> None:
    assert np.abs(say(prosody=dataclasses.replace(FLAT, loudness=60.0))).max() <= 0.951


def test_one_syllable_is_enough() -> None:
    assert np.isfinite(say(text="ba")).all()


def test_nonsense_is_refused() -> None:
    with pytest.raises(CorpusError, match="cannot say 'xyz'"):
        say(text="ba-xyz")
