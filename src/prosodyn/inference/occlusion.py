"""Hiding parts of a recording: cells of its spectrogram sink to the recording's own quietest level.

What takes the place of the hidden decides what is found (Zeiler and Fergus, ECCV 2014, put grey; Petsiuk,
Das and Saenko, BMVC 2018, black). Digital silence is black: its logarithm lies far below all that a network
has heard, so that it answers to the hole and not to the loss. A mean spectrum is grey, but adds sound to
pauses. So a cell sinks to what the same recording has at the same frequency in its quietest tenth: as if
nobody had spoken there. Nothing is added, and a pause, in which nothing can be hidden, costs nothing.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from prosodyn.types import SAMPLE_RATE, FloatArray

WINDOW, HOP = 512, 128
"""Samples of a frame and to the next one, 32 ms and 8 ms: a cell's edges in time are half a frame wide."""

QUIETEST = 0.1
"""Share of the frames that are quieter, at each frequency, than what a cell sinks to."""

BANDS = (0, 200, 450, 800, 1200, 1800, 2500, 3500, 4600, 6200, 8000)
"""Hz, edges of the bands: equally wide in mel, but for rounding."""

_OVERLAP = WINDOW // HOP
_TINY = float(np.finfo(np.float64).tiny)
# its square, laid over itself every hop, sums to half the overlap
_ROOT_HANN = np.sin(np.pi * np.arange(WINDOW) / WINDOW)

Mask = NDArray[np.bool_]


class Hiding:
    """Hides cells of a recording.

    Attributes:
        times: `(moment + 1,)`, seconds, where moments begin and end, equally far apart
        shape: bands and moments
    """

    def __init__(self, waveform: FloatArray, n_moments: int) -> None:
        """Look at a recording.

        Args:
            waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`, at least one sample; never changed
            n_moments: how many cells to divide it into over time
        """
        self._waveform = waveform
        spectrum = analyse(waveform)
        level = np.abs(spectrum)
        whole = level[_OVERLAP - 1 : 1 - _OVERLAP]  # frames that see nothing of what lies beyond the ends
        quiet = np.quantile(whole, QUIETEST, axis=0) if len(whole) else np.zeros(level.shape[1])
        self._excess = spectrum * (1 - np.minimum(quiet / np.maximum(level, _TINY), 1))
        duration = len(waveform) / SAMPLE_RATE
        self.times = np.linspace(0, duration, n_moments + 1)
        self.shape = len(BANDS) - 1, n_moments
        middles = (np.arange(len(spectrum)) * HOP - WINDOW / 2 + HOP) / SAMPLE_RATE
        bins = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)
        self._moment_of = np.clip(np.searchsorted(self.times, middles, "right") - 1, 0, n_moments - 1)
        self._band_of = np.clip(np.searchsorted(BANDS, bins, "right") - 1, 0, self.shape[0] - 1)

    def without(self, hidden: Mask) -> FloatArray:
        """Return the recording without some cells, `(time,)`.

        Args:
            hidden: `(band, moment)`; where none is, the samples are the recording's own, to the last bit
        """
        frames = np.flatnonzero(np.any(hidden, axis=0)[self._moment_of])
        if not len(frames):
            return self._waveform.copy()
        first, last = frames[0], frames[-1] + 1
        taken = self._excess[first:last] * hidden[self._band_of][:, self._moment_of[first:last]].T
        left = self._waveform - synthesise(taken, int(first), len(self._waveform))
        return np.clip(left, -1, 1).astype(np.float32)


def analyse(waveform: FloatArray) -> NDArray[np.complex128]:
    """Return the spectrum of every frame that sees a sample, `(frame, bin)`; beyond the ends lie zeros."""
    n_frames = -(-len(waveform) // HOP) + _OVERLAP - 1
    behind = n_frames * HOP - len(waveform)
    padded = np.pad(waveform.astype(np.float64), (WINDOW - HOP, behind))
    return np.fft.rfft(sliding_window_view(padded, WINDOW)[::HOP] * _ROOT_HANN)


def synthesise(spectrum: NDArray[np.complex128], first: int, n_samples: int) -> NDArray[np.float64]:
    """Return what some neighbouring frames sound like, `(time,)`, by weighted overlap-add (Crochiere 1980).

    All frames of `analyse` give the waveform back.

    Args:
        spectrum: `(frame, bin)`
        first: number of the first of these frames
        n_samples: of the whole waveform
    """
    frames = np.fft.irfft(spectrum, WINDOW) * _ROOT_HANN * (2 / _OVERLAP)
    hops = np.zeros((first + len(frames) + _OVERLAP - 1, HOP))
    for place, part in enumerate(np.split(frames, _OVERLAP, axis=1)):
        hops[first + place : first + place + len(frames)] += part
    sound = hops.ravel()[WINDOW - HOP :][:n_samples]
    return np.pad(sound, (0, n_samples - len(sound)))
