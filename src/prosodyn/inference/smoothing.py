"""Smoothing: which emotion each cell has, where every change from one to another costs something.

Viterbi's algorithm over a chain whose states are the emotions: the sequence of emotions e that maximises

    Σ wᵢ log pᵢ(eᵢ) − cost · (number of changes)

with p the probabilities of a cell and w its length in hops. So that it can follow a stream, a cell is
decided once `look_ahead` more have come, by tracing the best sequence so far back to it. A cell without an
answer ends a chain: after a pause an emotion may change for nothing.
"""

from collections import deque
from collections.abc import Iterator

import numpy as np

from prosodyn.inference.settings import TimelineSettings
from prosodyn.inference.windows import Cell, Probabilities
from prosodyn.types import SAMPLE_RATE, IntArray

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
        self._waiting: deque[Cell] = deque()
        self._origins: deque[IntArray] = deque()  # of each emotion of a waiting cell, that of the cell before
        self._scores: Probabilities | None = None

    def push(self, cell: Cell) -> list[Decided]:
        """Take the next cell and return those that are decided by now, in order."""
        if cell.probabilities is None:
            return [*self.flush(), (cell, None)]
        self._score(cell.probabilities, (cell.end - cell.start) / self._hop)
        self._waiting.append(cell)
        if len(self._waiting) <= self._look_ahead:
            return []
        *_, oldest = self._trace()
        self._origins.popleft()
        return [(self._waiting.popleft(), oldest)]

    def flush(self) -> list[Decided]:
        """End the chain and return the cells that are left, in order."""
        decided = list(zip(self._waiting, [*self._trace()][::-1], strict=True))
        self._waiting.clear()
        self._origins.clear()
        self._scores = None
        return list(decided)

    def _score(self, probabilities: Probabilities, weight: float) -> None:
        evidence = weight * np.log(np.maximum(probabilities, LEAST_PROBABILITY))
        origins = np.arange(len(evidence))
        if self._scores is None:
            self._scores = evidence
        else:
            best = int(np.argmax(self._scores))
            changed = self._scores[best] - self._cost
            origins = np.where(self._scores >= changed, origins, best)
            self._scores = np.maximum(self._scores, changed) + evidence
        # only differences matter; over days the sums would lose their digits
        self._scores = self._scores - self._scores.max()
        self._origins.append(origins)

    def _trace(self) -> Iterator[int]:
        """Yield the emotions of the waiting cells on the best sequence, from the newest to the oldest."""
        if self._scores is None or not self._waiting:
            return
        emotion = int(np.argmax(self._scores))
        for origins in reversed(self._origins):
            yield emotion
            emotion = int(origins[emotion])
