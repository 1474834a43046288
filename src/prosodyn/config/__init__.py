"""Every setting of a run: frozen dataclasses; impossible values are refused."""

from prosodyn.config.distillation import (
    PITCH_TEACHER,
    DistillationConfig,
    DistillationWeights,
    SpeechAugmentConfig,
)
from prosodyn.config.encoder import Encoder, SpectrogramConfig
from prosodyn.config.experiment import Experiment
from prosodyn.config.front_end import FrontEndConfig
from prosodyn.config.hub_encoder import AnyEncoder, HubEncoder
from prosodyn.config.network import NetworkConfig
from prosodyn.config.training import AugmentConfig, TrainingConfig

__all__ = [
    "PITCH_TEACHER",
    "AnyEncoder",
    "AugmentConfig",
    "DistillationConfig",
    "DistillationWeights",
    "Encoder",
    "Experiment",
    "FrontEndConfig",
    "HubEncoder",
    "NetworkConfig",
    "SpectrogramConfig",
    "SpeechAugmentConfig",
    "TrainingConfig",
]
