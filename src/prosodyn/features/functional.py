"""Signal processing of the seed paper (sections 2.2 and 3.1) as pure functions.

Every function leaves its arguments untouched, and everything that touches a
batch also runs in an exported graph.
"""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from prosodyn.config import FrontEndConfig
from prosodyn.errors import ConfigError


def is_alone() -> bool:
    """Return whether there is one utterance without padding: while a graph is traced, see `export.each`."""
    return torch.onnx.is_in_onnx_export()


def length_mask(lengths: Tensor, size: int) -> Tensor:
    """Mark the true positions of each utterance.

    Args:
        lengths: `(batch,)`, true lengths
        size: padded length

    Returns:
        `(batch, size)`, true = real
    """
    if is_alone():
        return torch.ones(1, size, dtype=torch.bool)
    return torch.arange(size, device=lengths.device)[None, :] < lengths[:, None]


def mean_and_variance(features: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
    """Compute each utterance's mean and variance of each feature, over its true frames.

    Args:
        features: `(batch, feature, frame)`, zero on padding
        lengths: `(batch,)`, true number of frames, at least one

    Returns:
        mean and mean squared distance from it, `(batch, feature)` each
    """
    mask = length_mask(lengths, features.shape[2])[:, None, :]
    mean = features.sum(dim=2) / lengths[:, None]
    distance = (features - mean[:, :, None]) * mask
    return mean, distance.square().sum(dim=2) / lengths[:, None]


def pre_emphasise(waveform: Tensor, factor: float) -> Tensor:
    """Apply the first-order FIR high-pass `y[n] = x[n] - factor · x[n-1]`.

    Args:
        waveform: `(batch, time)`
        factor: 0.97 in the seed paper, section 3.1

    Returns:
        `(batch, time)`; the sample before the first counts as zero
    """
    return waveform - factor * functional.pad(waveform, (1, 0))[:, :-1]


def frame_count(samples: Tensor, window: int, hop: int) -> Tensor:
    """Count the frames that lie wholly inside a waveform; a shorter one is padded to one frame.

    Args:
        samples: `(batch,)`, true lengths in samples
        window: samples of a frame
        hop: samples between the starts of two frames

    Returns:
        `(batch,)`, at least one
    """
    return 1 + torch.div((samples - window).clamp(min=0), hop, rounding_mode="trunc")


def pad_to_frames(waveform: Tensor, lengths: Tensor, window: int, hop: int) -> Tensor:
    """Follow a waveform with silence, or cut it, to what the frames of the longest utterance take.

    Args:
        waveform: `(batch, time)`, zero beyond the true ends
        lengths: `(batch,)`, true number of frames, of which the last begins within the waveform
        window: samples of a frame
        hop: samples between the starts of two frames

    Returns:
        `(batch, time)`
    """
    return functional.pad(waveform, (0, window))[:, : window + hop * (lengths.max() - 1)]


def cut_frames(waveform: Tensor, window: int, hop: int) -> Tensor:
    """Cut a waveform into frames; a rest that is shorter than one is left out.

    Whole hops are laid side by side: few large copies, also in an exported graph.

    Args:
        waveform: `(batch, time)`, at least one window long
        window: samples of a frame
        hop: samples between the starts of two frames

    Returns:
        `(batch, frame, window)`
    """
    n_frames, n_parts = 1 + (waveform.shape[1] - window) // hop, -(-window // hop)
    padded = functional.pad(waveform, (0, n_parts * hop - window))
    hops = padded[:, : (n_frames + n_parts - 1) * hop].reshape(waveform.shape[0], -1, hop)
    parts = [hops[:, part : part + n_frames] for part in range(n_parts)]
    return torch.cat([*parts[:-1], parts[-1][:, :, : window - (n_parts - 1) * hop]], dim=2)


def mel_filter_bank(config: FrontEndConfig) -> NDArray[np.float64]:
    """Return triangular filters on Slaney's mel scale, each of unit area.

    The scale is linear below 1 kHz and logarithmic above (Slaney, Auditory Toolbox, 1998).

    Args:
        config: of the front end: bands, edges, rate and transform

    Returns:
        `(n_mels, n_bins)`

    Raises:
        ConfigError: a band so narrow that no bin of the transform lies in it
    """
    edges = _mel_to_hz(np.linspace(_hz_to_mel(config.f_min), _hz_to_mel(config.f_max), config.n_mels + 2))
    bins = np.linspace(0, config.sample_rate / 2, config.n_fft // 2 + 1)
    rising = (bins[None, :] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins[None, :]) / (edges[2:] - edges[1:-1])[:, None]
    area = 2 / (edges[2:] - edges[:-2])
    filters = np.clip(np.minimum(rising, falling), 0, None) * area[:, None]
    n_empty = np.count_nonzero(filters.max(axis=1) == 0)
    if n_empty:
        raise ConfigError(
            f"front_end.n_mels: {n_empty} of the {config.n_mels} bands hold no bin of the transform; "
            f"expected fewer bands or an n_fft above {config.n_fft}"
        )
    return filters


def cosine_transform(n_coefficients: int, n_bands: int) -> NDArray[np.float64]:
    """Return the orthonormal type-II cosine transform.

    Args:
        n_coefficients: rows that are kept
        n_bands: length of the input

    Returns:
        `(n_coefficients, n_bands)`
    """
    angle = np.pi / n_bands * np.outer(np.arange(n_coefficients), np.arange(n_bands) + 0.5)
    rows = np.cos(angle) * math.sqrt(2 / n_bands)
    rows[0] /= math.sqrt(2)
    return rows


def deltas(features: Tensor, lengths: Tensor, reach: int = 2) -> Tensor:
    """Estimate the slope over time by regression over `2 · reach + 1` frames (the HTK Book, eq. 5.16).

    Beyond either end of an utterance its outermost true frame is repeated.

    Args:
        features: `(batch, feature, frame)`
        lengths: `(batch,)`, true number of frames, at least one
        reach: frames on each side

    Returns:
        `(batch, feature, frame)`
    """
    n_frames = features.shape[2]
    places = torch.arange(-reach, n_frames + reach, device=features.device).clamp(min=0)
    longer = take_frames(features, torch.minimum(places[None, :], lengths[:, None] - 1))
    slope = torch.zeros_like(features)
    for distance in range(1, reach + 1):
        ahead = longer[:, :, reach + distance :][:, :, :n_frames]
        behind = longer[:, :, reach - distance :][:, :, :n_frames]
        slope = slope + distance * (ahead - behind)
    return slope / (2 * sum(distance**2 for distance in range(1, reach + 1)))


def take_frames(features: Tensor, index: Tensor) -> Tensor:
    """Take frames by their places.

    Args:
        features: `(batch, feature, frame)`
        index: `(batch, place)`

    Returns:
        `(batch, feature, place)`
    """
    if is_alone():
        return features.transpose(1, 2).index_select(1, index[0]).transpose(1, 2)  # whole rows are quicker
    return features.gather(2, index[:, None, :].expand(-1, features.shape[1], -1))


_HZ_PER_LINEAR_MEL = 200 / 3
_LOG_START_HZ = 1000.0
_LOG_START_MEL = _LOG_START_HZ / _HZ_PER_LINEAR_MEL
_LOG_STEP = math.log(6.4) / 27


def _hz_to_mel(hz: float) -> float:
    if hz < _LOG_START_HZ:
        return hz / _HZ_PER_LINEAR_MEL
    return _LOG_START_MEL + math.log(hz / _LOG_START_HZ) / _LOG_STEP


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    logarithmic = _LOG_START_HZ * np.exp(_LOG_STEP * (mel - _LOG_START_MEL))
    return np.where(mel < _LOG_START_MEL, mel * _HZ_PER_LINEAR_MEL, logarithmic)
