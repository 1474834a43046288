"""Speech by Silero VAD: the same whatever the pieces, in voices and not in noise."""

import sys

import numpy as np
import pytest

from prosodyn.corpora import toy
from prosodyn.errors import MissingExtraError
from prosodyn.inference import Recogniser
from prosodyn.sounds import silero
from prosodyn.sounds.silero import HOP, SileroSpeechDetector
from prosodyn.types import NO_SPEECH, FloatArray

VOICE = np.concatenate([toy.recording(emotion, "f1") for emotion in ("anger", "neutral")])


def whole(samples: FloatArray) -> FloatArray:
    detector = SileroSpeechDetector()
    return np.concatenate([detector.push(samples), detector.flush()])


def test_there_is_an_answer_for_every_hop_that_began() -> None:
    assert [len(whole(VOICE[:n])) for n in (0, 1, HOP, HOP + 1, 10 * HOP)] == [0, 1, 1, 2, 10]


def test_the_sizes_of_the_pieces_change_nothing(rng: np.random.Generator) -> None:
    detector, found, place = SileroSpeechDetector(), [], 0
    while place < len(VOICE):
        size = int(rng.integers(0, 3_000))
        found.append(detector.push(VOICE[place : place + size]))
        place += size
    np.testing.assert_allclose(np.concatenate([*found, detector.flush()]), whole(VOICE), atol=1e-5)


def test_it_is_ready_for_another_recording() -> None:
    detector = SileroSpeechDetector()
    first = np.concatenate([detector.push(VOICE), detector.flush()])
    np.testing.assert_array_equal(np.concatenate([detector.push(VOICE), detector.flush()]), first)


def test_noise_is_no_speech(rng: np.random.Generator) -> None:
    assert (whole((0.1 * rng.standard_normal(48_000)).astype(np.float32)) < 0.5).mean() > 0.9


def test_a_timeline_asks_it(rng: np.random.Generator) -> None:
    hiss = (0.01 * rng.standard_normal(64_000)).astype(np.float32)
    timeline = Recogniser.load().timeline(hiss, detector=SileroSpeechDetector())
    assert {segment.emotion for segment in timeline.segments} == {NO_SPEECH}


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    silero._network.cache_clear()
    monkeypatch.setattr(silero, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"prosodyn\[silero\]"):
        SileroSpeechDetector()
    monkeypatch.undo()
    silero._network.cache_clear()


def test_torch_is_not_loaded_for_it() -> None:
    assert SileroSpeechDetector().hop == 0.032
    assert "silero_vad" not in sys.modules
