"""Two spectrograms of the same waveform, one below the other on the feature axis."""

import torch
from torch import Tensor, nn

from prosodyn.config import FrontEndConfig
from prosodyn.features.functional import length_mask
from prosodyn.features.logmel import LogMel
from prosodyn.features.narrow_band import NarrowBand


class TwoSpectrograms(nn.Module):
    """The seed paper's log-mel spectrogram, then a narrow-band one of as many bands and the same frames.

    Attributes:
        n_features: bands of both
    """

    def __init__(self, config: FrontEndConfig) -> None:
        super().__init__()
        self.logmel = LogMel(config)
        self.narrow_band = NarrowBand(config)
        self.n_features = self.logmel.n_features + self.narrow_band.n_features

    def lengths(self, samples: Tensor) -> Tensor:
        """Return the number of frames, `(batch,)`, for true lengths in samples, `(batch,)`."""
        return self.logmel.lengths(samples)

    def forward(self, waveform: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Compute both spectrograms of a padded batch.

        What lies beyond an utterance's true end never matters.

        Args:
            waveform: `(batch, time)` in [-1, 1]
            samples: `(batch,)`, true lengths in samples, at least one

        Returns:
            features `(batch, 2 · n_mels, frame)`, zero on padding, and lengths `(batch,)`
        """
        mel, lengths = self.logmel(waveform, samples)
        n_frames = mel.shape[2]
        narrow = self.narrow_band(waveform, samples)[:, :, :n_frames]
        narrow = narrow * length_mask(lengths, n_frames)[:, None, :]
        return torch.cat([mel, narrow], dim=1), lengths
