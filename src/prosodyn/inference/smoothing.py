"""Smoothing: which emotion each cell has, where every change from one to another costs something.

Viterbi's algorithm over a chain whose states are the emotions: the sequence of emotions e that maximises

    Σ wᵢ log pᵢ(eᵢ) − cost · (number of changes)

with p the probabilities of a cell and w its length in hops. So that it can follow a stream, a cell is
decided once `look_ahead` more have come: as the first of the best sequence of these, from the emotion that
was decided before. With three, hardly a decision differs from one that knows all to come. A cell without
an answer ends a chain: after a pause an emotion may change for nothing.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from prosodyn.inference.settings import TimelineSettings
from prosodyn.inference.windows import Cell, Probabilities
from prosodyn.types import SAMPLE_RATE

LEAST_PROBABILITY = 1e-6
"""What is less counts as much, so that no single cell can outweigh all others."""

Decided = tuple[Cell, int | None]
"""A cell and its emotion, as the position of the label; None where nothing was answered."""


class Smoother:
    """Decides the emotions of cells as they come."""

    def __init__(self, settings: TimelineSettings) -> None:
        """Begin a recording."""
        self._cost, self._look_ahead = settings.switch_cost, settings.look_ahead
        self._hop = round(settings.hop * SAMPLE_RATE)
        self._waiting: deque[tuple[Cell, Probabilities]] = deque()  # with their evidence
        self._before: int | None = None

    def push(self, cell: Cell) -> list[Decided]:
        """Take the next cell and return those that are decided by now, in order."""
        if cell.probabilities is None:
            return [*self.flush(), (cell, None)]
        weight = (cell.end - cell.start) / self._hop
        evidence = weight * np.log(np.maximum(cell.probabilities, LEAST_PROBABILITY))
        self._waiting.append((cell, evidence))
        if len(self._waiting) <= self._look_ahead:
            return []
        self._before = self._best()[0]
        oldest, _ = self._waiting.popleft()
        return [(oldest, self._before)]

    def flush(self) -> list[Decided]:
        """End the chain and return the cells that are left, in order."""
        cells = [cell for cell, _ in self._waiting]
        decided: list[Decided] = list(zip(cells, self._best() if cells else [], strict=True))
        self._waiting.clear()
        self._before = None
        return decided

    def _best(self) -> list[int]:
        evidence = np.stack([evidence for _, evidence in self._waiting])
        return best_sequence(evidence, self._cost, self._before)


def best_sequence(evidence: NDArray[np.float64], cost: float, before: int | None = None) -> list[int]:
    """Return the emotions with the most evidence, less what their changes cost.

    Args:
        evidence: `(cell, emotion)`, at least one cell
        cost: of each change
        before: the emotion of the cell before the first, a change from which costs as much; None for any
    """
    scores, emotions = evidence[0].copy(), np.arange(evidence.shape[1])
    if before is not None:
        scores -= cost * (emotions != before)
    origins = []  # of each emotion of a cell, that of the cell before on the best sequence to it
    for row in evidence[1:]:
        best = int(np.argmax(scores))
        changed = scores[best] - cost
        origins.append(np.where(scores >= changed, emotions, best))
        scores = np.maximum(scores, changed) + row
    sequence = [int(np.argmax(scores))]
    for origin in reversed(origins):
        sequence.append(int(origin[sequence[-1]]))
    return sequence[::-1]
