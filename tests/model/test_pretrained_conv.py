"""A dynamic convolution that begins as a pretrained one."""

import pytest
import torch
from torch import Tensor

from prosodyn.features.encoders import Convolution
from prosodyn.model.pretrained_conv import SPREAD, PretrainedConv2d, mean_over_places

LENGTHS = torch.tensor([12, 7, 9])

CONVOLUTIONS = {
    "plain": Convolution(),
    "even zeros": Convolution(pads=(1, 1, 1, 1)),
    "uneven zeros": Convolution(strides=(2, 2), pads=(0, 1, 0, 1)),
    "dilated": Convolution(dilations=(2, 1), pads=(0, 0, 1, 1)),
    "depthwise": Convolution(strides=(1, 2), pads=(1, 1, 1, 1), groups=4),
}


def build(
    name: str, n_kernels: int = 4, *, with_bias: bool = True
) -> tuple[PretrainedConv2d, Tensor, Tensor | None]:
    """Return a layer, and the kernel and the bias that it began from."""
    convolution = CONVOLUTIONS[name]
    weight = torch.randn(8, 4 // convolution.groups, 3, 3)
    bias = torch.randn(8) if with_bias else None
    return PretrainedConv2d(convolution, weight, bias, n_kernels), weight, bias


def scattered(layer: PretrainedConv2d) -> PretrainedConv2d:
    """Give an attention that has learnt to choose."""
    assert layer.attention is not None
    torch.nn.init.normal_(layer.attention.score.weight, std=5.0)
    return layer


@pytest.mark.parametrize("name", CONVOLUTIONS)
@pytest.mark.parametrize("n_kernels", [1, 2, 4])
@pytest.mark.parametrize("with_bias", [True, False])
def test_it_begins_as_the_pretrained_convolution(name: str, n_kernels: int, with_bias: bool) -> None:
    layer, weight, bias = build(name, n_kernels, with_bias=with_bias)
    x = torch.randn(3, 4, 12, 6)

    y, attention = layer(x, LENGTHS)

    torch.testing.assert_close(y, CONVOLUTIONS[name](x, weight, bias), atol=1e-5, rtol=1e-5)
    assert torch.equal(attention, torch.full((3, n_kernels), 1 / n_kernels))


def test_its_kernels_differ_a_little_and_their_differences_sum_to_zero() -> None:
    layer, weight, _ = build("plain")

    differences = layer.weight.detach() - weight

    torch.testing.assert_close(differences.sum(dim=0), torch.zeros_like(weight), atol=1e-5, rtol=0)
    relative = differences.std() / weight.std()
    assert 0.7 * SPREAD < relative < SPREAD


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_each_utterance_is_convolved_with_its_own_mixture(name: str) -> None:
    layer = scattered(build(name)[0])
    x = torch.randn(3, 4, 12, 6)

    y, attention = layer(x, LENGTHS)

    assert attention.std(dim=0).max() > 0.01
    assert layer.bias is not None
    for row, shares in enumerate(attention):
        each = [
            CONVOLUTIONS[name](x[row : row + 1], *weights)
            for weights in zip(layer.weight, layer.bias, strict=True)
        ]
        expected = sum(share * one for share, one in zip(shares, each, strict=True))
        torch.testing.assert_close(y[row : row + 1], expected, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("name", CONVOLUTIONS)
@pytest.mark.parametrize("with_bias", [True, False])
def test_what_is_exported_answers_alike(name: str, with_bias: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = scattered(build(name, with_bias=with_bias)[0])
    x = torch.randn(3, 4, 12, 6)
    lengths = torch.full((3,), 12)
    expected, _ = layer(x, lengths)
    monkeypatch.setattr(torch.onnx, "is_in_onnx_export", lambda: True)

    found = [layer(x[row : row + 1], lengths[:1])[0] for row in range(3)]  # a graph hears one at a time

    torch.testing.assert_close(torch.cat(found), expected, atol=1e-5, rtol=1e-4)


def test_what_lies_beyond_the_end_chooses_no_kernel() -> None:
    layer = scattered(build("plain")[0])
    x = torch.randn(3, 4, 12, 6)
    other = x.clone()
    other[1, :, 7:] = 9.0

    (_, before), (_, after) = layer(x, LENGTHS), layer(other, LENGTHS)

    assert torch.equal(before, after)


def test_the_mean_is_over_true_frames_and_all_bands() -> None:
    x = torch.randn(3, 4, 12, 6)

    found = mean_over_places(x, LENGTHS)

    for row, length in enumerate(LENGTHS.tolist()):
        torch.testing.assert_close(found[row], x[row, :, :length].mean(dim=(1, 2)))


def test_gradients_reach_every_parameter_once_the_attention_has_moved() -> None:
    layer = scattered(build("plain")[0])

    layer(torch.randn(3, 4, 12, 6), LENGTHS)[0].square().sum().backward()

    for name, parameter in layer.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
