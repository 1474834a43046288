"""One convolutional block: convolution, normalisation, ELU; padding stays zero throughout."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from prosodyn.features.functional import length_mask
from prosodyn.model.dynamic_conv import DynamicConv2d, StaticConv2d


class MaskedBatchNorm2d(nn.BatchNorm2d):
    """Batch normalisation whose statistics come from true frames only.

    Ordinary batch normalisation counts padding, so that an utterance would be
    normalised by how long its neighbours in the batch are.
    """

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:  # type: ignore[override]
        """Normalise each channel.

        Args:
            x: `(batch, channel, band, frame)`
            mask: `(batch, frame)`, true = real

        Returns:
            `(batch, channel, band, frame)`, not zero on padding
        """
        if not self.training:
            return super().forward(x)
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        true = x * mask[:, None, None, :]
        count = mask.sum() * x.shape[2]
        # sums instead of torch.var_mean, which takes several times as long on a CPU
        mean = true.sum(dim=(2, 3)).sum(dim=0) / count
        mean_square = torch.linalg.vector_norm(true, dim=(0, 2, 3)).square() / count
        variance = (mean_square - mean.square()).clamp(min=0)
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance, self.momentum)
            self.num_batches_tracked += 1
        gain = self.weight * torch.rsqrt(variance + self.eps)
        offset = self.bias - mean * gain
        return torch.addcmul(offset[:, None, None], true, gain[:, None, None])


class ConvolutionBlock(nn.Module):
    """Eq. 1 with normalisation in front of its activation σ = ELU."""

    def __init__(self, convolution: DynamicConv2d | StaticConv2d, n_channels: int, frame_stride: int) -> None:
        super().__init__()
        self.convolution = convolution
        self.norm = MaskedBatchNorm2d(n_channels)
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
        mask = length_mask(lengths, y.shape[3])
        y = functional.elu(self.norm(y, mask)) * mask[:, None, None, :]
        return y, lengths, kernel_attention
