"""How the recordings sound that a recogniser learnt from, and how far others lie from them.

What is compared is the mean of each feature over a recording, before any normalisation: the voice, the
microphone, the room and the language. Recordings of one kind differ along few directions; what lies off
these is of another kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prosodyn.errors import BundleError
from prosodyn.types import LEAST_SCALE

Numbers = NDArray[np.float64]

N_DIRECTIONS = 16
"""At most; of 0, 2, 4, 8 and 16 what told nEMO best, which carries no bar, by recognisers of EmoDB."""

N_QUANTILES = 200
"""Steps in which the distances are kept, half a percent each."""


@dataclass(frozen=True)
class Familiar:
    """What recordings sound like, and how far those of strangers lay from them.

    Attributes:
        mean: of each feature
        scale: of each feature, its standard deviation over the recordings
        directions: orthonormal, along which the recordings differ most, in units of `scale`
        distances: of recordings whose speakers were held out, ascending, at even steps of their rank

    Raises:
        BundleError: lengths that do not agree, or no distances
    """

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    directions: tuple[tuple[float, ...], ...]
    distances: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what nothing can be compared with."""
        lengths = {len(self.scale), *map(len, self.directions)} | {len(self.mean)}
        if len(lengths) != 1 or not self.mean or not self.distances or min(self.scale) <= 0:
            raise BundleError(
                "card: familiar: expected as many numbers in scale, above zero, and in each direction as in "
                f"mean, and at least one distance, found {sorted(lengths)} and {len(self.distances)}"
            )

    @classmethod
    def of(cls, groups: Sequence[Numbers]) -> "Familiar":
        """Learn what the recordings of several groups of speakers sound like; each is held out in turn.

        Args:
            groups: `(recording, feature)` each; two groups at least, no speaker in two of them
        """
        held_out = []
        for place, group in enumerate(groups):
            others = _Space.of(np.concatenate([*groups[:place], *groups[place + 1 :]]))
            held_out.append(others.distance(group))
        steps = np.quantile(np.concatenate(held_out), np.linspace(0, 1, N_QUANTILES + 1))
        space = _Space.of(np.concatenate(groups))
        return cls(
            tuple(space.mean.round(4).tolist()),
            tuple(space.scale.round(4).tolist()),
            tuple(map(tuple, space.directions.round(4).tolist())),
            tuple(steps.round(5).tolist()),
        )

    def familiarity(self, sounds: Numbers) -> Numbers:
        """Return which share of strangers' recordings lay as far off or farther, `(recording,)`, 0 to 1.

        Of recordings like those held out, a share of p has a familiarity of p or less, whatever p.

        Reference: conformal p-values; Bates, Candès, Lei, Romano and Sesia, Annals of Statistics 2023.

        Args:
            sounds: `(recording, feature)`
        """
        distances = self._space.distance(sounds)
        return np.asarray(1 - np.searchsorted(self.distances, distances, side="left") / len(self.distances))

    @cached_property
    def _space(self) -> "_Space":
        # there may be no directions
        directions = np.array(self.directions).reshape(-1, len(self.mean))
        return _Space(np.array(self.mean), np.array(self.scale), directions)


class _Space(NamedTuple):
    """Where recordings lie: `(feature,)`, `(feature,)` and `(direction, feature)`."""

    mean: Numbers
    scale: Numbers
    directions: Numbers

    @classmethod
    def of(cls, sounds: Numbers) -> "_Space":
        mean, scale = sounds.mean(axis=0), np.maximum(sounds.std(axis=0), LEAST_SCALE)
        _, _, directions = np.linalg.svd((sounds - mean) / scale, full_matrices=False)
        # a few recordings tell no direction from chance
        return cls(mean, scale, directions[: min(N_DIRECTIONS, len(sounds) // 10)])

    def distance(self, sounds: Numbers) -> Numbers:
        """Return how far recordings lie off the directions, `(recording,)`: a mean square a feature.

        Reference: the residual of Wang, Li, Feng and Zhang, CVPR 2022, section 3, on means of features.
        """
        units = (sounds - self.mean) / self.scale
        rest = units - units @ self.directions.T @ self.directions
        return np.asarray(np.square(rest).mean(axis=1))
