"""The baseline is the seed's network without what the seed adds."""

import dataclasses

import torch
from torch import nn

from prosodyn.config import NetworkConfig
from prosodyn.model import CnnLstm, DyCnnBiLstm, InputShape
from prosodyn.model.bilstm import BiLstm, Lstm
from prosodyn.model.dynamic_conv import DynamicConv2d, StaticConv2d

N_FEATURES, N_EMOTIONS = 11, 3


def shapes_without(network: nn.Module, *parts: str) -> dict[str, torch.Size]:
    """Return the shapes of a network's state, leaving out convolutions and recurrence."""
    return {
        name: tensor.shape
        for name, tensor in network.state_dict().items()
        if not any(part in name for part in parts)
    }


def test_the_baseline_has_static_kernels_only(small_config: NetworkConfig) -> None:
    baseline = CnnLstm(small_config, InputShape(N_FEATURES), N_EMOTIONS)

    assert not any(isinstance(module, DynamicConv2d) for module in baseline.modules())


def test_the_baseline_reads_in_one_direction(small_config: NetworkConfig) -> None:
    baseline = CnnLstm(small_config, InputShape(N_FEATURES), N_EMOTIONS)

    assert isinstance(baseline.recurrence, Lstm)
    assert not any("backward" in name for name in baseline.state_dict())


def test_the_seeds_network_is_dynamic_above_its_first_layer(small_config: NetworkConfig) -> None:
    network = DyCnnBiLstm(small_config, InputShape(N_FEATURES), N_EMOTIONS)

    kinds = [type(block.convolution) for block in network.blocks]
    assert kinds == [StaticConv2d, DynamicConv2d, DynamicConv2d]
    assert isinstance(network.recurrence, BiLstm)


def test_all_else_has_the_same_shapes(small_config: NetworkConfig) -> None:
    baseline = CnnLstm(small_config, InputShape(N_FEATURES), N_EMOTIONS)
    network = DyCnnBiLstm(small_config, InputShape(N_FEATURES), N_EMOTIONS)

    different = ("convolution", "recurrence")
    assert shapes_without(baseline, *different) == shapes_without(network, *different)


def test_one_kernel_has_the_shape_of_the_baselines(small_config: NetworkConfig) -> None:
    baseline = CnnLstm(small_config, InputShape(N_FEATURES), N_EMOTIONS)
    network = DyCnnBiLstm(dataclasses.replace(small_config, n_kernels=5), InputShape(N_FEATURES), N_EMOTIONS)

    for static, dynamic in zip(baseline.blocks[1:], network.blocks[1:], strict=True):
        assert dynamic.convolution.weight.shape == (5, *static.convolution.convolution.weight.shape)
        assert dynamic.convolution.bias.shape == (5, *static.convolution.convolution.bias.shape)
