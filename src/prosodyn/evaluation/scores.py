"""From answers to the figures of a result file."""

from dataclasses import dataclass

import numpy as np

from prosodyn.evaluation.intervals import Interval, ResampledUnit, bootstrap_interval
from prosodyn.evaluation.metrics import (
    macro_f1_of,
    row_normalised,
    unweighted_accuracy_of,
    weighted_accuracy_of,
)
from prosodyn.evaluation.outcome import Answers


@dataclass(frozen=True, slots=True)
class Scores:
    """What a system scores under a protocol, pooled over all test utterances, mean over seeds.

    Attributes:
        seeds: of the training runs
        labels: order of the rows and columns of `confusion`
        wa: weighted accuracy, percent
        ua: unweighted accuracy, percent
        macro_f1: percent
        wa_interval: 95 % interval, percent
        ua_interval: 95 % interval, percent
        macro_f1_interval: 95 % interval, percent
        interval_unit: what the intervals were drawn over
        recalls: emotion to recall, percent; emotions that were never tested are missing
        confusion: `(truth, prediction)`, counts, added up over seeds
    """

    seeds: tuple[int, ...]
    labels: tuple[str, ...]
    wa: float
    ua: float
    macro_f1: float
    wa_interval: tuple[float, float]
    ua_interval: tuple[float, float]
    macro_f1_interval: tuple[float, float]
    interval_unit: ResampledUnit
    recalls: dict[str, float]
    confusion: tuple[tuple[int, ...], ...]


def score(answers: Answers) -> Scores:
    """Score what a system answered.

    Args:
        answers: pooled over folds, see `outcome.gather`

    Raises:
        EvaluationError: no answers
    """
    matrices = answers.confusions()
    confusion = matrices.sum(axis=0)
    intervals = [
        bootstrap_interval(measure, answers)
        for measure in (weighted_accuracy_of, unweighted_accuracy_of, macro_f1_of)
    ]
    shares = row_normalised(confusion).diagonal()
    return Scores(
        seeds=answers.seeds,
        labels=answers.labels,
        wa=100 * float(weighted_accuracy_of(matrices).mean()),
        ua=100 * float(unweighted_accuracy_of(matrices).mean()),
        macro_f1=100 * float(macro_f1_of(matrices).mean()),
        wa_interval=_percent(intervals[0]),
        ua_interval=_percent(intervals[1]),
        macro_f1_interval=_percent(intervals[2]),
        interval_unit=intervals[0].unit,
        recalls={
            label: 100 * float(share)
            for label, share in zip(answers.labels, shares, strict=True)
            if not np.isnan(share)
        },
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
    )


def _percent(interval: Interval) -> tuple[float, float]:
    return (100 * interval.low, 100 * interval.high)
