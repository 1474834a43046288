"""A fitted system: what standardises the features, and the method that judges by them; and its arrays."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from numpy.typing import NDArray

from prosodyn.comparison.method import Examples, Heard, Method, RealArray
from prosodyn.comparison.standardise import Standardiser
from prosodyn.errors import BundleError

Arrays = Mapping[str, NDArray[Any]]
"""Name to array, as a bundle stores them: `standardiser.mean`, `method.weights`, …"""


@dataclass(frozen=True, slots=True)
class FittedSystem:
    """From what was heard of utterances to logits.

    Attributes:
        standardiser: fitted on the training side, like the method
        method: hears standardised features only
    """

    standardiser: Standardiser
    method: Method

    @classmethod
    def fit(cls, method: type[Method], examples: Examples, value: float, seed: int) -> "FittedSystem":
        """Fit to examples; see `Method.fit`."""
        standardiser = Standardiser.fit(examples.heard)
        standardised = dataclasses.replace(examples, heard=standardiser.apply(examples.heard))
        return cls(standardiser, method.fit(standardised, value, seed))

    def logits(self, heard: Heard) -> RealArray:
        """Return the logits of utterances, `(utterance, emotion)`."""
        return self.method.logits(self.standardiser.apply(heard))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return all that was fitted, by name."""
        return {
            f"{part.name}.{field.name}": getattr(getattr(self, part.name), field.name)
            for part in dataclasses.fields(self)
            for field in dataclasses.fields(getattr(self, part.name))
        }

    @classmethod
    def from_arrays(cls, method: type[Method], arrays: Arrays, where: str) -> "FittedSystem":
        """Put a system together again.

        Args:
            method: that was fitted
            arrays: of `arrays`
            where: names their bundle in error messages

        Raises:
            BundleError: the arrays are not those of such a system
        """
        parts: dict[str, type[Any]] = {"standardiser": Standardiser, "method": cast("type[Any]", method)}
        names = {part: [field.name for field in dataclasses.fields(kind)] for part, kind in parts.items()}
        expected = {f"{part}.{name}" for part, fields in names.items() for name in fields}
        if set(arrays) != expected:
            raise BundleError(
                f"{where}: holds the arrays {sorted(arrays)}, expected {sorted(expected)}; copy it again"
            )
        return cls(
            **{
                part: kind(**{name: arrays[f"{part}.{name}"] for name in names[part]})
                for part, kind in parts.items()
            }
        )
