"""The k nearest neighbours."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from prosodyn.comparison.method import Examples, Heard, RealArray, as_vectors
from prosodyn.types import IntArray


@dataclass(frozen=True, slots=True)
class NearestNeighbours:
    """The training side, learnt by heart, and how many of it vote.

    The logits are the logarithms of the emotions' votes, each counted once more, so that no
    emotion is impossible.

    Attributes:
        vectors: `(utterance, feature)`
        targets: `(utterance,)`, index of the emotion
        n_votes: `()`, k
        n_emotions: `()`
    """

    fitted_by: ClassVar[str] = ""

    vectors: RealArray
    targets: IntArray
    n_votes: IntArray
    n_emotions: IntArray

    @classmethod
    def fit(cls, examples: Examples, value: float, seed: int) -> "NearestNeighbours":
        """Keep the examples, and `value` as k; of fewer examples all vote."""
        del seed  # nothing is random
        n_votes = min(int(value), len(examples.targets))
        return cls(
            as_vectors(examples.heard), examples.targets, np.array(n_votes), np.array(examples.n_emotions)
        )

    def logits(self, heard: Heard) -> RealArray:
        """Return the log votes of the nearest by Euclidean distance, `(utterance, emotion)`."""
        votes = np.ones((len(heard), int(self.n_emotions)))
        for row, vector in zip(votes, as_vectors(heard), strict=True):
            distances = np.square(self.vectors - vector).sum(axis=1)
            nearest = np.argsort(distances, kind="stable")[: int(self.n_votes)]
            np.add.at(row, self.targets[nearest], 1)
        return np.log(votes)
