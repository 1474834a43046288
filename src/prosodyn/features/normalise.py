"""Zero mean and unit variance, by the training side's statistics or by a speaker's own."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from prosodyn.errors import TrainingError
from prosodyn.features.functional import length_mask

OUTLIER = 5.0
"""Scales from the mean; a number on an utterance, or an encoder's state, says no more than this."""


class FeatureNormaliser(nn.Module):
    """Subtract each feature's mean and divide by its scale, as stored in the bundle."""

    mean: Tensor
    scale: Tensor

    def __init__(self, n_features: int, outlier: float = math.inf) -> None:
        """Begin with a mean of zero and a scale of one.

        Args:
            n_features: of each frame
            outlier: in scales from the mean; a feature that lies farther says no more than this
        """
        super().__init__()
        self.outlier = outlier
        self.register_buffer("mean", torch.zeros(1, n_features))
        self.register_buffer("scale", torch.ones(1, n_features))

    def fit(self, spectrograms: Iterable[Tensor]) -> None:
        """Set mean and scale to those of all true frames of the training side.

        Args:
            spectrograms: one `(feature, frame)` an utterance, without padding

        Raises:
            TrainingError: there is no frame to fit on
        """
        count, total, squares = (
            0,
            torch.zeros_like(self.mean[0]).double(),
            torch.zeros_like(self.mean[0]).double(),
        )
        for spectrogram in spectrograms:
            count += spectrogram.shape[1]
            total += spectrogram.double().sum(dim=1)
            squares += spectrogram.double().square().sum(dim=1)
        if count == 0:
            raise TrainingError("normalisation: no frame to fit on; the training side is empty")
        mean = total / count
        variance = (squares / count - mean.square()).clamp(min=1e-10)
        self.mean.copy_(mean)
        self.scale.copy_(variance.sqrt())

    def forward(
        self, features: Tensor, lengths: Tensor, mean: Tensor | None = None, scale: Tensor | None = None
    ) -> Tensor:
        """Normalise a padded batch; padding stays zero.

        Args:
            features: `(batch, feature, frame)`
            lengths: `(batch,)`, true number of frames
            mean: a speaker's own, `(1, feature)` or `(batch, feature)`, in place of the stored one
            scale: a speaker's own, likewise

        Returns:
            `(batch, feature, frame)`
        """
        mean = self.mean if mean is None else mean
        scale = self.scale if scale is None else scale
        normalised = (features - mean[:, :, None]) / scale[:, :, None]
        if self.outlier < math.inf:
            normalised = normalised.clamp(-self.outlier, self.outlier)
        return normalised * length_mask(lengths, features.shape[2])[:, None, :]


class SummaryNormaliser(nn.Module):
    """Subtract the mean of the summaries of utterances and divide by their scale, as stored in the bundle."""

    mean: Tensor
    scale: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        # a network that is shown no summary has nothing to store
        self.register_buffer("mean", torch.zeros(1, size), persistent=size > 0)
        self.register_buffer("scale", torch.ones(1, size), persistent=size > 0)

    def fit(self, summaries: Tensor, centres: Tensor | None = None) -> None:
        """Set mean and scale to those of the training side's utterances.

        Args:
            summaries: `(utterance, summary)`
            centres: that the scale is about in place of the mean, likewise: those of each one's speaker

        Raises:
            TrainingError: there is no utterance to fit on
        """
        if len(summaries) == 0:
            raise TrainingError("normalisation: no utterance to fit on; the training side is empty")
        self.mean.copy_(summaries.mean(dim=0))
        apart = summaries - (self.mean if centres is None else centres)
        self.scale.copy_(apart.square().mean(dim=0).sqrt().clamp(min=1e-5))

    def standardise(self, summaries: Tensor) -> Tensor:
        """Measure the summaries of a batch, `(batch, summary)`, by the stored mean and scale."""
        return (summaries - self.mean) / self.scale

    @staticmethod
    def relate(standard: Tensor, mean: Tensor | None = None, scale: Tensor | None = None) -> Tensor:
        """Relate standardised summaries to a speaker; outliers are drawn in.

        Args:
            standard: `(batch, summary)`, as `standardise` gives them
            mean: a speaker's own, in the same units, `(1, summary)` or `(batch, summary)`; None for zero
            scale: likewise; None for one

        Returns:
            `(batch, summary)`, within ±`OUTLIER`
        """
        centred = standard if mean is None else standard - mean
        return (centred if scale is None else centred / scale).clamp(-OUTLIER, OUTLIER)

    def forward(self, summaries: Tensor) -> Tensor:
        """Normalise the summaries of a batch by the stored mean and scale, as a stranger's are."""
        return self.relate(self.standardise(summaries))
