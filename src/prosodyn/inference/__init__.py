"""From recordings to predictions, by a trained recogniser."""

from prosodyn.inference.recogniser import Recogniser
from prosodyn.inference.settings import TimelineSettings
from prosodyn.inference.streaming import Stream
from prosodyn.inference.turns import Turn, read_turns

__all__ = ["Recogniser", "Stream", "TimelineSettings", "Turn", "read_turns"]
