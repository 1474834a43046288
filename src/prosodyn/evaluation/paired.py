"""Two systems on the same recordings: how far apart they are, and whether that may be said aloud."""

import itertools
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from prosodyn.evaluation.intervals import Difference, ResampledUnit, paired_difference
from prosodyn.evaluation.metrics import unweighted_accuracy_of, weighted_accuracy_of
from prosodyn.evaluation.outcome import Answers

SIGNIFICANT = 0.05
"""p of the sign-flip test from where on nothing is claimed."""

_EXACT = 16  # speakers; of more, not all ways to swap are tried
_DRAWS = 100_000


@dataclass(frozen=True, slots=True)
class Paired:
    """How much better a system is than another one, in points of percent.

    Attributes:
        rival: the other system
        wa_difference: of weighted accuracy
        wa_difference_interval: 95 % interval, both systems drawn alike
        ua_difference: of unweighted accuracy
        ua_difference_interval: 95 % interval
        difference_unit: what the intervals were drawn over
        by_speaker: speaker to difference of WA
    """

    rival: str
    wa_difference: float
    wa_difference_interval: tuple[float, float]
    ua_difference: float
    ua_difference_interval: tuple[float, float]
    difference_unit: ResampledUnit
    by_speaker: dict[str, float]

    @property
    def p_value(self) -> float:
        """Return how likely speakers differ as much by chance, see `sign_flip`."""
        return sign_flip(self.by_speaker.values())

    @property
    def verdict(self) -> str:
        """Say which system is better, where that can be said of speakers who are yet to come.

        The interval of WA must leave zero out, and the sign-flip test agree: of few speakers the bootstrap
        draws too narrow an interval.

        Examples:
            >>> alike = dict.fromkeys("abcdefgh", 2.0)
            >>> Paired("cnn_lstm", 2.0, (0.5, 3.5), 2.0, (0.4, 3.6), "speakers", alike).verdict
            'better'
            >>> Paired("cnn_lstm", 2.0, (-0.5, 4.5), 2.0, (-0.6, 4.6), "speakers", alike).verdict
            'not told apart'
            >>> Paired("cnn_lstm", 9.0, (7.5, 9.5), 9.0, (7.4, 9.6), "utterances", alike).verdict
            'too few speakers'
        """
        low, high = self.wa_difference_interval
        if self.difference_unit != "speakers":
            return "too few speakers"
        if low <= 0 <= high or self.p_value >= SIGNIFICANT:
            return "not told apart"
        return "better" if low > 0 else "worse"


def sign_flip(differences: Collection[float]) -> float:
    """Return the p of a two-sided sign-flip test: that a mean difference comes about by chance.

    Were two systems alike, each speaker's difference might as well have the other sign. p is the share of
    all such ways in which the mean lies as far from zero; of more than 16 speakers, 100 000 ways are drawn.

    Reference: Fisher, The Design of Experiments, 1935, section 21.

    Args:
        differences: one a speaker

    Examples:
        >>> sign_flip([2.0, 1.0, 3.0])
        0.25
    """
    values = np.array(list(differences), dtype=float)
    n = len(values)
    if n <= _EXACT:
        signs = np.array(list(itertools.product((-1, 1), repeat=n))).reshape(2**n, n)
        extra = 0
    else:
        signs = np.random.default_rng(0).choice((-1, 1), (_DRAWS, n))
        extra = 1  # what was found is one way, too
    as_far = np.abs(signs @ values) >= abs(values.sum()) - 1e-9
    return float((as_far.sum() + extra) / (len(signs) + extra))


def compare(first: Answers, second: Answers, rival: str) -> Paired:
    """Compare two systems.

    Args:
        first: of the one
        second: of the other, about the same utterances
        rival: names the other

    Raises:
        EvaluationError: no answers, or answers about other utterances or labels
    """
    wa = paired_difference(weighted_accuracy_of, first, second)
    ua = paired_difference(unweighted_accuracy_of, first, second)
    one, other = _right_by_speaker(first), _right_by_speaker(second)
    return Paired(
        rival=rival,
        wa_difference=100 * wa.estimate,
        wa_difference_interval=_percent(wa),
        ua_difference=100 * ua.estimate,
        ua_difference_interval=_percent(ua),
        difference_unit=wa.interval.unit,
        by_speaker={speaker: 100 * (one[speaker] - other[speaker]) for speaker in sorted(one)},
    )


def _right_by_speaker(answers: Answers) -> dict[str, float]:
    """Return the share of right answers to each speaker, over all seeds."""
    right: dict[str, list[bool]] = {}
    for predictions in answers.predictions:
        for speaker, truth, prediction in zip(answers.speakers, answers.truth, predictions, strict=True):
            right.setdefault(speaker, []).append(truth == prediction)
    return {speaker: sum(found) / len(found) for speaker, found in right.items()}


def _percent(difference: Difference) -> tuple[float, float]:
    return 100 * difference.interval.low, 100 * difference.interval.high
