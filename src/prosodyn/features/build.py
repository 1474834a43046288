"""From a configuration to the front end that it names."""

from collections.abc import Mapping

from prosodyn.config import Encoder, FrontEndConfig
from prosodyn.features.encoders import EncoderFrontEnd, ShownSpectrograms
from prosodyn.features.logmel import LogMel
from prosodyn.features.mfcc import Mfcc
from prosodyn.features.two_spectrograms import TwoSpectrograms

FrontEnd = LogMel | Mfcc | TwoSpectrograms | EncoderFrontEnd | ShownSpectrograms
"""A module with `n_features`, `lengths(samples)` and `forward(waveform, samples) -> (features, lengths)`."""

FRONT_ENDS: dict[str, type[LogMel | Mfcc]] = {"logmel": LogMel, "mfcc": Mfcc}


def build_front_end(config: FrontEndConfig, contents: Mapping[str, bytes] | None = None) -> FrontEnd:
    """Build the front end that a configuration names.

    Args:
        config: names encoders, or else a spectrogram
        contents: of the encoders' files, by name; None for those on disk

    Raises:
        BundleError: an encoder whose file is not here, or is none
        ConfigError: blocks that an encoder does not have
        MissingExtraError: encoders, and onnx or transformers is not installed
    """
    if config.encoders and config.encoder_view == "spectrograms":
        return ShownSpectrograms([each for each in config.encoders if isinstance(each, Encoder)], contents)
    if config.encoders:
        return EncoderFrontEnd(config.encoders, contents)
    return build_spectrograms(config)


def build_spectrograms(config: FrontEndConfig) -> LogMel | Mfcc | TwoSpectrograms:
    """Build the front end of a configuration without regard to its encoders."""
    if config.narrow_band:
        return TwoSpectrograms(config)
    return FRONT_ENDS[config.name](config)
