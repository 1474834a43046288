"""The attention over kernels."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from prosodyn.model.attention import KernelAttention, Routing

PadFrames = Callable[..., tuple[Tensor, Tensor]]


def build(routing: Routing = "softmax", n_channels: int = 6) -> KernelAttention:
    return KernelAttention(n_channels, 4, 0.5, routing)


@pytest.mark.parametrize("routing", ["softmax", "sigmoid"])
def test_the_attention_by_hand(pad_frames: PadFrames, routing: Routing) -> None:
    attention = build(routing)
    attention.temperature.fill_(1.7)
    maps = [torch.randn(6, 5, n_frames) for n_frames in (7, 3)]

    weights = attention(*pad_frames(maps))

    state = {name: tensor.double().numpy() for name, tensor in attention.state_dict().items()}
    for row, one_map in zip(weights, maps, strict=True):
        average = one_map.double().numpy().mean(axis=(1, 2))
        hidden = np.maximum(state["squeeze.weight"] @ average + state["squeeze.bias"], 0)
        scores = state["score.weight"] @ hidden + state["score.bias"]
        softmax = np.exp(scores / 1.7) / np.exp(scores / 1.7).sum()
        expected = softmax if routing == "softmax" else 1 / (1 + np.exp(-scores))
        np.testing.assert_allclose(row.detach(), expected, atol=1e-6)


def test_softmax_weights_sum_to_one(pad_frames: PadFrames) -> None:
    weights = build()(*pad_frames([torch.randn(6, 5, 9), torch.randn(6, 5, 2)]))

    torch.testing.assert_close(weights.sum(dim=1), torch.ones(2))


def test_sigmoid_weighs_every_kernel_by_itself() -> None:
    attention = build("sigmoid")
    with torch.no_grad():
        attention.score.weight.zero_()
        attention.score.bias.fill_(3.0)

    weights = attention(torch.randn(1, 6, 5, 9), torch.tensor([9]))

    assert weights[0].tolist() == pytest.approx([1 / (1 + np.exp(-3.0))] * 4)


def test_the_weights_depend_on_the_utterance(pad_frames: PadFrames) -> None:
    first, second = build()(*pad_frames([torch.randn(6, 5, 9), 3 + torch.randn(6, 5, 9)]))

    assert (first - second).abs().max() > 0.01


def test_a_high_temperature_makes_the_kernels_near_uniform() -> None:
    attention = build()
    x, lengths = 5 * torch.randn(3, 6, 5, 9) + 4, torch.full((3,), 9)
    sharp = attention(x, lengths)
    attention.temperature.fill_(1_000.0)

    flat = attention(x, lengths)

    assert (sharp - 0.25).abs().max() > 0.05
    torch.testing.assert_close(flat, torch.full((3, 4), 0.25), atol=2e-3, rtol=0)


def test_the_temperature_travels_with_the_weights() -> None:
    annealed, fresh = build(), build()
    annealed.temperature.fill_(12.0)

    fresh.load_state_dict(annealed.state_dict())

    assert float(fresh.temperature) == 12.0


def test_a_fresh_temperature_is_one() -> None:
    assert float(build().temperature) == 1.0


@pytest.mark.parametrize("extra", [0, 1, 50])
def test_padding_and_neighbours_change_nothing(pad_frames: PadFrames, extra: int) -> None:
    attention = build()
    maps = [torch.randn(6, 5, n_frames) for n_frames in (9, 2)]

    weights = attention(*pad_frames(maps, extra))

    for row, one_map in zip(weights, maps, strict=True):
        torch.testing.assert_close(row[None], attention(*pad_frames([one_map])))


@pytest.mark.parametrize(("n_channels", "n_hidden"), [(64, 32), (10, 5), (6, 4)])
def test_the_hidden_layer_is_a_share_of_the_channels_but_four_at_least(
    n_channels: int, n_hidden: int
) -> None:
    assert build(n_channels=n_channels).squeeze.out_features == n_hidden
