"""From logits to probabilities that are true: the temperature."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from prosodyn.errors import ConfigError

Numbers = NDArray[np.float64]

COOLEST, HOTTEST = 0.05, 20.0
"""Temperatures that are tried; beyond these all answers are certain, or all alike."""

_GOLDEN = (math.sqrt(5) - 1) / 2
_N_STEPS = 60


def softmax(logits: Numbers, temperature: float = 1.0) -> Numbers:
    """Turn logits into probabilities.

    Args:
        logits: `(…, emotion)`
        temperature: divides them

    Examples:
        >>> softmax(np.array([0.0, np.log(3.0)])).round(6).tolist()
        [0.25, 0.75]
    """
    scores = logits / temperature
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def fit_temperature(logits: Numbers, targets: NDArray[np.int64]) -> float:
    """Find the temperature under which the true emotions are most probable.

    Reference: Guo, Pleiss, Sun and Weinberger, ICML 2017, section 4.2. The mean negative log-likelihood is
    convex in 1/T, so that a golden-section search over log T finds its only minimum.

    Args:
        logits: `(utterance, emotion)`, of speakers held out of the training
        targets: `(utterance,)`, the true emotions

    Raises:
        ConfigError: no utterances, or logits that are not finite
    """
    if not len(targets) or not np.isfinite(logits).all():
        raise ConfigError(
            f"temperature: expected finite logits of one utterance or more, found {len(targets)}"
        )
    rows = np.arange(len(targets))

    def loss(log_temperature: float) -> float:
        scores = logits / math.exp(log_temperature)
        top = scores.max(axis=1)
        return float(np.mean(top + np.log(np.exp(scores - top[:, None]).sum(axis=1)) - scores[rows, targets]))

    return math.exp(_golden_section(loss, math.log(COOLEST), math.log(HOTTEST)))


def _golden_section(loss: Callable[[float], float], low: float, high: float) -> float:
    """Find the minimum of a function with one valley."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = loss(left), loss(right)
    for _ in range(_N_STEPS):
        if at_left <= at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = loss(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = loss(right)
    return (low + high) / 2
