"""What every method shares: what it is fitted on, and what it must be able to do once it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from prosodyn.errors import TrainingError
from prosodyn.types import IntArray

RealArray = NDArray[np.float64]

Heard = Sequence[RealArray]
"""What a system judges utterances by: one `(feature, frame)` each, of a single frame where it is a vector."""


@dataclass(frozen=True, slots=True)
class Examples:
    """What a system is fitted on: features and labels of the training side, and nothing else.

    Attributes:
        heard: one `(feature, frame)` an utterance
        targets: `(utterance,)`, index of the emotion; every emotion occurs
        n_emotions: size of the label set
    """

    heard: Heard
    targets: IntArray
    n_emotions: int

    def at(self, places: Sequence[int]) -> "Examples":
        """Return the utterances at some positions."""
        return Examples([self.heard[place] for place in places], self.targets[list(places)], self.n_emotions)

    def of(self, emotion: int) -> list[RealArray]:
        """Return the utterances of one emotion."""
        return [each for each, target in zip(self.heard, self.targets, strict=True) if target == emotion]


class Method(Protocol):
    """A fitted method: a frozen dataclass of nothing but arrays, which are what a bundle stores."""

    __dataclass_fields__: ClassVar[dict[str, Any]]
    fitted_by: ClassVar[str]
    """The package that fits it; empty where none does."""

    @classmethod
    def fit(cls, examples: Examples, value: float, seed: int) -> Self:
        """Fit to examples.

        Args:
            examples: standardised
            value: of the method's one hyper-parameter
            seed: of everything random

        Raises:
            MissingExtraError: the library that fits it is not installed
            TrainingError: there is too little to fit to
        """
        ...

    def logits(self, heard: Heard) -> RealArray:
        """Return `(utterance, emotion)`: larger is likelier; the softmax of them, tempered, is the answer."""
        ...


def as_vectors(heard: Heard) -> RealArray:
    """Put single-frame features below each other, `(utterance, feature)`."""
    return np.concatenate(heard, axis=1).T


def refuse_few_frames(emotion: Heard, n_needed: int, what: str) -> None:
    """Refuse an emotion with fewer frames than a model of it has parts.

    Raises:
        TrainingError: says how many there are
    """
    n_frames = sum(each.shape[1] for each in emotion)
    if n_frames < n_needed:
        raise TrainingError(
            f"training: an emotion has {n_frames} frames, fewer than {n_needed} {what}; give more recordings"
        )
