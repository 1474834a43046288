"""The spectrogram that the network was trained on, of one waveform, without torch."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from prosodyn.types import SAMPLE_RATE, FloatArray

FRAME = 400
"""Samples of a frame, 25 ms."""

STEP = 160
"""Samples from one frame to the next, 10 ms."""

N_MELS = 64

_N_FFT = 512
_F_MIN, _F_MAX = 125.0, 7_500.0  # Hz
_FLOOR = np.float32(0.001)  # silence becomes its logarithm


def log_mel(waveform: FloatArray) -> FloatArray:
    """Compute the frames that lie wholly in a waveform: magnitudes, mel bands, natural logarithm.

    These are the constants of VGGish and YAMNet (Hershey et al., ICASSP 2017).

    Args:
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`, at least `FRAME` samples

    Returns:
        `(frame, N_MELS)`
    """
    frames = np.lib.stride_tricks.sliding_window_view(waveform, FRAME)[::STEP]
    spectrum = np.fft.rfft(frames * _window(), n=_N_FFT)
    filters = _filters()
    used = spectrum[:, : len(filters)]
    magnitude = np.sqrt(np.square(used.real) + np.square(used.imag)).astype(np.float32, copy=False)
    return np.asarray(np.log(magnitude @ filters + _FLOOR), dtype=np.float32)


@cache
def _window() -> FloatArray:
    """Return a periodic Hann window, `(FRAME,)`."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)


@cache
def _filters() -> FloatArray:
    """Return triangles that are straight on the mel axis (the HTK Book, eq. 5.13), `(bin, N_MELS)`.

    The bin of 0 Hz belongs to none of them, and bins above the highest band are left out.
    """
    lowest, highest = _mel(np.array([_F_MIN, _F_MAX]))
    edges = np.linspace(lowest, highest, N_MELS + 2)
    bins = _mel(np.linspace(0, SAMPLE_RATE / 2, _N_FFT // 2 + 1))[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    filters = np.clip(np.minimum(rising, falling), 0, None)
    filters[0] = 0
    n_used = 1 + int(np.flatnonzero(filters.any(axis=1)).max())
    return np.ascontiguousarray(filters[:n_used], dtype=np.float32)


def _mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127 * np.log1p(hz / 700))
