"""From a configuration to the front end that it names."""

from prosodyn.config import FrontEndConfig
from prosodyn.features.logmel import LogMel
from prosodyn.features.mfcc import Mfcc
from prosodyn.features.two_spectrograms import TwoSpectrograms

FrontEnd = LogMel | Mfcc | TwoSpectrograms
"""A module with `n_features`, `lengths(samples)` and `forward(waveform, samples) -> (features, lengths)`."""

FRONT_ENDS: dict[str, type[FrontEnd]] = {"logmel": LogMel, "mfcc": Mfcc}


def build_front_end(config: FrontEndConfig) -> FrontEnd:
    """Build the front end that a configuration names."""
    if config.narrow_band:
        return TwoSpectrograms(config)
    return FRONT_ENDS[config.name](config)
