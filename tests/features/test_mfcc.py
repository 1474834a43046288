"""Cepstral coefficients, by scipy's cosine transform."""

from collections.abc import Callable

import numpy as np
import scipy.fft
import torch
from torch import Tensor

from prosodyn.config import FrontEndConfig
from prosodyn.features import LogMel, Mfcc
from prosodyn.features.functional import deltas

Noise = Callable[..., Tensor]

CONFIG = FrontEndConfig(name="mfcc")


def test_there_are_the_papers_39_dimensions(noise: Noise) -> None:
    features, _ = Mfcc(CONFIG)(noise(1, 2_000), torch.tensor([2_000]))

    assert features.shape[1] == Mfcc(CONFIG).n_features == 39


def test_the_first_13_are_the_cosine_transform_of_the_log_mel_spectrogram(noise: Noise) -> None:
    waveform, samples = noise(1, 4_000), torch.tensor([4_000])
    spectrogram, lengths = LogMel(CONFIG)(waveform, samples)

    features, _ = Mfcc(CONFIG)(waveform, samples)

    bands = spectrogram[0, :, : int(lengths)].double().numpy()
    expected = scipy.fft.dct(bands, type=2, norm="ortho", axis=0)[:13]
    np.testing.assert_allclose(features[0, :13, : int(lengths)], expected, atol=1e-4)


def test_the_next_13_are_their_slope_and_the_last_13_the_slope_of_that(noise: Noise) -> None:
    features, lengths = Mfcc(CONFIG)(noise(2, 3_000), torch.tensor([3_000, 1_500]))

    static, slope, curvature = features.chunk(3, dim=1)
    true = torch.arange(features.shape[2])[None, None, :] < lengths[:, None, None]
    torch.testing.assert_close(slope, deltas(static, lengths) * true)
    torch.testing.assert_close(curvature, deltas(slope, lengths) * true)


def test_its_tables_stay_out_of_the_weights() -> None:
    assert Mfcc(CONFIG).state_dict() == {}
