"""Whether confidence can be believed: calibration error, and what sets of emotions cover.

Nothing is fitted here: probabilities and sets come as they were answered.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.errors import EvaluationError

N_BINS = 15
"""Of a reliability diagram."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Answers of similar confidence.

    Attributes:
        confidence: mean over them
        accuracy: share of them that is right
        count: how many
    """

    confidence: float
    accuracy: float
    count: int


def reliability(
    confidence: Sequence[float] | NDArray[np.floating[Any]], right: Sequence[bool], n_bins: int = N_BINS
) -> tuple[ReliabilityBin, ...]:
    """Group answers by their confidence into bins of equal mass.

    Reference: the diagram of Niculescu-Mizil and Caruana, ICML 2005, with bins of equal mass as in
    Nixon et al., 2019 (arXiv:1904.01685).

    Args:
        confidence: of each answer, 0 to 1
        right: whether it was
        n_bins: at most as many as there are answers; sizes differ by one at most

    Raises:
        EvaluationError: no answers, lists of unequal length, a confidence beyond 0 to 1, or too many bins

    Examples:
        >>> reliability([0.9, 0.5, 0.7, 0.6], [True, False, True, True], n_bins=2)[0]
        ReliabilityBin(confidence=0.55, accuracy=0.5, count=2)
    """
    shares = np.asarray(confidence, dtype=np.float64)
    hits = np.asarray(right, dtype=bool)
    if shares.shape != hits.shape or shares.ndim != 1:
        raise EvaluationError(f"{shares.size} confidences cannot be compared with {hits.size} verdicts")
    if not 1 <= n_bins <= shares.size:
        raise EvaluationError(
            f"{shares.size} answers cannot fill {n_bins} bins; give more, or take fewer bins"
        )
    if not ((shares >= 0) & (shares <= 1)).all():
        raise EvaluationError(f"a confidence lies beyond 0 to 1: {shares.min()} to {shares.max()}")
    order = np.argsort(shares, kind="stable")
    return tuple(
        ReliabilityBin(float(shares[part].mean()), float(hits[part].mean()), len(part))
        for part in np.array_split(order, n_bins)
    )


def expected_calibration_error(
    confidence: Sequence[float] | NDArray[np.floating[Any]], right: Sequence[bool], n_bins: int = N_BINS
) -> float:
    """Compute ECE = Σ_b (n_b / N) |accuracy_b − confidence_b| over bins of equal mass.

    Reference: Guo, Pleiss, Sun and Weinberger, ICML 2017, eq. 3; equal mass as in `reliability`.

    Raises:
        EvaluationError: as `reliability`

    Examples:
        >>> round(expected_calibration_error([0.9, 0.5, 0.7, 0.6], [True, False, True, True], n_bins=2), 3)
        0.125
    """
    bins = reliability(confidence, right, n_bins)
    total = sum(each.count for each in bins)
    return sum(each.count / total * abs(each.accuracy - each.confidence) for each in bins)


def coverage(sets: Sequence[Collection[str]], truth: Sequence[str]) -> float:
    """Compute the share of sets of emotions that hold the true one.

    Reference: marginal coverage; Vovk, Gammerman and Shafer 2005, chapter 2.

    Raises:
        EvaluationError: no sets, or lists of unequal length

    Examples:
        >>> coverage([{"anger"}, {"anger", "fear"}], ["fear", "fear"])
        0.5
    """
    if len(sets) != len(truth):
        raise EvaluationError(f"{len(sets)} sets cannot be compared with {len(truth)} true labels")
    if not truth:
        raise EvaluationError("no sets were given; coverage needs at least one")
    return sum(label in named for named, label in zip(sets, truth, strict=True)) / len(truth)
