"""From the frames of an utterance to one vector: how each feature is distributed, and how it moves."""

import numpy as np
from numpy.typing import NDArray

from prosodyn.comparison.method import RealArray

DECILES = (0.1, 0.5, 0.9)
"""Shares of the frames below the quantiles that are kept."""


def statistics_over_time(features: NDArray[np.floating]) -> RealArray:
    """Summarise every feature by six numbers.

    Mean, standard deviation, first, fifth and ninth decile, and mean absolute difference of
    neighbouring frames. The deciles tell the floor, the middle and the peaks of a level without
    being moved by single frames; the differences tell how lively it is. One frame has no
    neighbours: it differs by zero.

    Args:
        features: `(feature, frame)`, at least one frame

    Returns:
        `(6 · feature, 1)`: all means, then all deviations, and so on

    Examples:
        >>> statistics_over_time(np.array([[1.0, 2.0, 3.0]])).round(2).ravel().tolist()
        [2.0, 0.82, 1.2, 2.0, 2.8, 1.0]
    """
    frames = features.astype(np.float64)
    steps = np.abs(np.diff(frames, axis=1))
    liveliness = steps.sum(axis=1) / max(1, steps.shape[1])
    parts = [frames.mean(axis=1), frames.std(axis=1), *np.quantile(frames, DECILES, axis=1), liveliness]
    return np.concatenate(parts)[:, None]
