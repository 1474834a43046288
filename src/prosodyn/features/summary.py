"""One vector for a whole utterance: how its spectrum lies and how it moves; not in the seed paper.

What large sets of hand-made features take from an utterance, in short: contours
over time, and a few numbers on the course of each (Schuller et al. 2013 have
thousands). All are linear or quadratic in the features, so that they run in an
exported graph.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from prosodyn.config import FrontEndConfig
from prosodyn.features.fourier import PowerSpectrum, fourier_frequencies, hamming_window
from prosodyn.features.functional import (
    cosine_transform,
    deltas,
    frame_count,
    length_mask,
    mean_and_variance,
    pad_to_frames,
)

N_MEL_CEPSTRA = 20
N_NARROW_CEPSTRA = 30

MODULATION_WINDOW = 64
"""Frames, 0.96 s at the seed paper's hop: bins of its spectrum lie about one hertz apart."""

MODULATION_HOP = 16
"""Frames between two windows."""

MODULATION_BANDS = ((1, 3), (4, 6), (7, 11), (12, 19), (20, 32))
"""First and last bin of each band: phrases, words and syllables, sounds, and two of what is faster."""

N_KINDS = 6 + len(MODULATION_BANDS)
"""Numbers on each contour: mean, deviation, slope, deviation of the deltas, how far the mean rises and what
the deviation is where the voice is loud, modulation in each band."""

LOUDNESS_CONTRAST = 1.5
"""A frame that is one deviation louder than another counts e to this power times as much: vowels do."""

_LEAST_VARIANCE = 1e-6
_LEAST_MODULATION = 1e-3


class UtteranceSummary(nn.Module):
    """Mean, deviation, slope, pace and modulation of each contour, and how it lies in the loud frames.

    Attributes:
        size: of the vector
    """

    contours: Tensor

    def __init__(self, config: FrontEndConfig) -> None:
        super().__init__()
        contours = contour_matrix(config)
        # the contour of the zeroth cepstrum: how loud each frame is
        self.level = 0 if config.name == "mfcc" else config.n_mels // 2
        self.size = N_KINDS * len(contours)
        self.register_buffer("contours", torch.from_numpy(contours).float(), persistent=False)
        frequencies = fourier_frequencies(MODULATION_WINDOW)
        self.spectrum = PowerSpectrum(hamming_window(MODULATION_WINDOW), frequencies, MODULATION_HOP)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Summarise each utterance of a padded batch.

        Args:
            features: `(batch, feature, frame)` of the front end, not normalised, zero on padding
            lengths: `(batch,)`, true number of frames, at least one

        Returns:
            `(batch, size)`
        """
        contours = torch.matmul(self.contours, features)
        mask = length_mask(lengths, features.shape[2])[:, None, :]
        mean, variance = mean_and_variance(contours, lengths)
        centred = (contours - mean[:, :, None]) * mask
        _, pace = mean_and_variance(deltas(contours, lengths) * mask, lengths)
        # of centred contours: where a voice lies when it is loud says more relative to where it always lies
        loud = weighted_mean_and_deviation(centred, loudness_weights(centred[:, self.level], lengths))
        return torch.cat(
            [
                mean,
                torch.sqrt(variance + _LEAST_VARIANCE),
                slope(centred, lengths),
                torch.sqrt(pace + _LEAST_VARIANCE),
                *loud,
                self.modulation(centred, lengths),
            ],
            dim=1,
        )

    def modulation(self, centred: Tensor, lengths: Tensor) -> Tensor:
        """Compute how much a contour moves slowly or fast: the logarithm of its power in each band.

        The spectra of windows are averaged; an utterance shorter than one is padded with zeros to one.

        Args:
            centred: `(batch, contour, frame)`, of zero mean, zero on padding
            lengths: `(batch,)`, true number of frames

        Returns:
            `(batch, band · contour)`
        """
        n, n_contours, _ = centred.shape
        n_windows = frame_count(lengths, MODULATION_WINDOW, MODULATION_HOP)
        padded = pad_to_frames(centred.flatten(0, 1), n_windows, MODULATION_WINDOW, MODULATION_HOP)
        spectra = self.spectrum(padded)
        whole = length_mask(n_windows, spectra.shape[2])[:, None, None, :]
        spectra = spectra.view(n, n_contours, *spectra.shape[1:]) * whole
        spectrum = spectra.sum(dim=3) / n_windows[:, None, None]
        bands = [spectrum[:, :, first : last + 1].sum(dim=2) for first, last in MODULATION_BANDS]
        return torch.log(torch.cat(bands, dim=1) + _LEAST_MODULATION)


def slope(centred: Tensor, lengths: Tensor) -> Tensor:
    """Compute how far a contour rises over its utterance, as a straight line through it says.

    Args:
        centred: `(batch, contour, frame)`, of zero mean, zero on padding
        lengths: `(batch,)`, true number of frames, at least one

    Returns:
        `(batch, contour)`: the line's standard deviation, negative where it falls; zero for a single frame
    """
    n_frames = lengths[:, None].to(centred.dtype)
    ramp = torch.arange(centred.shape[2], device=centred.device)[None, :] - (n_frames - 1) / 2
    ramp = ramp * length_mask(lengths, centred.shape[2])
    norm = (ramp.square().sum(dim=1, keepdim=True) * n_frames).sqrt().clamp(min=1.0)
    return torch.matmul(centred, ramp[:, :, None])[:, :, 0] / norm


def loudness_weights(level: Tensor, lengths: Tensor) -> Tensor:
    """Weigh the frames of each utterance by how loud they are among its own.

    Args:
        level: `(batch, frame)`, of zero mean, zero on padding
        lengths: `(batch,)`, true number of frames, at least one

    Returns:
        `(batch, frame)`, sums to one over the true frames, zero on padding
    """
    deviation = (level.square().sum(dim=1) / lengths + _LEAST_VARIANCE).sqrt()
    mask = length_mask(lengths, level.shape[1])
    scores = LOUDNESS_CONTRAST * level / deviation[:, None]
    return torch.softmax(scores.masked_fill(~mask, -torch.inf), dim=1)


def weighted_mean_and_deviation(contours: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Compute each contour's mean and standard deviation, `(batch, contour)`, with weights on the frames.

    Args:
        contours: `(batch, contour, frame)`
        weights: `(batch, frame)`, sums to one
    """
    mean = torch.matmul(contours, weights[:, :, None])
    variance = torch.matmul((contours - mean).square(), weights[:, :, None])
    return mean[:, :, 0], torch.sqrt(variance[:, :, 0] + _LEAST_VARIANCE)


def contour_matrix(config: FrontEndConfig) -> NDArray[np.float64]:
    """Return what makes contours of features: neighbouring bands averaged, and cepstra of each spectrogram.

    Returns:
        `(contour, feature)`; of a front end of cepstra, the identity
    """
    if config.name == "mfcc":
        return np.eye(3 * config.n_mfcc)
    n_mels = config.n_mels
    pairs = np.repeat(np.eye(n_mels // 2), 2, axis=1) / 2
    pairs = np.pad(pairs, ((0, 0), (0, n_mels % 2)))
    of_mels = np.concatenate([pairs, cosine_transform(min(N_MEL_CEPSTRA, n_mels), n_mels)])
    if not config.narrow_band:
        return of_mels
    of_narrow = cosine_transform(min(N_NARROW_CEPSTRA, n_mels), n_mels)
    return np.block(
        [
            [of_mels, np.zeros((len(of_mels), n_mels))],
            [np.zeros((len(of_narrow), n_mels)), of_narrow],
        ]
    )
