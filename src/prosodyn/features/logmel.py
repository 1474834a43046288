"""The seed paper's log-mel spectrogram (section 2.2) as a batched module."""

import torch
from torch import Tensor, nn

from prosodyn.config import FrontEndConfig
from prosodyn.features.fourier import PowerSpectrum, fourier_frequencies, hamming_window
from prosodyn.features.functional import (
    frame_count,
    length_mask,
    mel_filter_bank,
    pad_to_frames,
    pre_emphasise,
)


class LogMel(nn.Module):
    """Pre-emphasis, Hamming frames, power spectrum, mel bands, logarithm.

    Attributes:
        n_features: mel bands
    """

    filters: Tensor

    def __init__(self, config: FrontEndConfig) -> None:
        super().__init__()
        self.config = config
        self.n_features = config.n_mels
        frequencies = fourier_frequencies(config.n_fft)
        self.spectrum = PowerSpectrum(hamming_window(config.window), frequencies, config.hop)
        filters = torch.from_numpy(mel_filter_bank(config)).float()
        self.register_buffer("filters", filters, persistent=False)

    def lengths(self, samples: Tensor) -> Tensor:
        """Return the number of frames, `(batch,)`, for true lengths in samples, `(batch,)`."""
        return frame_count(samples, self.config.window, self.config.hop)

    def forward(self, waveform: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the log-mel spectrogram of a padded batch.

        What lies beyond an utterance's true end never matters.

        Args:
            waveform: `(batch, time)` in [-1, 1]
            samples: `(batch,)`, true lengths in samples, at least one

        Returns:
            features `(batch, n_mels, frame)`, zero on padding, and lengths `(batch,)`
        """
        # not a product: even NaN beyond the end must not matter
        true = waveform.masked_fill(~length_mask(samples, waveform.shape[1]), 0.0)
        config, lengths = self.config, self.lengths(samples)
        padded = pad_to_frames(true, lengths, config.window, config.hop)
        spectrum = self.spectrum(pre_emphasise(padded, config.pre_emphasis))
        features = torch.log(torch.matmul(self.filters, spectrum) + config.log_floor)
        return features * length_mask(lengths, features.shape[2])[:, None, :], lengths
