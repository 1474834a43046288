"""A convolution with what follows it."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from prosodyn.features.functional import length_mask
from prosodyn.model.block import ConvolutionBlock
from prosodyn.model.dynamic_conv import ConvolutionShape, DynamicConv2d, StaticConv2d

PadFrames = Callable[..., tuple[Tensor, Tensor]]


def draw_maps() -> list[Tensor]:
    """Draw feature maps of 9, 5 and 1 frames whose channels lie far apart."""
    offset = torch.tensor([0.0, 5.0, -3.0, 1.0])[:, None, None]
    return [torch.randn(4, 6, n_frames) + offset for n_frames in (9, 5, 1)]


def build_block(kind: str, frame_stride: int = 2) -> ConvolutionBlock:
    shape = ConvolutionShape(4, 5, (3, 3), (2, frame_stride))
    convolution = DynamicConv2d(shape, 3) if kind == "dynamic" else StaticConv2d(shape)
    return ConvolutionBlock(convolution, shape)


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


def test_a_residual_block_adds_its_input(pad_frames: PadFrames) -> None:
    shape = ConvolutionShape(4, 4, (3, 3), (1, 1))
    convolution, batch = StaticConv2d(shape), pad_frames(draw_maps(), 2)
    alone = ConvolutionBlock(convolution, shape).eval()
    residual = ConvolutionBlock(convolution, shape, residual=True).eval()

    torch.testing.assert_close(residual(*batch)[0], batch[0] + alone(*batch)[0])


@pytest.mark.parametrize(("out_channels", "stride"), [(5, (1, 1)), (4, (1, 2))])
def test_a_block_of_another_shape_than_its_input_adds_nothing(
    pad_frames: PadFrames, out_channels: int, stride: tuple[int, int]
) -> None:
    shape = ConvolutionShape(4, out_channels, (3, 3), stride)
    convolution, batch = StaticConv2d(shape), pad_frames(draw_maps())
    alone = ConvolutionBlock(convolution, shape).eval()

    residual = ConvolutionBlock(convolution, shape, residual=True).eval()

    assert torch.equal(residual(*batch)[0], alone(*batch)[0])
