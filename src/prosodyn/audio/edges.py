"""Where a voice begins and ends between what is quiet before and after it."""

import numpy as np

from prosodyn.types import FloatArray

FRAME = 320
"""Samples of a frame whose level counts, 20 ms."""

LEAST_POWER = 1e-10
"""-100 dB, so that digital silence has a level."""


def find_edges(waveform: FloatArray, depth: float) -> tuple[int, int]:
    """Return where the first frame begins that is loud enough, and where the last one ends.

    Where all is silent, that is all of it; a last frame that is cut off counts as if silence followed.

    Args:
        waveform: `(time,)`, at least one sample
        depth: dB below the loudest frame; what is quieter at either end lies outside; 0: nothing does

    Returns:
        first sample, and the sample after the last
    """
    if depth == 0:
        return 0, len(waveform)
    padded = np.pad(waveform, (0, -len(waveform) % FRAME)).astype(np.float64)
    levels = 10 * np.log10(np.square(padded.reshape(-1, FRAME)).mean(axis=1) + LEAST_POWER)
    loud = np.flatnonzero(levels >= levels.max() - depth)
    return int(loud[0]) * FRAME, min((int(loud[-1]) + 1) * FRAME, len(waveform))
