"""The detector of speech over the classifier of sounds."""

import json
from pathlib import Path

import numpy as np
import pytest

from prosodyn.corpora import toy
from prosodyn.sounds import THRESHOLD, SoundClassifier, SoundSpeechDetector, speech_probability
from prosodyn.timeline import SpeechDetector

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"

SPEECH = np.concatenate([toy.recording("neutral", name) for name in ("f1", "m1", "f2")])


def test_it_is_a_speech_detector() -> None:
    detector: SpeechDetector = SoundSpeechDetector()
    assert detector.hop == pytest.approx(0.48)


def test_pieces_give_the_probabilities_of_the_whole() -> None:
    detector = SoundSpeechDetector()
    pieces = [detector.push(piece) for piece in np.array_split(SPEECH, 7)]
    whole = SoundSpeechDetector()
    expected = np.concatenate([whole.push(SPEECH), whole.flush()])
    assert np.abs(np.concatenate([*pieces, detector.flush()]) - expected).max() < 1e-5


@pytest.mark.parametrize(("n_samples", "n_hops"), [(7680, 1), (7680 + 3000, 1), (7680 + 4000, 2), (100, 1)])
def test_what_is_left_of_a_hop_is_answered_where_it_is_half_of_one(n_samples: int, n_hops: int) -> None:
    detector = SoundSpeechDetector()
    found = np.concatenate([detector.push(SPEECH[:n_samples]), detector.flush()])
    assert len(found) == n_hops


def test_probabilities_stay_within_one() -> None:
    extreme = np.array([[-1e4], [1e4]], dtype=np.float32) * np.ones((1, len(SoundClassifier().groups)))
    assert speech_probability(extreme.astype(np.float32)).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("kind", ["white noise", "a tone", "silence", "hum"])
def test_what_is_no_voice_is_no_speech(kind: str) -> None:
    time = np.arange(5 * 16_000) / 16_000
    sounds = {
        "white noise": 0.1 * np.random.default_rng(0).standard_normal(len(time)),
        "a tone": 0.3 * np.sin(2 * np.pi * 440 * time),
        "silence": np.zeros(len(time)),
        "hum": 0.3 * sum(np.sin(2 * np.pi * 50 * k * time) / k for k in range(1, 6)),
    }
    found = speech_probability(SoundClassifier().classify(sounds[kind].astype(np.float32)))
    assert found.max() < 0.5


def test_a_generated_voice_is_speech() -> None:
    assert (speech_probability(SoundClassifier().classify(SPEECH)) > 0.5).mean() > 0.8


def test_the_threshold_is_the_one_that_was_chosen() -> None:
    result = json.loads((BENCHMARKS / "sounds" / "speech-threshold.json").read_text(encoding="utf-8"))
    assert result["chosen"] == result["in use"] == THRESHOLD
