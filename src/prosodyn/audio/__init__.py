"""Recordings: from any file, or from the caller's own samples, to a mono waveform at `SAMPLE_RATE`."""

from prosodyn.audio.blocks import BlockReader, measure_duration, open_blocks, read_blocks
from prosodyn.audio.channels import CHANNELS, find_channel, through
from prosodyn.audio.decode import SUFFIXES
from prosodyn.audio.levels import Levels
from prosodyn.audio.load import Recording, listen, load, read, utterance_waveform
from prosodyn.audio.microphone import hear_microphone
from prosodyn.audio.mixer import Mixer
from prosodyn.audio.remarks import CLIPPED, QUIET
from prosodyn.audio.samples import check_waveform, is_silent, refuse_rate, to_float

__all__ = [
    "CHANNELS",
    "CLIPPED",
    "QUIET",
    "SUFFIXES",
    "BlockReader",
    "Levels",
    "Mixer",
    "Recording",
    "check_waveform",
    "find_channel",
    "hear_microphone",
    "is_silent",
    "listen",
    "load",
    "measure_duration",
    "open_blocks",
    "read",
    "read_blocks",
    "refuse_rate",
    "through",
    "to_float",
    "utterance_waveform",
]
