"""A dynamic convolution, eq. 1 of the seed paper, that begins as the convolution of a pretrained encoder."""

import torch
from torch import Tensor, nn

from prosodyn.features.encoders import Convolution
from prosodyn.features.functional import length_mask
from prosodyn.model.attention import KernelAttention

SPREAD = 0.05
"""Deviation of the K kernels about the pretrained one, relative to that one's own weights."""


class PretrainedConv2d(nn.Module):
    """K kernels about a pretrained one, weighed for each utterance; a single one is static.

    The kernels differ a little, so that there is something to choose between, and
    their differences sum to zero. The attention begins uniform, exactly, so that
    their mixture begins as the pretrained kernel, whatever is heard.
    """

    def __init__(
        self,
        convolution: Convolution,
        weight: Tensor,
        bias: Tensor | None,
        n_kernels: int,
        reduction: float = 0.25,
    ) -> None:
        """Begin as an encoder's convolution.

        Args:
            convolution: how it goes over frames and bands
            weight: `(out, channel / groups, height, width)`
            bias: `(out,)`
            n_kernels: K
            reduction: width of the attention's hidden layer, as a share of its input
        """
        super().__init__()
        self.convolution = convolution
        differences = torch.randn(n_kernels, *weight.shape) * (SPREAD * weight.std(correction=0))
        self.weight = nn.Parameter(weight + differences - differences.mean(dim=0))
        self.bias = None if bias is None else nn.Parameter(bias.repeat(n_kernels, 1))
        n_channels = weight.shape[1] * convolution.groups
        self.attention = (
            KernelAttention(n_channels, n_kernels, reduction, "softmax") if n_kernels > 1 else None
        )
        if self.attention is not None:
            nn.init.zeros_(self.attention.score.weight)
            nn.init.zeros_(self.attention.score.bias)

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Convolve each utterance with its own kernel.

        Args:
            x: `(batch, channel, frame, band)`; beyond the true ends anything
            lengths: `(batch,)`, true number of frames, at least one

        Returns:
            `(batch, channel, frame, band)` and the kernel attention `(batch, kernel)`
        """
        if self.attention is None:
            bias = None if self.bias is None else self.bias[0]
            return self.convolution(x, self.weight[0], bias), x.new_ones(x.shape[0], 1)
        attention = self.attention.weigh(mean_over_places(x, lengths))
        kernels = (attention @ self.weight.flatten(1)).view(-1, *self.weight.shape[1:])
        biases = None if self.bias is None else attention @ self.bias
        if torch.onnx.is_in_onnx_export():  # a number of groups that is free cannot be exported
            y = self._multiplied(x, kernels)
            return y if biases is None else y + biases[:, :, None, None], attention
        return self._grouped(x, kernels, biases), attention

    def pretrained(self) -> list[nn.Parameter]:
        """Return what did not begin by chance, unlike the attention."""
        return [self.weight] if self.bias is None else [self.weight, self.bias]

    def _grouped(self, x: Tensor, kernels: Tensor, biases: Tensor | None) -> Tensor:
        batch = x.shape[0]
        side_by_side = x.reshape(1, -1, *x.shape[2:])  # (1, batch · channel, frame, band)
        bias = None if biases is None else biases.flatten()
        y = self.convolution(side_by_side, kernels.flatten(0, 1), bias, n_copies=batch)
        return y.view(batch, -1, *y.shape[2:])

    def _multiplied(self, x: Tensor, kernels: Tensor) -> Tensor:
        """Multiply each utterance's kernel with the patches that each place sees."""
        n_groups, (height, width) = self.convolution.groups, kernels.shape[3:]
        # (batch, group, out / group, height · width · channel / group), in the order of the patches
        rows = kernels.view(x.shape[0], n_groups, -1, kernels.shape[2], height, width)
        patches = self._patches(x)
        y = torch.matmul(rows.permute(0, 1, 2, 4, 5, 3).flatten(3), patches.flatten(3))
        return y.view(x.shape[0], -1, *patches.shape[3:])

    def _patches(self, x: Tensor) -> Tensor:
        """Return what each place sees, `(batch, group, height · width · channel / group, frame, band)`."""
        height, width = self.weight.shape[3:]
        (frame_stride, band_stride), (down, right) = self.convolution.strides, self.convolution.dilations
        padded = self.convolution.padded(x)
        padded = padded.view(x.shape[0], self.convolution.groups, -1, *padded.shape[2:])
        n_frames = padded.shape[3] - (height - 1) * down
        n_bands = padded.shape[4] - (width - 1) * right
        return torch.cat(
            [
                padded[
                    :,
                    :,
                    :,
                    i * down : i * down + n_frames : frame_stride,
                    j * right : j * right + n_bands : band_stride,
                ]
                for i in range(height)
                for j in range(width)
            ],
            dim=2,
        )


def mean_over_places(x: Tensor, lengths: Tensor) -> Tensor:
    """Average the true frames and the bands of each channel.

    Args:
        x: `(batch, channel, frame, band)`; beyond the true ends anything
        lengths: `(batch,)`, true number of frames, at least one

    Returns:
        `(batch, channel)`
    """
    over_bands = x.mean(dim=3)
    mask = length_mask(lengths, x.shape[2])[:, None, :]
    return over_bands.masked_fill(~mask, 0.0).sum(dim=2) / lengths[:, None]
