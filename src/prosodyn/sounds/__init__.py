"""What is heard in a recording: speech, other human sounds, music, animals, noise, silence."""

from prosodyn.sounds.classifier import BLOCK, SoundClassifier
from prosodyn.sounds.detector import SoundSpeechDetector, speech_probability
from prosodyn.sounds.groups import GROUPS, HUMAN, VOICE

__all__ = [
    "BLOCK",
    "GROUPS",
    "HUMAN",
    "VOICE",
    "SoundClassifier",
    "SoundSpeechDetector",
    "speech_probability",
]
