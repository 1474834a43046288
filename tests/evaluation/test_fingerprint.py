"""What a fingerprint keeps of a sound, and what it forgets."""

import numpy as np
import pytest

from prosodyn.corpora.toy import recording
from prosodyn.evaluation.alignment import likeness
from prosodyn.evaluation.fingerprint import BAND_EDGES, RATES, modulation, outline, sample_digest
from prosodyn.types import SAMPLE_RATE, FloatArray


def tone(frequency: float, seconds: float = 2.0) -> FloatArray:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return (0.3 * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def padded(waveform: FloatArray, before: int, after: int = 0) -> FloatArray:
    return np.pad(waveform, (before, after))


VOICE = recording("anger", "f1")


def test_digital_silence_around_a_sound_leaves_its_digest() -> None:
    assert sample_digest(padded(VOICE, 777, 5000)) == sample_digest(VOICE)


def test_a_sixteen_bit_sound_keeps_its_digest_in_deeper_words() -> None:
    pcm = np.round(VOICE * 32_768) / 32_768

    assert sample_digest((pcm + 1e-6).astype(np.float32)) == sample_digest(pcm.astype(np.float32))


def test_one_step_in_one_sample_changes_the_digest() -> None:
    changed = VOICE.copy()
    changed[1000] += 1 / 32_768

    assert sample_digest(changed) != sample_digest(VOICE)


def test_modulations_have_no_level() -> None:
    assert np.linalg.norm(modulation(0.01 * VOICE)) == pytest.approx(1, abs=1e-5)
    assert modulation(0.01 * VOICE) == pytest.approx(modulation(VOICE), abs=1e-4)


def test_modulations_have_no_place_in_time() -> None:
    assert modulation(padded(VOICE, 8000)) @ modulation(VOICE) > 0.999


def test_modulations_tell_sentences_apart() -> None:
    other = recording("sadness", "f1", "ke-no-da-si-bu-la")

    assert modulation(other) @ modulation(VOICE) < 0.9


def test_a_tone_that_comes_and_goes_four_times_a_second_says_so_in_its_band() -> None:
    carrier = tone(1000.0, 4.0)
    time = np.arange(len(carrier)) / SAMPLE_RATE
    beating = carrier * (1 + np.cos(2 * np.pi * 4.0 * time)).astype(np.float32) / 2

    strengths = modulation(beating).reshape(len(RATES), len(BAND_EDGES) - 1)

    rate, band = np.unravel_index(strengths.argmax(), strengths.shape)
    assert RATES[rate] == 4.0
    assert BAND_EDGES[band] <= 1000 < BAND_EDGES[band + 1]


def test_what_lies_in_no_band_has_no_modulations() -> None:
    assert modulation(np.zeros(4000, dtype=np.float32)) == pytest.approx(0)


def test_hum_and_hiss_outside_its_band_leave_an_outline_as_it_is() -> None:
    seconds = len(VOICE) / SAMPLE_RATE
    low, middle, high = (0.1 * tone(frequency, seconds) for frequency in (100.0, 1000.0, 3000.0))

    assert likeness(outline(VOICE + low + high), outline(VOICE)) > 0.99
    assert likeness(outline(VOICE + middle), outline(VOICE)) < 0.9


def test_an_outline_is_a_quarter_as_long() -> None:
    assert len(outline(tone(1000.0)[:15_999])) == 4000


def test_an_outline_evens_loud_and_soft_out() -> None:
    rising = tone(1000.0) * np.repeat([0.1, 1.0], SAMPLE_RATE).astype(np.float32)

    even = outline(rising).astype(np.float32)

    soft, loud = np.abs(even[500:3500]).mean(), np.abs(even[4500:7500]).mean()
    assert 2 < loud / soft < 4


def test_an_outline_has_no_level() -> None:
    assert outline(0.01 * VOICE) == pytest.approx(outline(VOICE), abs=0.01)


def test_silence_has_an_outline_of_zeros() -> None:
    assert not outline(np.zeros(4000, dtype=np.float32)).any()
