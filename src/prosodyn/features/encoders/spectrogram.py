"""The spectrogram that an encoder was trained on, not the seed paper's, from a batch of waveforms."""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from prosodyn.config import FrontEndConfig, SpectrogramConfig
from prosodyn.config.encoder import N_FFT
from prosodyn.features.fourier import PowerSpectrum, fourier_frequencies
from prosodyn.features.functional import frame_count, length_mask, mel_filter_bank
from prosodyn.types import SAMPLE_RATE

_LEAST_POWER = 1e-10
_LEAST_SQUARE = 1e-20  # so that silence, too, has a gradient


class EncoderSpectrogram(nn.Module):
    """From waveforms to `(batch, 1, frame, band)`.

    Attributes:
        least_frames: a shorter clip is followed by silence up to so many
    """

    filters: Tensor

    def __init__(self, config: SpectrogramConfig, least_frames: int = 1) -> None:
        super().__init__()
        self.config, self.least_frames = config, least_frames
        filters = filter_bank(config)
        n_used = 1 + int(
            np.flatnonzero(filters.any(axis=0)).max()
        )  # bins above the highest band tell nothing
        frequencies = fourier_frequencies(N_FFT)[:n_used]
        self.spectrum = PowerSpectrum(periodic_hann_window(config.window), frequencies, config.hop)
        self.register_buffer("filters", torch.from_numpy(filters[:, :n_used]).float(), persistent=False)

    def lengths(self, samples: Tensor) -> Tensor:
        """Return the number of frames, `(batch,)`, for true lengths in samples, `(batch,)`."""
        return frame_count(samples, self.config.frame, self.config.hop).clamp(min=self.least_frames)

    def forward(self, waveform: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the spectrogram of a padded batch; what lies beyond a true end never matters.

        Args:
            waveform: `(batch, time)` in [-1, 1]
            samples: `(batch,)`, true lengths in samples, at least one

        Returns:
            features `(batch, 1, frame, band)` and lengths `(batch,)`
        """
        config = self.config
        true = waveform.masked_fill(~length_mask(samples, waveform.shape[1]), 0.0)
        room = config.frame + config.hop * self.least_frames  # of silence, for the shortest of batches
        lengths = self.lengths(samples)
        # no more frames than the longest has: layers above would compute on them
        used = config.frame + config.hop * (lengths.max() - 1)
        before = (config.frame - config.window) // 2  # the window lies in the middle of a frame
        after = config.frame - config.window - before
        padded = functional.pad(true, (0, room))[:, before + 1 : used - after] * config.gain
        spectrum = self.spectrum(padded)
        if config.spectrum == "magnitude":
            spectrum = torch.sqrt(spectrum + _LEAST_SQUARE)
        bands = torch.matmul(self.filters, spectrum).transpose(1, 2)[:, None]
        return self._logarithm(bands, lengths) / config.scale + config.offset, lengths

    def _logarithm(self, bands: Tensor, lengths: Tensor) -> Tensor:
        config = self.config
        if config.logarithm == "natural":
            return torch.log(bands + config.floor)
        decibels = 10 / math.log(10) * torch.log(bands.clamp(min=_LEAST_POWER))
        beyond = ~length_mask(lengths, bands.shape[2])[:, None, :, None]
        peak = decibels.masked_fill(beyond, -torch.inf).amax(dim=(2, 3), keepdim=True)
        return torch.maximum(decibels, peak - config.below_peak)


def periodic_hann_window(n: int) -> NDArray[np.float64]:
    """Return a periodic Hann window without its first sample, which is zero: the others are symmetric.

    Args:
        n: samples, the first among them

    Returns:
        `(n - 1,)`
    """
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(1, n) / n)


def filter_bank(config: SpectrogramConfig) -> NDArray[np.float64]:
    """Return the mel filters, `(n_mels, n_bins)`."""
    if config.mel == "htk":
        return htk_filter_bank(config.n_mels, config.f_min, config.f_max)
    return mel_filter_bank(
        FrontEndConfig(
            window=config.window,
            n_fft=N_FFT,
            n_mels=config.n_mels,
            f_min=config.f_min,
            f_max=config.f_max,
        )
    )


def htk_filter_bank(n_mels: int, f_min: float, f_max: float) -> NDArray[np.float64]:
    """Return triangles that are straight on the mel axis, `1127 · ln(1 + f / 700)` (the HTK Book, eq. 5.13).

    The bin of 0 Hz belongs to none of them.

    Args:
        n_mels: bands
        f_min: lower edge, Hz
        f_max: upper edge, Hz

    Returns:
        `(n_mels, n_bins)`, one at each peak
    """
    edges = np.linspace(_hz_to_htk(f_min), _hz_to_htk(f_max), n_mels + 2)
    bins = _hz_to_htk(np.linspace(0, SAMPLE_RATE / 2, N_FFT // 2 + 1))
    rising = (bins[None, :] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins[None, :]) / (edges[2:] - edges[1:-1])[:, None]
    filters = np.clip(np.minimum(rising, falling), 0, None)
    filters[:, 0] = 0
    return filters


def _hz_to_htk(hz: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127 * np.log1p(np.asarray(hz) / 700))
