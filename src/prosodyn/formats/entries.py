"""The nouns as objects that JSON can hold: the keys of each, and what a key tells.

The service describes its answers by the same tables, so that nothing is written twice.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from prosodyn.diagnosis import Diagnosis, Finding
from prosodyn.timeline import Segment, Timeline
from prosodyn.types import Prediction


def _named(*names: str, **renamed: str) -> Mapping[str, str]:
    """Return a table in which a key tells the attribute of its name, or the one that it is given."""
    return MappingProxyType({name: renamed.get(name, name) for name in names})


ENTRIES: Mapping[type, Mapping[str, str]] = MappingProxyType(
    {
        Prediction: _named(
            "file", "emotion", "confidence", "best_guess", "duration", "probabilities", "adapted",
            "plausible", "familiarity", "remarks", "diagnosis", file="source", confidence="stated_confidence",
        ),
        Diagnosis: _named("fit", "speech_share", "sounds", "findings", fit="is_fit"),
        Finding: _named("kind", "severity", "where", "sentence", "advice"),
        Timeline: _named("file", "duration", "adapted", "labels", "remarks", "segments", file="source"),
        Segment: _named(
            "start", "end", "emotion", "confidence", "best_guess", "speaker", "strange", "probabilities",
            strange="is_strange",
        ),
    }
)  # fmt: skip
"""Of each noun, its keys in their order, and the attribute that each tells."""


def entry(noun: object) -> dict[str, Any]:
    """Return a noun of `ENTRIES` as an object of nothing but what JSON can hold."""
    return {key: _plain(getattr(noun, name)) for key, name in ENTRIES[type(noun)].items()}


def _plain(value: object) -> object:
    if type(value) in ENTRIES:
        return entry(value)
    if isinstance(value, Mapping):
        return dict(value)
    return [_plain(each) for each in value] if isinstance(value, tuple) else value
