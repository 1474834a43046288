"""The classifier of sounds: the same however the samples come, and right about real sounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.sounds import SoundClassifier
from prosodyn.sounds.classifier import HOP
from prosodyn.sounds.network import n_frames, shipped_network
from prosodyn.sounds.spectrogram import log_mel
from prosodyn.types import FloatArray


def noise(n_samples: int, seed: int = 0) -> FloatArray:
    """Return noise whose level changes, so that every hop sounds different."""
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.uniform(size=n_samples // 4_000 + 1), 4_000)[:n_samples]
    return (0.3 * level * rng.standard_normal(n_samples)).astype(np.float32)


SOUND = noise(20 * 16_000)
WHOLE = SoundClassifier().classify(SOUND)


def in_pieces(classifier: SoundClassifier, waveform: FloatArray, sizes: list[int]) -> FloatArray:
    """Push a waveform in pieces of the given sizes, over and over."""
    answers, start, turn = [], 0, 0
    while start < len(waveform):
        size = sizes[turn % len(sizes)]
        answers.append(classifier.push(waveform[start : start + size]))
        start, turn = start + size, turn + 1
    return np.concatenate([*answers, classifier.flush()])


@settings(max_examples=15, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 60_000), min_size=1, max_size=5).filter(lambda sizes: sum(sizes) > 2_000)
)
def test_pieces_answer_as_the_whole(sizes: list[int]) -> None:
    assert np.abs(in_pieces(SoundClassifier(), SOUND, sizes) - WHOLE).max() < 1e-5


@pytest.mark.parametrize("block", [1, 5, 64])
def test_the_size_of_blocks_changes_nothing(block: int) -> None:
    assert np.abs(SoundClassifier(block).classify(SOUND) - WHOLE).max() < 1e-4


@pytest.mark.parametrize("n_samples", [1, 399, HOP, HOP + 1, 16_000])
def test_every_started_hop_is_answered(n_samples: int) -> None:
    assert len(SoundClassifier().classify(SOUND[:n_samples])) == -(-n_samples // HOP)


def test_nothing_is_answered_about_nothing() -> None:
    assert SoundClassifier().classify(SOUND[:0]).shape == (0, len(SoundClassifier().groups))


def test_a_recording_lies_in_silence() -> None:
    silence = np.zeros(10 * HOP, dtype=np.float32)
    surrounded = SoundClassifier().classify(np.concatenate([silence, SOUND[: 20 * HOP], silence]))
    assert np.abs(surrounded[10:30] - SoundClassifier().classify(SOUND[: 20 * HOP])).max() < 1e-4


def test_a_flushed_classifier_begins_anew() -> None:
    classifier = SoundClassifier()
    classifier.classify(noise(50_000, seed=1))
    assert np.array_equal(classifier.classify(SOUND), WHOLE)


def test_a_patch_is_answered_as_alone() -> None:
    features = log_mel(SOUND)
    together = shipped_network().logits(features[: n_frames(4)], 4)
    alone = shipped_network().logits(features[2 * 48 : 2 * 48 + n_frames(1)], 1)
    assert np.abs(together[2] - alone[0]).max() < 1e-4


def test_what_waits_does_not_grow() -> None:
    classifier = SoundClassifier()
    held = []
    for _ in range(4):
        classifier.push(SOUND)
        held.append(len(classifier._waiting))
    assert max(held) <= 16_000 * 12


def test_the_samples_are_not_changed() -> None:
    before = SOUND.copy()
    SoundClassifier().classify(SOUND)
    assert np.array_equal(SOUND, before)


def test_silence_is_listened_to_once(monkeypatch: pytest.MonkeyPatch) -> None:
    listened: list[int] = []
    monkeypatch.setattr(
        "prosodyn.sounds.classifier.log_mel", lambda heard: listened.append(len(heard)) or log_mel(heard)
    )
    answers = SoundClassifier().classify(np.zeros(60 * 16_000, dtype=np.float32))
    assert len(listened) == 2  # whole blocks, and what is left of one at the end
    np.testing.assert_allclose(answers[20], answers[40], atol=1e-5)
