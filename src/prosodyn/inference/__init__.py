"""From recordings to predictions, by a trained recogniser."""

from prosodyn.inference.recogniser import Recogniser

__all__ = ["Recogniser"]
