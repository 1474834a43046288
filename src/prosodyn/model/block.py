"""One convolutional block: convolution, normalisation, ELU; padding stays zero throughout."""

import torch
from torch import Tensor, nn

from prosodyn.features.functional import length_mask
from prosodyn.model.activation import NormalisedElu
from prosodyn.model.dynamic_conv import ConvolutionShape, DynamicConv2d, StaticConv2d


class ConvolutionBlock(nn.Module):
    """Eq. 1 with normalisation in front of its activation σ = ELU."""

    def __init__(
        self, convolution: DynamicConv2d | StaticConv2d, shape: ConvolutionShape, residual: bool = False
    ) -> None:
        """Put normalisation and activation behind a convolution.

        Args:
            convolution: of that shape
            shape: says what it takes and gives
            residual: add the block's input to its output, where they are of one shape (He et al. 2016)
        """
        super().__init__()
        self.convolution = convolution
        self.norm = NormalisedElu(shape.out_channels)
        self.frame_stride = shape.stride[1]
        self.residual = residual and shape.in_channels == shape.out_channels and shape.stride == (1, 1)

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Convolve, normalise and activate a padded batch.

        Args:
            x: `(batch, channel, band, frame)`, zero on padding
            lengths: `(batch,)`, true number of frames, at least one

        Returns:
            the same shape, zero on padding; its lengths `(batch,)`; the kernel attention `(batch, kernel)`
        """
        y, kernel_attention = self.convolution(x, lengths)
        lengths = torch.div(lengths - 1, self.frame_stride, rounding_mode="trunc") + 1
        y = self.norm(y, length_mask(lengths, y.shape[3]))
        return x + y if self.residual else y, lengths, kernel_attention
