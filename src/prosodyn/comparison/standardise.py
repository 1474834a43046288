"""Zero mean and unit variance per feature, fitted on the training side only."""

from dataclasses import dataclass

import numpy as np

from prosodyn.comparison.method import Heard, RealArray

SMALLEST_SCALE = 1e-9
"""A feature that deviates less, relative to its mean, is a constant: it is centred and left alone."""


@dataclass(frozen=True, slots=True)
class Standardiser:
    """What is subtracted from every feature, and what it is then divided by.

    Attributes:
        mean: `(feature,)`
        scale: `(feature,)`, above zero
    """

    mean: RealArray
    scale: RealArray

    @classmethod
    def fit(cls, heard: Heard) -> "Standardiser":
        """Take mean and standard deviation over all frames of all utterances."""
        frames = np.concatenate(heard, axis=1)
        mean, deviation = frames.mean(axis=1), frames.std(axis=1)
        constant = deviation <= SMALLEST_SCALE * np.maximum(1.0, np.abs(mean))
        return cls(mean, np.where(constant, 1.0, deviation))

    def apply(self, heard: Heard) -> list[RealArray]:
        """Standardise utterances, each `(feature, frame)`."""
        return [(each - self.mean[:, None]) / self.scale[:, None] for each in heard]
