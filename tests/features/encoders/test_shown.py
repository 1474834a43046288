"""What encoders are shown, as features."""

import dataclasses

import pytest
import torch

from prosodyn.config import Encoder, FrontEndConfig, SpectrogramConfig
from prosodyn.errors import ConfigError
from prosodyn.features.encoders import EncoderSpectrogram, ShownSpectrograms


def test_spectrograms_lie_one_below_the_other(two: list[Encoder]) -> None:
    front_end = ShownSpectrograms(two)
    batch = 0.1 * torch.randn(2, 9_000), torch.tensor([9_000, 7_000])

    features, lengths = front_end(*batch)

    place = 0
    for each in two:
        shown, _ = EncoderSpectrogram(each.spectrogram)(*batch)
        n_bands = each.spectrogram.n_mels
        for row, length in enumerate(lengths.tolist()):
            expected = shown[row, 0, :length].T
            torch.testing.assert_close(features[row, place : place + n_bands, :length], expected)
        place += n_bands
    assert front_end.n_features == place == features.shape[1]
    assert not features[1, :, int(lengths[1]) :].any()


def test_there_are_no_more_frames_than_the_longest_has(two: list[Encoder]) -> None:
    waveform = torch.zeros(2, 9_000)

    features, lengths = ShownSpectrograms(two)(waveform, torch.tensor([5_000, 4_000]))

    assert features.shape[2] == int(lengths.max())


@pytest.mark.parametrize("samples", [1, 400, 511, 6_000])
def test_a_clip_has_the_same_spectrograms_alone_and_in_a_batch(two: list[Encoder], samples: int) -> None:
    front_end, batch = ShownSpectrograms(two), 0.1 * torch.randn(2, 9_000)
    counts = torch.tensor([9_000, samples])

    together, lengths = front_end(batch, counts)

    alone, own = front_end(batch[1:, :samples], counts[1:])
    assert int(own) == int(lengths[1])
    torch.testing.assert_close(together[1:, :, : int(own)], alone, atol=1e-5, rtol=1e-4)


def test_spectrograms_of_another_hop_do_not_lie_below(two: list[Encoder]) -> None:
    other = dataclasses.replace(two[1], spectrogram=SpectrogramConfig(8, 100.0, 4000.0, hop=200))

    with pytest.raises(ConfigError, match="or another hop"):
        FrontEndConfig(encoders=(two[0], other), encoder_view="spectrograms")


def test_without_encoders_there_is_nothing_to_show() -> None:
    with pytest.raises(ConfigError, match=r"front_end\.encoder_view: expected 'states' without encoders"):
        FrontEndConfig(encoder_view="spectrograms")
