"""Many voices at once, told from one."""

import json
from pathlib import Path

import numpy as np
import pytest

from prosodyn.corpora import toy
from prosodyn.sounds import GROUPS, SoundClassifier, babble_score
from prosodyn.sounds.babble import OFFSET, WEIGHTS
from prosodyn.types import FloatArray

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


def at_once(n_voices: int, seed: int) -> FloatArray:
    """Return generated voices laid over each other."""
    rng = np.random.default_rng(seed)
    voices = [
        np.roll(np.resize(toy.recording("anger", toy.SPEAKERS[place % 6].name, seed=place), 64_000), shift)
        for place, shift in enumerate(rng.integers(64_000, size=n_voices))
    ]
    return np.asarray(sum(voices) / n_voices, dtype=np.float32)


def test_every_group_has_a_weight() -> None:
    assert list(WEIGHTS) == list(GROUPS)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("n_voices", [6, 10])
def test_many_voices_are_babble(n_voices: int, seed: int) -> None:
    assert babble_score(SoundClassifier().classify(at_once(n_voices, seed))) > 0


@pytest.mark.parametrize("emotion", toy.EMOTIONS)
def test_one_voice_is_none(emotion: str) -> None:
    assert babble_score(SoundClassifier().classify(toy.recording(emotion, "f1"))) < 0


def test_the_weights_are_those_that_were_fitted() -> None:
    fitted = json.loads((BENCHMARKS / "sounds" / "babble.json").read_text(encoding="utf-8"))
    assert (dict(WEIGHTS), OFFSET) == (fitted["fitted weights"], fitted["fitted offset"])
