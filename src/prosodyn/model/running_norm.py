"""Normalisation by statistics that follow training slowly, and that no gradient goes through."""

import torch
from torch import Tensor, nn

from prosodyn.features.functional import length_mask
from prosodyn.features.normalise import OUTLIER
from prosodyn.model.summing import Summing

SLOWEST = 0.01
"""Share of a batch in the statistics, once a hundred have been seen; the first ones weigh alike."""

_LEAST_VARIANCE = 1e-6


class RunningNorm(nn.Module, Summing):
    """Subtract a mean and divide by a scale that were seen so far; an utterance never depends on its batch.

    Attributes:
        mean: `(feature,)`
        variance: `(feature,)`
        n_batches: that were seen
    """

    mean: Tensor
    variance: Tensor
    n_batches: Tensor

    def __init__(self, n_features: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("variance", torch.ones(n_features))
        self.register_buffer("n_batches", torch.zeros((), dtype=torch.long))

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Normalise a padded batch; in training, its true frames are seen first.

        Args:
            x: `(batch, feature, frame)`, zero on padding
            lengths: `(batch,)`, true number of frames, at least one

        Returns:
            `(batch, feature, frame)`, within ±`OUTLIER`, zero on padding
        """
        mask = length_mask(lengths, x.shape[2])[:, None, :]
        if self.training:
            self._see(x.detach(), mask)
        scale = torch.rsqrt(self.variance + _LEAST_VARIANCE)
        normalised = (x - self.mean[:, None]) * scale[:, None]
        return normalised.clamp(-OUTLIER, OUTLIER) * mask

    @torch.no_grad()
    def _see(self, x: Tensor, mask: Tensor) -> None:
        self.n_batches += 1
        share = max(1 / int(self.n_batches), SLOWEST)
        self.mean.lerp_(self._average(x, mask), share)
        apart = (x - self.mean[:, None]) * mask
        self.variance.lerp_(self._average(apart.square(), mask), share)

    def _average(self, x: Tensor, mask: Tensor) -> Tensor:
        sums, count = x.sum(dim=(0, 2)), mask.sum()
        if self.total is not None:
            everything = self.total(torch.cat([sums, count[None].to(sums)]))
            sums, count = everything[:-1], everything[-1]
        return sums / count
