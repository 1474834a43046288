"""The seed paper's 39 cepstral coefficients (section 3.1) as a batched module."""

import torch
from torch import Tensor, nn

from prosodyn.config import FrontEndConfig
from prosodyn.features.functional import cosine_transform, deltas, length_mask
from prosodyn.features.logmel import LogMel


class Mfcc(nn.Module):
    """Cosine transform of the log-mel spectrogram, its slope, and the slope of its slope.

    Attributes:
        n_features: three times `n_mfcc`: 39 by default
    """

    transform: Tensor

    def __init__(self, config: FrontEndConfig) -> None:
        super().__init__()
        self.logmel = LogMel(config)
        self.n_features = 3 * config.n_mfcc
        transform = torch.from_numpy(cosine_transform(config.n_mfcc, config.n_mels)).float()
        self.register_buffer("transform", transform, persistent=False)

    def lengths(self, samples: Tensor) -> Tensor:
        """Return the number of frames, `(batch,)`, for true lengths in samples, `(batch,)`."""
        return self.logmel.lengths(samples)

    def forward(self, waveform: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Compute static coefficients, deltas and their deltas of a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1]
            samples: `(batch,)`, true lengths in samples, at least one

        Returns:
            features `(batch, 3 · n_mfcc, frame)`, zero on padding, and lengths `(batch,)`
        """
        spectrogram, lengths = self.logmel(waveform, samples)
        static = torch.matmul(self.transform, spectrogram)
        slope = deltas(static, lengths)
        curvature = deltas(slope, lengths)
        features = torch.cat([static, slope, curvature], dim=1)
        return features * length_mask(lengths, features.shape[2])[:, None, :], lengths
