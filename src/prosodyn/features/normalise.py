"""Zero mean and unit variance per feature, fitted on the training side only."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from prosodyn.errors import TrainingError
from prosodyn.features.functional import length_mask


class FeatureNormaliser(nn.Module):
    """Subtract each feature's mean and divide by its scale, as stored in the bundle."""

    mean: Tensor
    scale: Tensor

    def __init__(self, n_features: int) -> None:
        super().__init__()
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

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Normalise a padded batch; padding stays zero.

        Args:
            features: `(batch, feature, frame)`
            lengths: `(batch,)`, true number of frames

        Returns:
            `(batch, feature, frame)`
        """
        normalised = (features - self.mean[:, :, None]) / self.scale[:, :, None]
        return normalised * length_mask(lengths, features.shape[2])[:, None, :]
