"""Pretrained encoders: what they are shown, what they make of it, and where they come from."""

from prosodyn.features.encoders.description import Encoder, encoder_names, find_encoder
from prosodyn.features.encoders.layers import OnnxLayers, Span, States, Step
from prosodyn.features.encoders.spectrogram import EncoderSpectrogram, SpectrogramConfig
from prosodyn.features.encoders.states import MOST_VALUES, EncoderStates, pool_over_time

__all__ = [
    "MOST_VALUES",
    "Encoder",
    "EncoderSpectrogram",
    "EncoderStates",
    "OnnxLayers",
    "Span",
    "SpectrogramConfig",
    "States",
    "Step",
    "encoder_names",
    "find_encoder",
    "pool_over_time",
]
