"""The most telling rectangles of a grid, so that neighbouring cells are named together."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rectangle = tuple[slice, slice]
"""Bands and moments."""


def telling_rectangles(
    cells: NDArray[np.floating[Any]], n_most: int, least: float = 0.0
) -> Iterator[Rectangle]:
    """Yield rectangles, the most telling first, none of which touch.

    Each is the one with the largest sum above half of the costliest cell: what it holds is half as telling
    as that on average, and whatever would make it paler is left out.

    Args:
        cells: `(band, moment)`, what each costs
        n_most: how many at most
        least: where no cell costs more, nothing is telling

    Examples:
        >>> cells = np.array([[0.0, 4.0, 3.0, 1.9, 0.0, 3.0]])
        >>> [cells[place].tolist() for place in telling_rectangles(cells, 3)]
        [[[4.0, 3.0]], [[3.0]]]
    """
    largest = float(cells.max())
    if largest <= least:
        return
    left = cells.astype(np.float64) - largest / 2
    for _ in range(n_most):
        total, place = max(_best_of_each_height(left), key=lambda found: found[0])
        if total <= 0:
            return
        yield place
        left[tuple(slice(max(0, side.start - 1), side.stop + 1) for side in place)] = -np.inf


def _best_of_each_height(cells: NDArray[np.float64]) -> Iterator[tuple[float, Rectangle]]:
    """Yield, for all neighbouring bands, the stretch with the largest sum (Bentley 1984, Kadane's scan)."""
    n_bands = len(cells)
    for low in range(n_bands):
        for high in range(low + 1, n_bands + 1):
            total, start, end = _best_stretch(cells[low:high].sum(axis=0).tolist())
            yield total, (slice(low, high), slice(start, end))


def _best_stretch(values: list[float]) -> tuple[float, int, int]:
    best = (-np.inf, 0, 0)
    total, start = 0.0, 0
    for place, value in enumerate(values):
        if total <= 0:
            total, start = 0.0, place
        total += value
        best = max(best, (total, start, place + 1), key=lambda found: found[0])
    return best
