"""Feature sets: what a system gets to hear of a waveform."""

from typing import Literal, Protocol

from prosodyn.comparison.extras import needing
from prosodyn.comparison.functionals import Functionals
from prosodyn.comparison.method import RealArray
from prosodyn.config import FrontEndConfig
from prosodyn.errors import ConfigError
from prosodyn.types import FloatArray

FeatureSetName = Literal["frames", "statistics", "states", "egemaps", "compare"]
"""A front end's frames, their statistics over time, encoders' pooled states, or one of openSMILE's sets."""

ENCODERS = ("speech-embedding", "yamnet")
"""Whose states are pooled."""


class FeatureSet(Protocol):
    """From one waveform to what a system judges it by."""

    def __call__(self, waveform: FloatArray) -> RealArray:
        """Compute the features of `(time,)` at `SAMPLE_RATE`: `(feature, frame)`, one frame for a vector."""
        ...


def build_feature_set(name: FeatureSetName, front_end: FrontEndConfig | None) -> FeatureSet:
    """Build the feature set of a name.

    Args:
        name: of the feature set
        front_end: gives the frames; None for encoders and openSMILE, which have their own

    Raises:
        ConfigError: a front end is missing, or has no place
        BundleError: an encoder's file is not here
        MissingExtraError: torch or opensmile is not installed
    """
    if name == "states":
        with needing("torch", "train", "an encoder"):
            from prosodyn.comparison.states import PooledStates
        return PooledStates(ENCODERS)
    if name in ("egemaps", "compare"):
        if front_end is not None:
            raise ConfigError(f"front_end: expected none for openSMILE's '{name}', found '{front_end.name}'")
        return Functionals(name)
    if front_end is None:
        raise ConfigError(f"front_end: expected one to give the {name}, found none")
    with needing("torch", "train", "a front end"):
        from prosodyn.comparison.spectra import Frames, Statistics
    return (Frames if name == "frames" else Statistics)(front_end)
