"""Pretrained encoders at work: what they are shown, and what they make of it."""

from prosodyn.features.encoders.front_end import EncoderFrontEnd
from prosodyn.features.encoders.layers import Grid, OnnxLayers, Span, States, Step
from prosodyn.features.encoders.onnx_file import StoredIntegers, halve_model, round_to_half, stored_integers
from prosodyn.features.encoders.spectrogram import EncoderSpectrogram
from prosodyn.features.encoders.states import MOST_VALUES, EncoderStates, pool_over_time

__all__ = [
    "MOST_VALUES",
    "EncoderFrontEnd",
    "EncoderSpectrogram",
    "EncoderStates",
    "Grid",
    "OnnxLayers",
    "Span",
    "States",
    "Step",
    "StoredIntegers",
    "halve_model",
    "pool_over_time",
    "round_to_half",
    "stored_integers",
]
