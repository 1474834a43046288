"""One convolutional block: convolution, normalisation, ELU; padding stays zero throughout."""

import torch
from torch import Tensor, nn

from prosodyn.features.functional import length_mask
from prosodyn.model.activation import NormalisedElu
from prosodyn.model.dynamic_conv import DynamicConv2d, StaticConv2d


class ConvolutionBlock(nn.Module):
    """Eq. 1 with normalisation in front of its activation σ = ELU."""

    def __init__(self, convolution: DynamicConv2d | StaticConv2d, n_channels: int, frame_stride: int) -> None:
        super().__init__()
        self.convolution = convolution
        self.norm = NormalisedElu(n_channels)
        self.frame_stride = frame_stride

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Convolve, normalise and activate a padded batch.

        Args:
            x: `(batch, channel, band, frame)`, zero on padding
            lengths: `(batch,)`, true number of frames, at least one

        Returns:
            the same shape, zero on padding; its lengths `(batch,)`; the kernel attention `(batch, kernel)`
        """
        y, kernel_attention = self.convolution(x, lengths)
        lengths = torch.div(lengths - 1, self.frame_stride, rounding_mode="floor") + 1
        return self.norm(y, length_mask(lengths, y.shape[3])), lengths, kernel_attention
