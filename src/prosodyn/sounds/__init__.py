"""What is heard in a recording: speech, other human sounds, music, animals, noise, silence."""

from prosodyn.sounds.babble import babble_score
from prosodyn.sounds.classifier import BLOCK, SoundClassifier
from prosodyn.sounds.detector import THRESHOLD, SoundSpeechDetector, speech_probability
from prosodyn.sounds.groups import GROUPS, HUMAN, VOICE

__all__ = [
    "BLOCK",
    "GROUPS",
    "HUMAN",
    "THRESHOLD",
    "VOICE",
    "SoundClassifier",
    "SoundSpeechDetector",
    "babble_score",
    "speech_probability",
]
