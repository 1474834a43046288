"""A narrow-band spectrogram, in which a voice's harmonics and its pitch can be seen; not in the seed paper.

The mel bands of short frames tell vowels and consonants apart, and blur the
harmonics. This one looks longer at fewer, lower frequencies, about a
semitone apart, so that another pitch is the same picture a little higher or lower.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from prosodyn.config import FrontEndConfig
from prosodyn.features.fourier import PowerSpectrum, hamming_window
from prosodyn.features.functional import cut_frames, length_mask

LOWEST_HZ = 60.0
"""Below the pitch of deep voices."""

HIGHEST_HZ = 1_700.0
"""Above it, the harmonics of a deep voice are closer than a band is wide."""

LONGEST_WINDOW = 1024
"""Samples, 64 ms: a dozen periods of a high voice, five of a deep one."""

DECIMATION = 4
"""Every fourth sample is enough for such low frequencies."""

_LOW_PASS_TAPS = 89  # from 1700 to 2300 Hz, which folds back to 1700, a Hamming window falls by 50 dB
_FLOOR = 1e-10  # power of a tone 100 dB below full scale


class NarrowBand(nn.Module):
    """Low-pass, decimation, variable-Q transform (Schörkhuber et al. 2014), logarithm of the power.

    Attributes:
        n_features: bands, as many as the mel spectrogram has
    """

    low_pass: Tensor

    def __init__(self, config: FrontEndConfig) -> None:
        super().__init__()
        self.n_features = config.n_mels
        self.hop = config.hop // DECIMATION
        # its frames lie about the same moments as the short ones
        self.before = (LONGEST_WINDOW - config.window) // 2 + _LOW_PASS_TAPS // 2
        taps = low_pass_filter(2_000.0, config.sample_rate, _LOW_PASS_TAPS)
        low_pass = decimating_basis(taps, self.hop)
        self.register_buffer("low_pass", torch.from_numpy(low_pass).float(), persistent=False)
        windows, frequencies = variable_q(self.n_features, config.sample_rate // DECIMATION)
        self.spectrum = PowerSpectrum(windows, frequencies, self.hop)

    def forward(self, waveform: Tensor, samples: Tensor) -> Tensor:
        """Compute the narrow-band spectrogram of a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1]; what lies beyond the true ends never matters
            samples: `(batch,)`, true lengths in samples

        Returns:
            `(batch, n_features, frame)`, at least as many frames as the mel spectrogram; not masked
        """
        true = waveform.masked_fill(~length_mask(samples, waveform.shape[1]), 0.0)
        hop = self.hop * DECIMATION
        padded = functional.pad(true, (self.before, LONGEST_WINDOW + _LOW_PASS_TAPS + hop))
        hops = torch.matmul(cut_frames(padded, self.low_pass.shape[1], hop), self.low_pass.T)
        slow = hops.flatten(1)  # (batch, time / DECIMATION)
        return torch.log(self.spectrum(slow) + _FLOOR)


def low_pass_filter(cut_off: float, sample_rate: int, n_taps: int) -> NDArray[np.float64]:
    """Return a windowed-sinc low-pass of unit gain at 0 Hz.

    Args:
        cut_off: Hz, where half the amplitude passes
        sample_rate: Hz
        n_taps: odd

    Returns:
        `(n_taps,)`
    """
    time = np.arange(n_taps) - n_taps // 2
    taps = np.sinc(2 * cut_off / sample_rate * time) * hamming_window(n_taps)
    return np.asarray(taps / taps.sum())


def decimating_basis(taps: NDArray[np.float64], n_outputs: int) -> NDArray[np.float64]:
    """Return what filters and decimates several samples at once, many times quicker than one by one.

    Args:
        taps: of the filter
        n_outputs: samples after the decimation

    Returns:
        `(n_outputs, samples that they depend on)`: the taps, each row `DECIMATION` samples later
    """
    rows = np.zeros((n_outputs, DECIMATION * (n_outputs - 1) + len(taps)))
    for number, row in enumerate(rows):
        row[DECIMATION * number :][: len(taps)] = taps
    return rows


def variable_q(n_bands: int, sample_rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return windows at even steps of pitch, each no longer than tells its frequency from the next.

    A Hann window of T seconds is 2 / T Hz wide where it has fallen by half: about as wide as the
    step to the next band where T is below `LONGEST_WINDOW`, wider where it is not.

    Args:
        n_bands: from `LOWEST_HZ` to `HIGHEST_HZ`
        sample_rate: Hz, of the decimated waveform

    Returns:
        windows, `(n_bands, LONGEST_WINDOW / DECIMATION)`, by which a tone of unit amplitude in the middle of
        a band has a power of 1/4, and these middles, `(n_bands,)`, cycles per sample
    """
    longest = LONGEST_WINDOW // DECIMATION
    centres = np.geomspace(LOWEST_HZ, HIGHEST_HZ, n_bands)
    steps = centres * (math.exp(math.log(HIGHEST_HZ / LOWEST_HZ) / (n_bands - 1)) - 1)
    widths = np.minimum(longest, 2 / steps * sample_rate)
    time = np.arange(longest) - (longest - 1) / 2
    inside = np.abs(time)[None, :] < widths[:, None] / 2
    windows = np.where(inside, 1 + np.cos(2 * np.pi * time[None, :] / widths[:, None]), 0.0)
    windows /= windows.sum(axis=1, keepdims=True)
    return windows, centres / sample_rate
