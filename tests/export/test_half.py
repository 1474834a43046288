"""A network in half precision: what is rounded, and what must not be."""

import copy

import pytest
import torch

from prosodyn.bundle import LARGE
from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.errors import BundleError
from prosodyn.export import rounded_to_half
from prosodyn.model import WaveformNetwork

FRONT_END = FrontEndConfig(n_mels=128, narrow_band=True)
SHAPE = NetworkConfig(
    channels=(4, 6), band_strides=(2, 2), frame_strides=(2, 1), hidden_size=16, summary_size=5
)


@pytest.fixture
def network() -> WaveformNetwork:
    torch.manual_seed(3)
    network = WaveformNetwork(FRONT_END, SHAPE, 3)
    for name, buffer in network.named_buffers():
        if name.endswith(("mean", "scale", "running_var")):
            buffer.uniform_(0.5, 2.0)
    return network


def test_large_weights_are_the_nearest_halves(network: WaveformNetwork) -> None:
    rounded = dict(rounded_to_half(network, FRONT_END, SHAPE).named_parameters())
    large = {name: weights for name, weights in network.named_parameters() if weights.numel() >= LARGE}
    assert large
    for name, weights in large.items():
        assert torch.equal(rounded[name], weights.half().float())
        assert not torch.equal(rounded[name], weights)


def test_statistics_and_small_weights_stay_as_they_are(network: WaveformNetwork) -> None:
    rounded = rounded_to_half(network, FRONT_END, SHAPE).state_dict()
    large = {name for name, weights in network.named_parameters() if weights.numel() >= LARGE}
    kept = {name: tensor for name, tensor in network.state_dict().items() if name not in large}
    assert max(tensor.numel() for tensor in kept.values()) >= LARGE  # the mean of the summaries
    assert all(torch.equal(rounded[name], tensor) for name, tensor in kept.items())


def test_the_network_itself_stays_as_it_is(network: WaveformNetwork) -> None:
    before = copy.deepcopy(network.state_dict())
    rounded_to_half(network, FRONT_END, SHAPE)
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())


def test_what_is_rounded_is_ready_to_answer(network: WaveformNetwork) -> None:
    assert not rounded_to_half(network.train(), FRONT_END, SHAPE).training


def test_weights_beyond_half_precision_are_refused_by_name(network: WaveformNetwork) -> None:
    name, weights = max(network.named_parameters(), key=lambda each: each[1].numel())
    weights.data[0] = 70_000
    with pytest.raises(BundleError, match=rf"'{name}': its largest weight is 70000, beyond the 65504"):
        rounded_to_half(network, FRONT_END, SHAPE)
