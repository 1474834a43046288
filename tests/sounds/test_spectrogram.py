"""The spectrogram of the network of sounds, against the same one by torch."""

import numpy as np
import pytest
import torch

from prosodyn.config import Encoder
from prosodyn.encoders import find_encoder
from prosodyn.features.encoders.spectrogram import EncoderSpectrogram
from prosodyn.sounds.spectrogram import FRAME, N_MELS, STEP, log_mel


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("level", [1e-5, 1e-2, 0.3])
def test_it_is_that_of_the_encoder(rng: np.random.Generator, level: float) -> None:
    encoder = find_encoder("yamnet")
    assert isinstance(encoder, Encoder)
    waveform = (level * rng.standard_normal(12_345)).astype(np.float32)
    by_torch, _ = EncoderSpectrogram(encoder.spectrogram)(
        torch.from_numpy(waveform)[None], torch.tensor([len(waveform)])
    )
    assert np.abs(log_mel(waveform) - by_torch[0, 0].numpy()).max() < 1e-4


def test_only_whole_frames_are_computed() -> None:
    shapes = [log_mel(np.zeros(n, dtype=np.float32)).shape for n in (FRAME, FRAME + STEP - 1, FRAME + STEP)]
    assert shapes == [(1, N_MELS), (1, N_MELS), (2, N_MELS)]


def test_silence_is_the_logarithm_of_the_floor() -> None:
    assert np.allclose(log_mel(np.zeros(FRAME, dtype=np.float32)), np.log(0.001))


def test_a_tone_is_loudest_in_its_own_band() -> None:
    tone = np.sin(2 * np.pi * 1_000 * np.arange(16_000) / 16_000).astype(np.float32)
    edges = 700 * np.expm1(
        np.linspace(*(1127 * np.log1p(np.array([125.0, 7_500.0]) / 700)), N_MELS + 2) / 1127
    )
    assert log_mel(tone).mean(axis=0).argmax() == np.abs(edges[1:-1] - 1_000).argmin()
