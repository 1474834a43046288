"""Spectrograms of encoders, beside librosa and numpy."""

import dataclasses

import librosa
import numpy as np
import pytest
import torch

from prosodyn.config import SpectrogramConfig
from prosodyn.encoders import find_encoder
from prosodyn.features.encoders import EncoderSpectrogram
from prosodyn.features.encoders.spectrogram import htk_filter_bank

SLANEY = find_encoder("speech-embedding").spectrogram
HTK = find_encoder("yamnet").spectrogram


@pytest.fixture
def waveform(rng: np.random.Generator) -> np.ndarray:
    return (0.1 * rng.standard_normal(9_000)).astype(np.float32)


def compute(config: SpectrogramConfig, waveform: np.ndarray, least_frames: int = 1) -> np.ndarray:
    module = EncoderSpectrogram(config, least_frames)
    features, lengths = module(torch.from_numpy(waveform)[None], torch.tensor([len(waveform)]))
    return features[0, 0, : int(lengths)].double().numpy()


def frames_of(waveform: np.ndarray, frame: int, hop: int) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(waveform.astype(np.float64), frame)[::hop]


def test_decibels_of_slaney_bands_are_librosas(waveform: np.ndarray) -> None:
    power = librosa.feature.melspectrogram(
        y=waveform.astype(np.float64) * 32767,
        sr=16_000,
        n_fft=512,
        win_length=400,
        hop_length=160,
        center=False,
        n_mels=32,
        fmin=60,
        fmax=3800,
    )
    expected = librosa.power_to_db(power, ref=1.0, amin=1e-10, top_db=80) / 10 + 2

    np.testing.assert_allclose(compute(SLANEY, waveform), expected.T, atol=1e-3)


def test_logarithms_of_htk_bands_are_those_of_plain_numpy(waveform: np.ndarray) -> None:
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(400) / 400)
    magnitude = np.abs(np.fft.rfft(frames_of(waveform, 400, 160) * hann, 512))

    expected = np.log(magnitude @ htk_filter_bank(64, 125.0, 7500.0).T + 0.001)

    np.testing.assert_allclose(compute(HTK, waveform), expected, atol=1e-3)


def test_htk_triangles_reach_one_and_leave_out_the_bin_of_zero() -> None:
    filters = htk_filter_bank(20, 0.0, 8000.0)

    assert filters.shape == (20, 257)
    assert not filters[:, 0].any()
    assert filters[5:].max(axis=1).min() > 0.8
    assert filters.max() <= 1


@pytest.mark.parametrize("config", [SLANEY, HTK], ids=["decibel", "natural"])
def test_neighbours_and_padding_change_nothing(config: SpectrogramConfig, waveform: np.ndarray) -> None:
    lengths = [9_000, 4_321, 700]
    batch = torch.from_numpy(
        np.stack([waveform * gain for gain in (1.0, 0.01, 5.0)])
    )  # noise beyond the ends

    features, n_frames = EncoderSpectrogram(config)(batch, torch.tensor(lengths))

    for row, length in enumerate(lengths):
        alone = compute(config, batch[row, :length].numpy())
        np.testing.assert_allclose(features[row, 0, : int(n_frames[row])], alone, atol=1e-4)


def test_a_short_clip_is_followed_by_silence(waveform: np.ndarray) -> None:
    short = waveform[:1_000]

    features = compute(HTK, short, least_frames=20)

    assert features.shape == (20, 64)
    np.testing.assert_allclose(features[7:], np.log(0.001), atol=1e-5)
    padded = np.pad(short, (0, 160 * 20))
    np.testing.assert_allclose(features, compute(HTK, padded)[:20], atol=1e-5)


def test_nothing_lies_further_below_the_peak_than_it_may(waveform: np.ndarray) -> None:
    fading = waveform * np.geomspace(1, 1e-8, len(waveform)).astype(np.float32)

    features = compute(dataclasses.replace(SLANEY, below_peak=30.0), fading)

    assert features.max() - features.min() == pytest.approx(3.0, abs=1e-5)


def test_silence_is_finite() -> None:
    for config in (SLANEY, HTK):
        assert np.isfinite(compute(config, np.zeros(2_000, dtype=np.float32))).all()
