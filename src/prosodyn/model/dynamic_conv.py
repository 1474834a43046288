"""Dynamic convolution, eq. 1 of the seed paper: kernels that depend on the utterance."""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

from prosodyn.features.functional import is_alone
from prosodyn.model.attention import Routing, build_attention

Execution = Literal["grouped", "mix"]


@dataclass(frozen=True, slots=True)
class ConvolutionShape:
    """What a convolution takes and gives.

    Attributes:
        in_channels: of the input
        out_channels: of the output
        kernel_size: bands and frames of the kernel, odd; the input is padded by their halves
        stride: over bands and over frames
    """

    in_channels: int
    out_channels: int
    kernel_size: tuple[int, int]
    stride: tuple[int, int]

    @property
    def padding(self) -> tuple[int, int]:
        """Return how many zeros lie on either side of the bands and of the frames."""
        return self.kernel_size[0] // 2, self.kernel_size[1] // 2


class DynamicConv2d(nn.Module):
    """A convolution whose kernel is a mixture of K kernels, weighed for each utterance.

    `Σ_k π_k(x) W_k * x + Σ_k π_k(x) b_k`: eq. 1 without its activation σ. By
    linearity two forms of execution give the same answer:

    - `grouped`, the faster one, mixes the kernels, then convolves every utterance with its own in one
      grouped call;
    - `mix` convolves with all K kernels, then mixes the K outputs. Where each band has a mixture of its own
      (routing `frequency`), it is the only one.
    """

    def __init__(
        self, shape: ConvolutionShape, n_kernels: int, reduction: float = 0.25, routing: Routing = "softmax"
    ) -> None:
        super().__init__()
        self.shape = shape
        self.n_kernels = n_kernels
        self.execution: Execution = "grouped"
        self.attention = build_attention(shape.in_channels, n_kernels, reduction, routing)
        self.weight = nn.Parameter(
            torch.empty(n_kernels, shape.out_channels, shape.in_channels, *shape.kernel_size)
        )
        self.bias = nn.Parameter(torch.zeros(n_kernels, shape.out_channels))
        for kernel in self.weight:  # each by its own fan-in, which the leading dimension would distort
            nn.init.kaiming_normal_(kernel)

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Convolve each utterance with its own kernel.

        Args:
            x: `(batch, channel, band, frame)`, zero on padding
            lengths: `(batch,)`, true number of frames, at least one

        Returns:
            `(batch, channel, band, frame)` and the kernel attention `(batch, kernel)`
        """
        attention = self.attention(x, lengths)
        if attention.dim() == 3:
            return self._mix_bands(x, attention), attention.mean(dim=2)
        if self.execution == "grouped":
            return self._grouped(x, attention), attention
        return self._mix(x, attention), attention

    def _mixed_biases(self, attention: Tensor) -> Tensor:
        """Return each utterance's biases, `(batch, out)`."""
        return attention @ self.bias

    def _grouped(self, x: Tensor, attention: Tensor) -> Tensor:
        batch = 1 if is_alone() else x.shape[0]  # groups of a graph cannot be free
        kernels = (attention @ self.weight.flatten(1)).view(
            batch * self.shape.out_channels, *self.weight.shape[2:]
        )
        side_by_side = (
            x if batch == 1 else x.reshape(1, -1, *x.shape[2:])
        )  # (1, batch * channel, band, frame)
        y = self._convolve(side_by_side, kernels, self._mixed_biases(attention).flatten(), groups=batch)
        return y if batch == 1 else y.view(batch, -1, *y.shape[2:])

    def _mix(self, x: Tensor, attention: Tensor) -> Tensor:
        y = self._convolve(x, self.weight.flatten(0, 1))
        per_kernel = y.view(x.shape[0], self.n_kernels, -1, *y.shape[2:])
        mixed = (attention[:, :, None, None, None] * per_kernel).sum(dim=1)
        return mixed + self._mixed_biases(attention)[:, :, None, None]

    def _mix_bands(self, x: Tensor, attention: Tensor) -> Tensor:
        attention = attention[:, :, :: self.shape.stride[0]]  # (batch, kernel, band of the output)
        y = self._convolve(x, self.weight.flatten(0, 1))
        per_kernel = y.view(x.shape[0], self.n_kernels, -1, *y.shape[2:])
        biases = torch.einsum("bkf,ko->bof", attention, self.bias)
        return (attention[:, :, None, :, None] * per_kernel).sum(dim=1) + biases[:, :, :, None]

    def _convolve(self, x: Tensor, kernels: Tensor, biases: Tensor | None = None, groups: int = 1) -> Tensor:
        stride, padding = self.shape.stride, self.shape.padding
        return functional.conv2d(x, kernels, biases, stride=stride, padding=padding, groups=groups)


class StaticConv2d(nn.Module):
    """An ordinary convolution behind the same call: one kernel for every utterance."""

    def __init__(self, shape: ConvolutionShape) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(
            shape.in_channels,
            shape.out_channels,
            shape.kernel_size,
            stride=shape.stride,
            padding=shape.padding,
        )
        nn.init.kaiming_normal_(self.convolution.weight)

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Convolve; the kernel attention is the constant one, `(batch, 1)`."""
        return self.convolution(x), torch.ones_like(lengths, dtype=x.dtype)[:, None]
