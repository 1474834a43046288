"""What of a recording is too quiet to be of a voice: what lies before it, after it, and in long pauses."""

import numpy as np
from numpy.typing import NDArray

from prosodyn.types import SAMPLE_RATE, FloatArray

FRAME = 320
"""Samples of a frame whose level counts, 20 ms."""

LEAST_POWER = 1e-10
"""-100 dB, so that digital silence has a level."""


def frames_of(seconds: float) -> int:
    """Return how many frames a margin is long."""
    return round(seconds * SAMPLE_RATE / FRAME)


def find_loud(waveform: FloatArray, depth: float, margin: float) -> NDArray[np.intp]:
    """Return which samples are not quiet, `(kept,)`, ascending: by frames, a loud one of which is near.

    Where all is silent, that is all of them; a last frame that is cut off counts as if silence followed.

    Args:
        waveform: `(time,)`, at least one sample
        depth: dB below the loudest frame, down to which a frame is loud; 0: all of them are
        margin: seconds before and after a loud frame that are kept with it
    """
    if depth == 0:
        return np.arange(len(waveform))
    padded = np.pad(waveform, (0, -len(waveform) % FRAME)).astype(np.float64)
    levels = 10 * np.log10(np.square(padded.reshape(-1, FRAME)).mean(axis=1) + LEAST_POWER)
    loud = levels >= levels.max() - depth
    reach = np.ones(2 * frames_of(margin) + 1)
    near = np.convolve(loud, reach)[len(reach) // 2 :][: len(loud)] > 0
    return np.flatnonzero(np.repeat(near, FRAME)[: len(waveform)])
