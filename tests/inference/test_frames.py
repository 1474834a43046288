"""Where a network's frames lie: as the front ends and the strides have them."""

import dataclasses

import numpy as np
import pytest
import torch

from prosodyn.bundle import Card, read_card
from prosodyn.bundle.names import find
from prosodyn.features.encoders import HOP
from prosodyn.inference import Recogniser
from prosodyn.inference.frames import ENCODER_HOP, frame_edges, placed
from prosodyn.model import WaveformNetwork


def test_frames_of_encoders_are_as_long_as_their_front_end_has_them() -> None:
    assert ENCODER_HOP == HOP


def test_a_frame_of_spectrograms_lies_about_its_window(card: Card) -> None:
    assert card.network is not None
    strided = dataclasses.replace(card, network=dataclasses.replace(card.network, frame_strides=(2, 3)))
    # of six frames of a spectrogram the first is kept, which begin every 240 samples and are 480 long
    middles = [(6 * place * 240 + 240) / 16_000 for place in range(5)]
    expected = [0.0, *(np.array(middles[1:]) + np.array(middles[:-1])) / 2, 0.5]
    np.testing.assert_allclose(frame_edges(strided, 5, 0.5), expected)


@pytest.mark.parametrize("n_samples", [400, 5_000, 16_000, 31_111])
def test_as_many_frames_as_the_network_gives_fit(
    network: WaveformNetwork, card: Card, n_samples: int
) -> None:
    with torch.inference_mode():
        output = network(torch.full((1, n_samples), 0.1), torch.tensor([n_samples]))
    edges = frame_edges(card, output.frame_attention.shape[1], n_samples / 16_000)
    assert (np.diff(edges) > 0).all()
    assert edges[-1] - edges[-2] < 0.1


@pytest.mark.parametrize("n_samples", [1_000, 16_000, 16_001, 31_111])
def test_as_many_frames_as_the_shipped_network_gives_fit(n_samples: int) -> None:
    recogniser = Recogniser.load("open")
    output = recogniser.engine.run(np.full((1, n_samples), 0.1, np.float32), np.array([n_samples]))
    edges = frame_edges(read_card(find("open")), output.frame_attention.shape[1], n_samples / 16_000)
    assert (np.diff(edges) > 0).all()
    np.testing.assert_allclose(np.diff(edges)[:-1], 0.08)


def test_edges_lie_in_the_recording_where_what_was_heard_lies() -> None:
    heard = np.concatenate([np.arange(1_600, 4_800), np.arange(8_000, 9_600)])
    # 0.1 s into it begins what was heard, and 0.2 s of it are left out after another 0.2 s
    edges = placed(np.array([0.0, 0.1, 0.2, 0.3]), heard)
    np.testing.assert_allclose(edges, [0.1, 0.2, 0.5, 0.6])
