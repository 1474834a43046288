"""What is heard in a recording: speech, other human sounds, music, animals, noise, silence."""

from prosodyn.sounds.babble import babble_score
from prosodyn.sounds.classifier import BLOCK, SoundClassifier
from prosodyn.sounds.detector import THRESHOLD, SoundSpeechDetector, speech_probability
from prosodyn.sounds.groups import GROUPS, HUMAN, VOICE
from prosodyn.sounds.silero import SileroSpeechDetector

__all__ = [
    "BLOCK",
    "GROUPS",
    "HUMAN",
    "THRESHOLD",
    "VOICE",
    "SileroSpeechDetector",
    "SoundClassifier",
    "SoundSpeechDetector",
    "babble_score",
    "speech_probability",
]
