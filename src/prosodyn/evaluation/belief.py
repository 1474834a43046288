"""Whether answers under a protocol could be believed: calibration error, and how often sets held the truth.

Temperatures and sets come from the bundles that answered, which learnt them on their own training sides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.calibration import (
    N_BINS,
    ReliabilityBin,
    expected_calibration_error,
    reliability,
)
from prosodyn.evaluation.intervals import MIN_SPEAKERS, ResampledUnit, Resampling
from prosodyn.evaluation.outcome import Outcome
from prosodyn.types import Utterance

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Belief:
    """How far the answers of all folds could be believed; shares, not percent.

    Attributes:
        ece: expected calibration error over `calibration.N_BINS` bins of equal mass, or, of fewer answers,
            one for each
        ece_interval: 95 % interval
        coverage: share of the sets that hold the true emotion, where `COVERAGE` was asked for
        coverage_interval: 95 % interval
        set_size: emotions in a set, on average
        interval_unit: what the intervals were drawn over
        bins: of the reliability diagram, the least sure first
    """

    ece: float
    ece_interval: Pair
    coverage: float
    coverage_interval: Pair
    set_size: float
    interval_unit: ResampledUnit
    bins: tuple[ReliabilityBin, ...]


def believe(
    outcomes: Sequence[Outcome], least_shares: Sequence[float], utterances: Sequence[Utterance]
) -> Belief:
    """Measure whether what was answered could be believed.

    Args:
        outcomes: of all folds and seeds
        least_shares: of each outcome, from which on an emotion belongs to the set that is answered
        utterances: the corpus, which says who speaks

    Raises:
        EvaluationError: no outcomes, or lists of unequal length
    """
    if not outcomes or len(outcomes) != len(least_shares):
        raise EvaluationError(
            f"{len(outcomes)} outcomes cannot be measured with {len(least_shares)} least shares"
        )
    voices = {utterance.id: "/".join(utterance.voice) for utterance in utterances}
    who = np.array([voices[name] for outcome in outcomes for name in outcome.ids])
    confidence = np.concatenate([outcome.probabilities.max(axis=1) for outcome in outcomes])
    right = np.array([t == p for each in outcomes for t, p in zip(each.truth, each.prediction, strict=True)])
    sets = [each.probabilities >= least for each, least in zip(outcomes, least_shares, strict=True)]
    held = np.concatenate(
        [
            named[np.arange(len(each.truth)), [each.labels.index(emotion) for emotion in each.truth]]
            for each, named in zip(outcomes, sets, strict=True)
        ]
    )
    size = np.concatenate([named.sum(axis=1) for named in sets])

    unit: ResampledUnit = "speakers" if len(set(who)) >= MIN_SPEAKERS else "utterances"
    n_bins = min(N_BINS, len(right))
    draws = _draws(who if unit == "speakers" else np.arange(len(who)).astype(str), n_bins)
    errors = [expected_calibration_error(confidence[drawn], right[drawn].tolist(), n_bins) for drawn in draws]
    return Belief(
        ece=round(expected_calibration_error(confidence, right.tolist(), n_bins), 4),
        ece_interval=_interval(errors),
        coverage=round(float(held.mean()), 4),
        coverage_interval=_interval([float(held[drawn].mean()) for drawn in draws]),
        set_size=round(float(size.mean()), 3),
        interval_unit=unit,
        bins=tuple(
            ReliabilityBin(round(each.confidence, 4), round(each.accuracy, 4), each.count)
            for each in reliability(confidence, right.tolist(), n_bins)
        ),
    )


def _draws(groups: NDArray[np.str_], least: int) -> list[NDArray[np.int64]]:
    """Draw groups with replacement, each with all of its answers, a thousand times; drop small draws."""
    names, inverse = np.unique(groups, return_inverse=True)
    members = [np.flatnonzero(inverse == number) for number in range(len(names))]
    rng = np.random.default_rng(Resampling().seed)
    drawn = [rng.integers(len(names), size=len(names)) for _ in range(1000)]
    whole = [np.concatenate([members[number] for number in numbers]) for numbers in drawn]
    return [answers for answers in whole if len(answers) >= least]


def _interval(values: Sequence[float]) -> Pair:
    low, high = np.quantile(values, [0.025, 0.975])
    return round(float(low), 4), round(float(high), 4)
