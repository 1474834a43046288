"""What a recording looks like: the numbers behind the plot of waveform and spectrogram, in numpy."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from prosodyn.types import FloatArray

MAX_COLUMNS = 2000
"""More than a page can show; longer recordings are drawn with wider steps."""

WINDOW_SECONDS = 0.030
"""The seed paper's frame (section 3.1)."""

STEP_SECONDS = 0.005
"""Finer than the paper's 15 ms, so that the picture is smooth."""

RANGE_DB = 80.0
"""Below the loudest point; what is quieter is drawn as this."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrogram:
    """Power over time and frequency.

    Attributes:
        level: `(frequency, frame)`, dB below the loudest point, from `-RANGE_DB` to 0
        duration: seconds that the frames cover
        top: Hz, of the highest frequency; the lowest is zero
    """

    level: NDArray[np.float64]
    duration: float
    top: float


def spectrogram(waveform: FloatArray, sample_rate: int) -> Spectrogram:
    """Compute the spectrogram of frames centred on equal steps, under the symmetric Hamming window (eq. 9).

    Args:
        waveform: `(time,)`, at least one sample
        sample_rate: Hz
    """
    window = max(2, round(WINDOW_SECONDS * sample_rate))
    step = max(1, round(STEP_SECONDS * sample_rate), -(-len(waveform) // MAX_COLUMNS))
    padded = np.pad(waveform.astype(np.float64), (window // 2, window - window // 2))
    frames = sliding_window_view(padded, window)[: len(waveform) : step] * np.hamming(window)
    n_points = 2 ** (int(np.ceil(np.log2(window))) + 1)
    power = np.abs(np.fft.rfft(frames, n_points)).T ** 2
    loudest = max(float(power.max()), np.finfo(np.float64).tiny)
    level = 10 * np.log10(np.maximum(power / loudest, 10 ** (-RANGE_DB / 10)))
    return Spectrogram(level, len(waveform) / sample_rate, sample_rate / 2)


def envelope(waveform: FloatArray, sample_rate: int) -> tuple[NDArray[np.float64], FloatArray, FloatArray]:
    """Find the lowest and the highest sample of each column of a plot.

    Args:
        waveform: `(time,)`, at least one sample
        sample_rate: Hz

    Returns:
        the columns' starts in seconds, their lowest and their highest sample, each `(column,)`
    """
    starts = np.arange(0, len(waveform), -(-len(waveform) // MAX_COLUMNS))
    low = np.minimum.reduceat(waveform, starts)
    high = np.maximum.reduceat(waveform, starts)
    return starts / sample_rate, low, high
