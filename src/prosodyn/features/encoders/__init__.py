"""Pretrained encoders at work: what they are shown, and what they make of it."""

from prosodyn.features.encoders.front_end import HOP, EncoderFrontEnd, lay_on_frames
from prosodyn.features.encoders.layers import OnnxLayers
from prosodyn.features.encoders.onnx_file import StoredIntegers, halve_model, round_to_half, stored_integers
from prosodyn.features.encoders.shown import ShownEncoder, ShownSpectrograms
from prosodyn.features.encoders.spectrogram import EncoderSpectrogram
from prosodyn.features.encoders.states import (
    MOST_VALUES,
    EncoderStates,
    Place,
    pool_over_time,
    rows_over_time,
)
from prosodyn.features.encoders.steps import Convolution, Grid, Span, States, Step

__all__ = [
    "HOP",
    "MOST_VALUES",
    "Convolution",
    "EncoderFrontEnd",
    "EncoderSpectrogram",
    "EncoderStates",
    "Grid",
    "OnnxLayers",
    "Place",
    "ShownEncoder",
    "ShownSpectrograms",
    "Span",
    "States",
    "Step",
    "StoredIntegers",
    "halve_model",
    "lay_on_frames",
    "pool_over_time",
    "round_to_half",
    "rows_over_time",
    "stored_integers",
]
