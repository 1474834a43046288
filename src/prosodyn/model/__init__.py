"""Networks: from features to logits."""

from prosodyn.model.baseline import CnnLstm
from prosodyn.model.build import build_network
from prosodyn.model.dycnn_bilstm import DyCnnBiLstm
from prosodyn.model.network import EmotionNetwork, InputShape, NetworkOutput
from prosodyn.model.waveform import WaveformNetwork, WaveformOutput, encoder_files

__all__ = [
    "CnnLstm",
    "DyCnnBiLstm",
    "EmotionNetwork",
    "InputShape",
    "NetworkOutput",
    "WaveformNetwork",
    "WaveformOutput",
    "build_network",
    "encoder_files",
]
