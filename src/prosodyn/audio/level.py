"""Bringing a recording to a usual level: distance and gain of a microphone say nothing of an emotion."""

import numpy as np

from prosodyn.audio.quiet import loudest
from prosodyn.types import FloatArray, LevelRange

_SILENCE = -99.0  # dB; what nothing is heard in stays as it is


def at_level(waveform: FloatArray, levels: LevelRange) -> FloatArray:
    """Return a waveform, `(time,)`, without its offset, and neither quieter nor louder than usual."""
    offset, gain = change_to_level(waveform, levels)
    return (waveform - offset) * gain


def change_to_level(waveform: FloatArray, levels: LevelRange) -> tuple[np.float32, np.float32]:
    """Return what is taken off a waveform, `(time,)`, and by what it is multiplied then.

    An offset of the samples is no sound. What lies outside the levels is brought to the nearer of the two.
    """
    offset = waveform.mean(dtype=np.float64).astype(np.float32)
    level = loudest(waveform - offset)
    if level < _SILENCE:
        return offset, np.float32(1)
    low, high = levels
    return offset, np.float32(10 ** ((min(max(level, low), high) - level) / 20))
