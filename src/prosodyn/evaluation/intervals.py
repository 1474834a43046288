"""How far a score may be trusted: percentile bootstrap over speakers, or over utterances.

The utterances of one speaker rise and fall together, so speakers are drawn with replacement,
each with all of its utterances (a cluster bootstrap; Efron and Tibshirani 1993, chapters 8 and 13;
for speech, Bisani and Ney, ICASSP 2004). Below eight speakers there is too little to draw from, and
utterances are drawn instead; such an interval says nothing about new speakers and is too narrow,
so every interval carries its unit.

Every draw is scored from sums of confusion matrices, one per drawn group, never from label lists.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from prosodyn.errors import ConfigError, EvaluationError
from prosodyn.evaluation.metrics import MatrixScore, ShareArray
from prosodyn.evaluation.outcome import Answers
from prosodyn.types import IntArray

ResampledUnit = Literal["speakers", "utterances"]

MIN_SPEAKERS = 8
"""With fewer speakers, utterances are drawn."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """How an interval is drawn.

    Attributes:
        n_resamples: draws with replacement, at least one
        level: share of the draws inside the interval, between 0 and 1
        seed: of the draws

    Raises:
        ConfigError: a value out of range
    """

    n_resamples: int = 2000
    level: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        if self.n_resamples < 1:
            raise ConfigError(f"n_resamples: expected at least 1, found {self.n_resamples}")
        if not 0 < self.level < 1:
            raise ConfigError(f"level: expected more than 0 and less than 1, found {self.level}")


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a score lies, as far as the drawn unit can tell.

    Attributes:
        low: lower end
        high: upper end
        unit: what was drawn
    """

    low: float
    high: float
    unit: ResampledUnit


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better the first of two systems scores than the second.

    Attributes:
        estimate: score of the first minus score of the second
        interval: of the difference; the systems differ reliably where it leaves zero out
    """

    estimate: float
    interval: Interval


def bootstrap_interval(
    score: MatrixScore, answers: Answers, resampling: Resampling | None = None
) -> Interval:
    """Draw the percentile interval of a score, averaged over seeds.

    Args:
        score: such as `metrics.weighted_accuracy_of`
        answers: of one system
        resampling: 2000 draws at 95 % by default

    Raises:
        EvaluationError: no answers
    """
    resampling = resampling or Resampling()
    matrices, unit = _group_matrices(answers)
    return _percentiles(_draw(score, matrices, resampling).mean(axis=1), resampling, unit)


def paired_difference(
    score: MatrixScore, first: Answers, second: Answers, resampling: Resampling | None = None
) -> Difference:
    """Draw the interval of the difference between two systems on the same utterances.

    Both are scored on the same draws, so what is hard for both cancels out.

    Args:
        score: such as `metrics.weighted_accuracy_of`
        first: of one system
        second: of the other, about the same utterances; the seeds may differ
        resampling: 2000 draws at 95 % by default

    Raises:
        EvaluationError: no answers, or answers about other utterances or labels
    """
    for name in ("labels", "ids", "speakers", "truth"):
        if getattr(first, name) != getattr(second, name):
            raise EvaluationError(
                f"two systems with other {name} cannot be paired; run both on the same folds"
            )
    resampling = resampling or Resampling()
    one, unit = _group_matrices(first)
    other, _ = _group_matrices(second)
    scores = _draw(score, np.concatenate([one, other], axis=1), resampling)
    differences = scores[:, : one.shape[1]].mean(axis=1) - scores[:, one.shape[1] :].mean(axis=1)
    estimate = score(first.confusions()).mean() - score(second.confusions()).mean()
    return Difference(float(estimate), _percentiles(differences, resampling, unit))


def interval_in_words(low: float, high: float) -> str:
    """Write an interval in percent, or that it could not be drawn.

    Where all answers are right, or none, every draw scores alike, and says nothing of how far the score of
    other recordings may lie from it.

    Examples:
        >>> interval_in_words(52.4, 71.0)
        '52.4 to 71.0'
        >>> interval_in_words(100.0, 100.0)
        'cannot be drawn, all draws score alike'
    """
    return f"{low:.1f} to {high:.1f}" if low < high else "cannot be drawn, all draws score alike"


def _group_matrices(answers: Answers) -> tuple[IntArray, ResampledUnit]:
    """Count one confusion matrix per group that is drawn and seed, `(group, seed, truth, prediction)`."""
    if not answers.ids:
        raise EvaluationError("no answers were given; a score needs at least one utterance")
    by_speaker = len(set(answers.speakers)) >= MIN_SPEAKERS
    unit: ResampledUnit = "speakers" if by_speaker else "utterances"
    groups = np.unique(answers.speakers if by_speaker else answers.ids, return_inverse=True)[1]
    place = {label: index for index, label in enumerate(answers.labels)}
    truth = np.array([place[label] for label in answers.truth])
    shape = (int(groups.max()) + 1, len(answers.seeds), len(place), len(place))
    matrices = np.zeros(shape, dtype=np.int64)
    for seed, predictions in enumerate(answers.predictions):
        answered = np.array([place[label] for label in predictions])
        np.add.at(matrices[:, seed], (groups, truth, answered), 1)
    return matrices, unit


def _draw(score: MatrixScore, matrices: IntArray, resampling: Resampling) -> ShareArray:
    """Score every draw, `(draw, seed)`.

    Groups with equal matrices are interchangeable, so how often each *kind* is drawn follows a
    multinomial distribution: the same draws, but a few dozen kinds instead of thousands of utterances.
    """
    kinds, counts = np.unique(matrices.reshape(len(matrices), -1), axis=0, return_counts=True)
    rng = np.random.default_rng(resampling.seed)
    drawn = rng.multinomial(counts.sum(), counts / counts.sum(), size=resampling.n_resamples)
    sums = drawn.astype(np.float64) @ kinds.astype(np.float64)  # exact, and far faster than on integers
    return score(sums.astype(np.int64).reshape(resampling.n_resamples, *matrices.shape[1:]))


def _percentiles(scores: ShareArray, resampling: Resampling, unit: ResampledUnit) -> Interval:
    tail = (1 - resampling.level) / 2
    low, high = np.quantile(scores, [tail, 1 - tail])
    return Interval(float(low), float(high), unit)
