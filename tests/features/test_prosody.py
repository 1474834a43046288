"""What a student is taught about prosody is right on voices that are known."""

import numpy as np
import pytest

from prosodyn.corpora.toy import recording
from prosodyn.errors import MissingExtraError
from prosodyn.features.encoders import HOP
from prosodyn.features.prosody import (
    ENERGY,
    F0,
    VOICED,
    VOICING,
    ProsodyContours,
    pool_pitch,
    relative_energy,
)
from prosodyn.types import SAMPLE_RATE, FloatArray

N_SAMPLES = 20 * HOP


@pytest.fixture(scope="module")
def contours() -> ProsodyContours:
    pytest.importorskip("swift_f0", reason="needs pip install 'prosodyn[distillation]'")
    return ProsodyContours()


def harmonics(hertz: np.ndarray) -> FloatArray:
    """Return a buzz whose pitch follows `(time,)`."""
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    return (0.1 * sum(np.sin(k * phase) / k for k in range(1, 9))).astype(np.float32)


def glide(octaves: float) -> tuple[FloatArray, np.ndarray]:
    """Return a buzz that glides from 110 Hz, and the octaves of each frame, about their median."""
    place = np.linspace(0.0, octaves, N_SAMPLES)
    middles = place.reshape(-1, HOP).mean(axis=1)
    return harmonics(110.0 * 2**place), middles - np.median(place)


@pytest.mark.parametrize("octaves", [1.0, -0.7])
def test_the_pitch_of_a_glide_is_followed_frame_by_frame(contours: ProsodyContours, octaves: float) -> None:
    waveform, truth = glide(octaves)

    found = contours(waveform)

    inner = slice(2, -2)  # the tracker looks for a while before it is sure
    assert (found[VOICING, inner] >= VOICED).all()
    np.testing.assert_allclose(found[F0, inner], truth[inner], atol=0.03)


def test_another_voice_of_the_same_course_has_the_same_contour(contours: ProsodyContours) -> None:
    place = 0.3 * np.sin(np.linspace(0.0, 6.0, N_SAMPLES))

    low, high = (contours(harmonics(base * 2**place))[F0, 2:-2] for base in (100.0, 210.0))

    np.testing.assert_allclose(low, high, atol=0.04)


def test_how_loud_a_recording_is_does_not_matter(contours: ProsodyContours) -> None:
    speech = recording("anger", "f1", "ba-ti", 0)

    np.testing.assert_allclose(contours(speech), contours((0.01 * speech).astype(np.float32)), atol=1e-3)


def test_noise_and_silence_have_no_voice(contours: ProsodyContours, rng: np.random.Generator) -> None:
    noise = (0.1 * rng.standard_normal(N_SAMPLES)).astype(np.float32)
    noise[: N_SAMPLES // 2] = 0.0

    found = contours(noise)

    assert found[VOICING].mean() < 0.1
    assert not found[F0].any()


@pytest.mark.parametrize("n_samples", [1, 255, HOP, HOP + 1, 3 * HOP - 1])
def test_a_clip_has_as_many_frames_as_the_encoders_give_it(
    contours: ProsodyContours, rng: np.random.Generator, n_samples: int
) -> None:
    found = contours((0.1 * rng.standard_normal(n_samples)).astype(np.float32))

    assert found.shape == (3, -(-n_samples // HOP))
    assert np.isfinite(found).all()


def test_energy_is_that_of_each_frame_relative_to_the_clip(rng: np.random.Generator) -> None:
    waveform = (0.1 * rng.standard_normal(3 * HOP + 100)).astype(np.float32)
    waveform[HOP : 2 * HOP] *= 0.0

    found = relative_energy(waveform, 4)

    power = [np.mean(waveform[i * HOP : (i + 1) * HOP].astype(float) ** 2) for i in range(4)]
    expected = [np.log10(each / np.mean(waveform.astype(float) ** 2)) for each in power if each]
    np.testing.assert_allclose(np.delete(found, 1), expected, atol=1e-6)
    assert found[1] == -6.0  # silence


def test_energy_is_ten_times_a_tenth() -> None:
    waveform = np.full(2 * HOP, 0.1, dtype=np.float32)
    waveform[HOP:] *= np.sqrt(10.0, dtype=np.float32)

    assert np.diff(relative_energy(waveform, 2))[0] == pytest.approx(1.0, abs=1e-6)


def test_steps_are_pooled_by_the_trapezoidal_rule() -> None:
    octaves, confidence = np.arange(11.0), np.ones(11)

    f0, voicing = pool_pitch(octaves, confidence, 2)

    np.testing.assert_allclose(f0, [np.trapezoid(octaves[:6]) / 5 - 5, np.trapezoid(octaves[5:]) / 5 - 5])
    np.testing.assert_allclose(voicing, 1.0)


def test_what_is_not_voiced_has_no_part_in_the_pitch() -> None:
    octaves, confidence = np.array([7.0, 7.0, 99.0, 8.0, 8.0, 99.0]), np.array([0.9, 0.9, 0.1, 0.9, 0.9, 0.0])

    f0, voicing = pool_pitch(octaves, confidence, 1)

    assert f0[0] == pytest.approx((0.5 * 7 + 7 + 8 + 8) / 3.5 - 7.5)
    assert voicing[0] == pytest.approx((0.45 + 0.9 + 0.1 + 0.9 + 0.9) / 5)


def test_a_missing_tracker_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "swift_f0", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'prosodyn\[distillation\]'"):
        ProsodyContours()


def test_energy_stands_in_the_third_row(contours: ProsodyContours) -> None:
    waveform, _ = glide(0.5)

    np.testing.assert_allclose(contours(waveform)[ENERGY], relative_energy(waveform, 20))
