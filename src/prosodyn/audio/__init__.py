"""Recordings: from any file, or from the caller's own samples, to a mono waveform at `SAMPLE_RATE`."""

from prosodyn.audio.channels import CHANNELS, find_channel, through
from prosodyn.audio.decode import SUFFIXES
from prosodyn.audio.levels import Levels
from prosodyn.audio.load import Recording, listen, load, read, utterance_waveform
from prosodyn.audio.samples import check_waveform

__all__ = [
    "CHANNELS",
    "SUFFIXES",
    "Levels",
    "Recording",
    "check_waveform",
    "find_channel",
    "listen",
    "load",
    "read",
    "through",
    "utterance_waveform",
]
