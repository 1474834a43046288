"""How loud a recording is in its loudest moment, and what of it is too quiet to be of a voice.

Quiet is what lies before a voice, after it, and in long pauses.
"""

import numpy as np
from numpy.typing import NDArray

from prosodyn.types import SAMPLE_RATE, FloatArray

FRAME = 320
"""Samples of a frame whose level counts, 20 ms."""

LEAST_POWER = 1e-10
"""-100 dB, so that digital silence has a level."""


def loudest(waveform: FloatArray) -> float:
    """Return the level of the loudest 20 ms of a waveform, `(time,)`, not empty; dB of full scale."""
    return float(_levels(waveform).max())


def frames_of(seconds: float) -> int:
    """Return how many frames a margin is long."""
    return round(seconds * SAMPLE_RATE / FRAME)


def is_loud(waveform: FloatArray, depth: float, margin: float) -> NDArray[np.bool_]:
    """Tell of each sample whether it is not quiet, `(time,)`: by frames, a loud one of which is near.

    Where all is silent, nothing is quiet; a last frame that is cut off counts as if silence followed.

    Args:
        waveform: `(time,)`, at least one sample
        depth: dB below the loudest frame, down to which a frame is loud; 0: all of them are
        margin: seconds before and after a loud frame that are kept with it
    """
    if depth == 0:
        return np.ones(len(waveform), dtype=np.bool_)
    levels = _levels(waveform)
    loud = levels >= levels.max() - np.float32(depth)
    reach = np.ones(2 * frames_of(margin) + 1)
    near = np.convolve(loud, reach)[len(reach) // 2 :][: len(loud)] > 0
    return np.asarray(np.repeat(near, FRAME)[: len(waveform)])


def _levels(waveform: FloatArray) -> FloatArray:
    """Return the level of each frame, `(frame,)`, dB of full scale, as precise as a network has it."""
    padded = np.pad(waveform, (0, -len(waveform) % FRAME)).reshape(-1, FRAME)
    powers = np.square(padded, dtype=np.float32).mean(axis=1)
    return np.asarray(10 * np.log10(powers + np.float32(LEAST_POWER)), dtype=np.float32)
