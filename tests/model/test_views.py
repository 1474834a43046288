"""The views of a spectrogram."""

import typing
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from prosodyn.config import NetworkConfig
from prosodyn.model.views import VIEWS, centred, stack_views

PadFrames = Callable[..., tuple[Tensor, Tensor]]


def test_every_view_can_be_configured() -> None:
    choices = typing.get_args(typing.get_type_hints(NetworkConfig)["views"])[0]
    assert set(typing.get_args(choices)) == set(VIEWS)


@pytest.mark.parametrize("extra", [0, 1, 9])
@pytest.mark.parametrize("name", sorted(VIEWS))
def test_padding_and_neighbours_change_nothing(pad_frames: PadFrames, name: str, extra: int) -> None:
    spectrograms = [torch.randn(4, length) for length in (6, 1, 9)]
    features, lengths = pad_frames(spectrograms, extra)
    seen = VIEWS[name](features, lengths)
    for row, spectrogram in enumerate(spectrograms):
        n_frames = spectrogram.shape[1]
        alone = VIEWS[name](spectrogram[None], torch.tensor([n_frames]))[0]
        torch.testing.assert_close(seen[row, :, :n_frames], alone)
        assert not seen[row, :, n_frames:].any()


def test_centred_is_deaf_to_the_microphone() -> None:
    features, lengths = torch.randn(1, 4, 8), torch.tensor([8])
    microphone = torch.tensor([3.0, -1.0, 0.5, 2.0])[None, :, None]
    torch.testing.assert_close(centred(features + microphone, lengths), centred(features, lengths))


def test_centred_by_hand() -> None:
    features = torch.tensor([[[1.0, 2.0, 6.0, 0.0], [-1.0, 1.0, 0.0, 0.0]]])
    expected = torch.tensor([[[-2.0, -1.0, 3.0, 0.0], [-1.0, 1.0, 0.0, 0.0]]])
    assert torch.equal(centred(features, torch.tensor([3])), expected)


def test_each_view_is_a_channel(pad_frames: PadFrames) -> None:
    features, lengths = pad_frames([torch.randn(4, 6)], 2)
    stacked = stack_views([features], lengths, ("centred", "plain"))
    assert stacked.shape == (1, 2, 4, 8)
    assert torch.equal(stacked[:, 1], features)


def test_each_spectrogram_is_seen_in_every_view(pad_frames: PadFrames) -> None:
    upper, lengths = pad_frames([torch.randn(4, 6), torch.randn(4, 3)], 2)
    lower, _ = pad_frames([torch.randn(4, 6), torch.randn(4, 3)], 2)
    stacked = stack_views([upper, lower], lengths, ("plain", "centred"))
    expected = [upper, centred(upper, lengths), lower, centred(lower, lengths)]
    assert stacked.shape == (2, 4, 4, 8)
    for channel, each in enumerate(expected):
        assert torch.equal(stacked[:, channel], each)
