"""A dynamic convolution, eq. 1 of the seed paper, that begins as the convolution of a pretrained encoder."""

import torch
from torch import Tensor, nn

from prosodyn.features.encoders import Convolution
from prosodyn.features.functional import is_alone, length_mask
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
        kernels = attention @ self.weight.flatten(1)
        biases = None if self.bias is None else attention @ self.bias
        return self._grouped(x, kernels, biases), attention

    def pretrained(self) -> list[nn.Parameter]:
        """Return what did not begin by chance, unlike the attention."""
        return [self.weight] if self.bias is None else [self.weight, self.bias]

    def _grouped(self, x: Tensor, kernels: Tensor, biases: Tensor | None) -> Tensor:
        batch = 1 if is_alone() else x.shape[0]  # groups of a graph cannot be free
        side_by_side = (
            x if batch == 1 else x.reshape(1, -1, *x.shape[2:])
        )  # (1, batch · channel, frame, band)
        bias = None if biases is None else biases.flatten()
        of_all = kernels.view(batch * self.weight.shape[1], *self.weight.shape[2:])
        y = self.convolution(side_by_side, of_all, bias, n_copies=batch)
        return y if batch == 1 else y.view(batch, -1, *y.shape[2:])


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
