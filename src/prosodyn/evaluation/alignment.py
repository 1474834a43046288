"""Lay two sounds over each other at the shift where they agree most."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.types import FloatArray

Sound = NDArray[np.floating[Any]]


def likeness(first: Sound, second: Sound) -> float:
    """Return the largest normalised correlation over all shifts: 1 for the same sound, also upside down.

    Args:
        first: `(time,)`
        second: `(time,)`, at the same rate

    Examples:
        >>> sound = np.array([0.0, 1.0, -2.0, 1.0])
        >>> round(likeness(sound, np.concatenate([[0.0, 0.0], -3 * sound])), 3)
        1.0
    """
    norms = float(np.linalg.norm(first.astype(np.float32)) * np.linalg.norm(second.astype(np.float32)))
    if norms == 0:
        return 0.0
    return float(np.abs(_correlation(first, second)).max()) / norms


def largest_difference(first: FloatArray, second: FloatArray) -> float:
    """Return how far two waveforms are apart where they are farthest, at the shift where they agree most.

    What only one of them covers counts against silence.

    Args:
        first: `(time,)`
        second: `(time,)`, at the same rate

    Examples:
        >>> sound = np.array([0.5, -1.0, 0.5], dtype=np.float32)
        >>> largest_difference(sound, np.pad(sound, (7, 2)))
        0.0
    """
    correlation = _correlation(first, second)
    n_points = len(correlation)
    moved = np.roll(np.pad(second, (0, n_points - len(second))), int(correlation.argmax()))
    return float(np.abs(np.pad(first, (0, n_points - len(first))) - moved).max())


def _correlation(first: Sound, second: Sound) -> NDArray[np.float64]:
    """Correlate at every shift of the second; shifts to the left stand at the end."""
    n_points = 1 << (len(first) + len(second)).bit_length()
    one = np.fft.rfft(first.astype(np.float32), n_points)
    other = np.fft.rfft(second.astype(np.float32), n_points)
    return np.fft.irfft(one * other.conj(), n_points)
