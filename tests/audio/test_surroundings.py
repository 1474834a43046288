"""Rooms and noises are what they say."""

import numpy as np
import pytest

from prosodyn.audio.surroundings import DECAY_SECONDS, ECHO_RATIO, NOISE_RATIO, noise, room
from prosodyn.corpora.toy import recording
from prosodyn.types import SAMPLE_RATE

SPEECH = 0.3 * recording("anger", "f1")


def decibels(ratio: float) -> float:
    return float(10 * np.log10(ratio))


@pytest.mark.parametrize("gain", [1.0, 0.01])
def test_a_noise_lies_below_the_voice_however_loud_that_is(gain: float) -> None:
    voice = gain * SPEECH

    added = noise(voice) - voice

    assert decibels(np.mean(voice**2) / np.mean(added**2)) == pytest.approx(NOISE_RATIO, abs=0.05)


def test_a_noise_falls_by_three_decibels_an_octave() -> None:
    voice = np.tile(SPEECH, 20)
    power = np.abs(np.fft.rfft(noise(voice) - voice)) ** 2
    frequency = np.fft.rfftfreq(len(voice), 1 / SAMPLE_RATE)
    low, high = (power[(frequency > f) & (frequency < 1.1 * f)].mean() for f in (200, 3_200))

    assert decibels(low / high) == pytest.approx(12, abs=1.5)


def test_every_recording_has_a_noise_of_its_own() -> None:
    other = SPEECH.copy()
    other[0] += 0.01

    assert np.corrcoef(noise(SPEECH) - SPEECH, noise(other) - other)[0, 1] == pytest.approx(0, abs=0.05)


def test_the_echoes_of_a_click_fall_as_the_room_says() -> None:
    click = np.zeros(SAMPLE_RATE, np.float32)
    click[0] = 0.9
    power = room(click).astype(np.float64) ** 2

    echoes = power[1:]
    assert decibels(power[0] / echoes.sum()) == pytest.approx(ECHO_RATIO, abs=0.1)
    early, late = (echoes[start : start + 1_600].sum() for start in (800, 800 + 4_800))
    assert decibels(early / late) == pytest.approx(60 * 0.3 / DECAY_SECONDS, abs=3)


def test_a_voice_is_about_as_loud_in_a_room() -> None:
    voice = np.pad(SPEECH, (0, SAMPLE_RATE))

    assert decibels(np.mean(room(voice) ** 2) / np.mean(voice**2)) == pytest.approx(0, abs=2)
