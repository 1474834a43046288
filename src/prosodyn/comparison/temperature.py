"""The temperature that makes a system's confidence honest."""

import math

import numpy as np

from prosodyn.comparison.method import RealArray
from prosodyn.types import IntArray

COLDEST, HOTTEST = 1e-3, 1e3
_GOLDEN = (math.sqrt(5) - 1) / 2
_STEPS = 60  # each leaves 0.618 of the bracket


def fit_temperature(logits: RealArray, targets: IntArray) -> float:
    """Find the temperature T at which softmax(logits / T) is least surprised by the truth.

    Guo et al., ICML 2017: one number, which changes no answer, only its confidence. The
    cross entropy is convex in 1 / T, so that a golden-section search over log T finds its
    minimum. As in Platt (1999) the truth counts as a little less than certain, (N + 1) / (N + 2)
    for N utterances, so that T stays above zero where all of them are recognised.

    Args:
        logits: `(utterance, emotion)`, of utterances that the system was not fitted on
        targets: `(utterance,)`, index of the emotion
    """
    n_utterances, n_emotions = logits.shape
    doubt = 1 / (n_utterances + 2)
    truth = np.full(logits.shape, doubt / (n_emotions - 1))
    truth[np.arange(n_utterances), targets] = 1 - doubt
    low, high = math.log(COLDEST), math.log(HOTTEST)
    for _ in range(_STEPS):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if _cross_entropy(logits, truth, math.exp(left)) < _cross_entropy(logits, truth, math.exp(right)):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


def _cross_entropy(logits: RealArray, truth: RealArray, temperature: float) -> float:
    scores = logits / temperature
    log_shares = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return float(-(truth * log_shares).sum())
