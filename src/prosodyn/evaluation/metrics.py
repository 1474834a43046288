"""Scores of predicted labels against true ones.

Every function comes in two forms. The one that takes two lists of labels is for people; it checks
them, and raises instead of guessing. The one whose name ends in `_of` takes confusion matrices of
shape `(…, truth, prediction)` and is for resampling, where thousands are scored at once.

All scores are shares in [0, 1].
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from prosodyn.errors import EvaluationError
from prosodyn.types import IntArray

ShareArray = NDArray[np.float64]

MatrixScore = Callable[[IntArray], ShareArray]
"""From confusion matrices `(…, truth, prediction)` to scores `(…,)`."""


def weighted_accuracy(truth: Sequence[str], prediction: Sequence[str]) -> float:
    """Compute WA = n / N, the share of items that are recognised (overall accuracy).

    Reference: eq. 7 of the seed paper; Schuller et al., Interspeech 2009.

    Raises:
        EvaluationError: lists that are empty or of unequal length

    Examples:
        >>> weighted_accuracy(["anger", "anger", "anger", "fear"], ["anger", "anger", "fear", "fear"])
        0.75
    """
    return float(weighted_accuracy_of(_matrix(truth, prediction)))


def unweighted_accuracy(truth: Sequence[str], prediction: Sequence[str]) -> float:
    """Compute UA = (1 / C) Σ_c n_c / N_c, the mean recall of the C emotions in `truth` (UAR).

    Reference: Schuller et al., Interspeech 2009.

    Raises:
        EvaluationError: lists that are empty or of unequal length

    Examples:
        >>> unweighted_accuracy(["anger"] * 3 + ["fear"], ["anger", "anger", "anger", "anger"])
        0.5
    """
    return float(unweighted_accuracy_of(_matrix(truth, prediction)))


def macro_f1(truth: Sequence[str], prediction: Sequence[str]) -> float:
    """Compute macro-F1 = (1 / C) Σ_c 2 TP_c / (2 TP_c + FP_c + FN_c) over the C emotions in `truth`.

    Reference: the mean of F1 scores, the first of the two forms in Opitz and Burst, 2019
    (arXiv:1911.03347).

    Raises:
        EvaluationError: lists that are empty or of unequal length

    Examples:
        >>> round(macro_f1(["anger", "anger", "fear", "fear"], ["anger", "fear", "fear", "fear"]), 4)
        0.7333
    """
    return float(macro_f1_of(_matrix(truth, prediction)))


def recalls(truth: Sequence[str], prediction: Sequence[str]) -> dict[str, float]:
    """Compute the recall n_c / N_c of every emotion in `truth`, sorted by name.

    Reference: Schuller et al., Interspeech 2009.

    Raises:
        EvaluationError: lists that are empty or of unequal length

    Examples:
        >>> recalls(["anger", "anger", "fear"], ["anger", "fear", "fear"])
        {'anger': 0.5, 'fear': 1.0}
    """
    labels = _labels(truth, prediction)
    matrix = confusion_matrix(truth, prediction, labels)
    shares = row_normalised(matrix).diagonal()
    return {label: float(share) for label, share in zip(labels, shares, strict=True) if label in set(truth)}


def confusion_matrix(truth: Sequence[str], prediction: Sequence[str], labels: Sequence[str]) -> IntArray:
    """Count how often each emotion (row) was taken for each (column).

    Reference: figures 5 to 7 of the seed paper, before rows are normalised.

    Args:
        truth: the true label of every item
        prediction: the predicted label of every item
        labels: the order of rows and columns

    Returns:
        `(truth, prediction)`, counts

    Raises:
        EvaluationError: lists that are empty or of unequal length, or a label outside `labels`

    Examples:
        >>> confusion_matrix(["anger", "anger", "fear"], ["anger", "fear", "fear"], ["anger", "fear"])
        array([[1, 1],
               [0, 1]])
    """
    if len(truth) != len(prediction):
        raise EvaluationError(
            f"{len(truth)} true labels cannot be compared with {len(prediction)} predicted ones"
        )
    if not truth:
        raise EvaluationError("no labels were given; a score needs at least one item")
    place = {label: index for index, label in enumerate(labels)}
    if len(place) < len(labels):
        raise EvaluationError(f"a label stands twice in {list(labels)}")
    outside = sorted({*truth, *prediction} - set(place))
    if outside:
        raise EvaluationError(f"label '{outside[0]}' is not one of {list(labels)}")
    cells = np.array([place[t] * len(place) + place[p] for t, p in zip(truth, prediction, strict=True)])
    return np.bincount(cells, minlength=len(place) ** 2).reshape(len(place), len(place)).astype(np.int64)


def row_normalised(matrix: IntArray) -> ShareArray:
    """Divide every row of a confusion matrix by its sum: what each emotion was taken for.

    Reference: figures 5 to 7 of the seed paper.

    Args:
        matrix: `(…, truth, prediction)`, counts

    Returns:
        `(…, truth, prediction)`; NaN in the row of an emotion that never occurs, which has no recall

    Examples:
        >>> row_normalised(np.array([[1, 3], [0, 2]]))
        array([[0.25, 0.75],
               [0.  , 1.  ]])
    """
    totals = matrix.sum(axis=-1, keepdims=True)
    return np.where(totals > 0, matrix / np.maximum(totals, 1), np.nan)


def weighted_accuracy_of(matrices: IntArray) -> ShareArray:
    """Compute WA of confusion matrices `(…, truth, prediction)`, see `weighted_accuracy`."""
    right = np.trace(matrices, axis1=-2, axis2=-1)
    return np.asarray(right / matrices.sum(axis=(-2, -1)), dtype=np.float64)


def unweighted_accuracy_of(matrices: IntArray) -> ShareArray:
    """Compute UA of confusion matrices `(…, truth, prediction)`, see `unweighted_accuracy`."""
    right = np.diagonal(matrices, axis1=-2, axis2=-1)
    return _mean_over_present(right, matrices.sum(axis=-1), matrices)


def macro_f1_of(matrices: IntArray) -> ShareArray:
    """Compute macro-F1 of confusion matrices `(…, truth, prediction)`, see `macro_f1`."""
    right = np.diagonal(matrices, axis1=-2, axis2=-1)
    return _mean_over_present(2 * right, matrices.sum(axis=-1) + matrices.sum(axis=-2), matrices)


def _mean_over_present(numerator: IntArray, denominator: IntArray, matrices: IntArray) -> ShareArray:
    """Average the quotients of the emotions that occur in the truth; the others have numerator zero."""
    n_present = (matrices.sum(axis=-1) > 0).sum(axis=-1)
    quotients = numerator / np.maximum(denominator, 1)
    return np.asarray(quotients.sum(axis=-1) / n_present, dtype=np.float64)


def _labels(truth: Sequence[str], prediction: Sequence[str]) -> list[str]:
    return sorted({*truth, *prediction})


def _matrix(truth: Sequence[str], prediction: Sequence[str]) -> IntArray:
    return confusion_matrix(truth, prediction, _labels(truth, prediction))
