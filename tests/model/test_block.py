"""Batch normalisation over true frames, and the block around it."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from prosodyn.features.functional import length_mask
from prosodyn.model.block import ConvolutionBlock, MaskedBatchNorm2d
from prosodyn.model.dynamic_conv import ConvolutionShape, DynamicConv2d, StaticConv2d

PadFrames = Callable[..., tuple[Tensor, Tensor]]


def build_norm() -> MaskedBatchNorm2d:
    norm = MaskedBatchNorm2d(4)
    nn.init.uniform_(norm.weight, 0.5, 2.0)
    nn.init.normal_(norm.bias)
    return norm


def draw_maps() -> list[Tensor]:
    """Draw feature maps of 9, 5 and 1 frames whose channels lie far apart."""
    offset = torch.tensor([0.0, 5.0, -3.0, 1.0])[:, None, None]
    return [torch.randn(4, 6, n_frames) + offset for n_frames in (9, 5, 1)]


def ordinary_twin(norm: MaskedBatchNorm2d) -> nn.BatchNorm2d:
    twin = nn.BatchNorm2d(4)
    twin.load_state_dict(norm.state_dict())
    return twin


def test_without_padding_training_equals_ordinary_batch_normalisation() -> None:
    norm = build_norm()
    x = torch.randn(3, 4, 6, 9) + 2

    y = norm(x, torch.ones(3, 9, dtype=torch.bool))

    torch.testing.assert_close(y, ordinary_twin(build_norm_like(norm))(x), atol=1e-5, rtol=1e-5)


def build_norm_like(norm: MaskedBatchNorm2d) -> MaskedBatchNorm2d:
    """Return a fresh layer with the same gain and offset, and statistics that have seen nothing."""
    fresh = MaskedBatchNorm2d(4)
    fresh.load_state_dict({**fresh.state_dict(), "weight": norm.weight, "bias": norm.bias})
    return fresh


def test_gradients_equal_those_of_ordinary_batch_normalisation() -> None:
    norm = build_norm()
    twin = ordinary_twin(norm)
    x = torch.randn(3, 4, 6, 9) + 2
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()

    norm(ours, torch.ones(3, 9, dtype=torch.bool)).pow(3).sum().backward()
    twin(theirs).pow(3).sum().backward()

    torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(norm.weight.grad, twin.weight.grad, atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("extra", [0, 1, 30])
def test_padding_changes_nothing_in_training(pad_frames: PadFrames, extra: int) -> None:
    norm, maps = build_norm(), draw_maps()
    x, lengths = pad_frames(maps, extra)

    y = norm(x, length_mask(lengths, x.shape[3]))

    # without padding the three are one long utterance
    expected = ordinary_twin(build_norm_like(norm))(torch.cat(maps, dim=2)[None])
    true = torch.cat([row[:, :, :length] for row, length in zip(y, lengths, strict=True)], dim=2)
    torch.testing.assert_close(true, expected[0], atol=1e-5, rtol=1e-5)


def test_running_statistics_are_those_of_the_true_frames(pad_frames: PadFrames) -> None:
    norm, maps = build_norm(), draw_maps()
    x, lengths = pad_frames(maps, 7)

    norm(x, length_mask(lengths, x.shape[3]))

    frames = torch.cat(maps, dim=2).double().numpy()
    np.testing.assert_allclose(norm.running_mean, 0.1 * frames.mean(axis=(1, 2)), atol=1e-6)
    np.testing.assert_allclose(norm.running_var, 0.9 + 0.1 * frames.var(axis=(1, 2)), rtol=1e-5)


def test_answering_uses_the_running_statistics() -> None:
    norm = build_norm().eval()
    nn.init.normal_(norm.running_mean)
    nn.init.uniform_(norm.running_var, 0.5, 2.0)
    x = torch.randn(2, 4, 6, 9)

    y = norm(x, length_mask(torch.tensor([9, 3]), 9))

    assert torch.equal(y, ordinary_twin(norm).eval()(x))


def build_block(kind: str, frame_stride: int = 2) -> ConvolutionBlock:
    shape = ConvolutionShape(4, 5, 3, (2, frame_stride))
    convolution = DynamicConv2d(shape, 3) if kind == "dynamic" else StaticConv2d(shape)
    return ConvolutionBlock(convolution, 5, frame_stride)


@pytest.mark.parametrize("kind", ["dynamic", "static"])
def test_the_output_of_a_block_is_zero_on_padding(pad_frames: PadFrames, kind: str) -> None:
    y, lengths, _ = build_block(kind)(*pad_frames(draw_maps(), 5))

    padding = ~length_mask(lengths, y.shape[3])
    assert padding.any()
    assert not y.permute(0, 3, 1, 2)[padding].any()


@pytest.mark.parametrize(("frame_stride", "expected"), [(1, [9, 5, 1]), (2, [5, 3, 1]), (3, [3, 2, 1])])
def test_the_lengths_of_a_block_are_those_of_its_convolution(
    pad_frames: PadFrames, frame_stride: int, expected: list[int]
) -> None:
    block = build_block("static", frame_stride).eval()

    _, lengths, _ = block(*pad_frames(draw_maps(), 4))

    assert lengths.tolist() == expected
    assert expected == [block(*pad_frames([one_map]))[0].shape[3] for one_map in draw_maps()]


def test_a_block_ends_in_the_exponential_linear_unit(pad_frames: PadFrames) -> None:
    block = build_block("static").eval()
    x, lengths = pad_frames(draw_maps()[:1])

    y, _, _ = block(x, lengths)

    convolved = (block.convolution(x, lengths)[0] / (1 + block.norm.eps) ** 0.5).detach().numpy()
    expected = np.where(convolved > 0, convolved, np.exp(np.minimum(convolved, 0)) - 1)
    np.testing.assert_allclose(y.detach(), expected, atol=1e-5)
