"""Front ends: from a padded batch of waveforms to features and their true lengths."""

from prosodyn.features.build import FrontEnd, build_front_end
from prosodyn.features.listener import Heard, Listener
from prosodyn.features.logmel import LogMel
from prosodyn.features.mfcc import Mfcc
from prosodyn.features.normalise import FeatureNormaliser, SummaryNormaliser
from prosodyn.features.summary import UtteranceSummary
from prosodyn.features.two_spectrograms import TwoSpectrograms

__all__ = [
    "FeatureNormaliser",
    "FrontEnd",
    "Heard",
    "Listener",
    "LogMel",
    "Mfcc",
    "SummaryNormaliser",
    "TwoSpectrograms",
    "UtteranceSummary",
    "build_front_end",
]
