"""Two spectrograms one below the other."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from prosodyn.config import FrontEndConfig
from prosodyn.features import LogMel, TwoSpectrograms
from prosodyn.features.narrow_band import NarrowBand

Noise = Callable[..., Tensor]
PadWaveforms = Callable[..., tuple[Tensor, Tensor]]

CONFIG = FrontEndConfig(narrow_band=True, n_mels=40)


@pytest.fixture
def batch(noise: Noise, pad_waveforms: PadWaveforms) -> tuple[Tensor, Tensor]:
    return pad_waveforms([noise(length) for length in (4_000, 300, 2_401)], 500, 0.3)


def test_there_are_as_many_narrow_bands_as_mel_bands(batch: tuple[Tensor, Tensor]) -> None:
    module = TwoSpectrograms(CONFIG)

    assert module(*batch)[0].shape[1] == module.n_features == 80


def test_the_upper_half_is_the_log_mel_spectrogram(batch: tuple[Tensor, Tensor]) -> None:
    features, lengths = TwoSpectrograms(CONFIG)(*batch)

    mel, mel_lengths = LogMel(CONFIG)(*batch)
    assert torch.equal(features[:, :40], mel)
    assert torch.equal(lengths, mel_lengths)


def test_the_lower_half_is_the_true_frames_of_the_narrow_band_one(batch: tuple[Tensor, Tensor]) -> None:
    features, lengths = TwoSpectrograms(CONFIG)(*batch)

    narrow = NarrowBand(CONFIG)(*batch)
    for row, length in enumerate(lengths.tolist()):
        assert torch.equal(features[row, 40:, :length], narrow[row, :, :length])
        assert not features[row, 40:, length:].any()


def test_its_tables_stay_out_of_the_weights() -> None:
    assert TwoSpectrograms(CONFIG).state_dict() == {}
