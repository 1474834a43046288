"""What becomes of a recording: an answer, or the reason why there is none."""

from dataclasses import dataclass

from prosodyn.errors import ProsodynError
from prosodyn.types import Prediction


@dataclass(frozen=True, slots=True)
class Failure:
    """A recording that could not be recognised.

    Attributes:
        source: the file's name as it was given
        error: says what is wrong, where, and what to do instead
    """

    source: str
    error: ProsodynError


Outcome = Prediction | Failure
"""Of one recording among many: a bad one never hides the others."""
