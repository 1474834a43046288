"""Bringing a recording to a usual level: distance and gain of a microphone say nothing of an emotion."""

import numpy as np

from prosodyn.audio.quiet import loudest
from prosodyn.types import FloatArray, LevelRange

_SILENCE = -99.0  # dB; what nothing is heard in stays as it is


def at_level(waveform: FloatArray, levels: LevelRange) -> FloatArray:
    """Return a waveform, `(time,)`, without its offset, and neither quieter nor louder than usual.

    Its peaks may come to lie beyond [-1, 1]; nothing is clipped.

    Args:
        waveform: `(time,)`, at least one sample; stays as it is
        levels: dB of full scale
    """
    offset, gain = change_to_level(waveform, levels)
    return (waveform - offset) * gain


def change_to_level(waveform: FloatArray, levels: LevelRange) -> tuple[np.float32, np.float32]:
    """Find how a waveform comes to the nearest of its usual levels.

    Args:
        waveform: `(time,)`, at least one sample
        levels: dB of full scale, of the loudest 20 ms

    Returns:
        what is taken off it, since an offset of the samples is no sound, and by what it is multiplied then;
        one where it is silent
    """
    offset = _offset(waveform)
    level = loudest(waveform - offset)
    if level < _SILENCE:
        return offset, np.float32(1)
    low, high = levels
    return offset, np.float32(10 ** ((min(max(level, low), high) - level) / 20))


def level_of(waveform: FloatArray) -> float:
    """Return the level of the loudest 20 ms of a waveform, `(time,)`, less its offset; dB of full scale."""
    return loudest(waveform - _offset(waveform))


def _offset(waveform: FloatArray) -> np.float32:
    return np.float32(waveform.mean(dtype=np.float64))
