"""Recognise the emotion in speech: offline, with every figure beside its protocol.

Three lines from a recording to an answer:

    import prosodyn
    recogniser = prosodyn.load()
    print(recogniser.from_file("call.wav").emotion)

The public names are listed in `__all__`. Each is loaded when it is first used, so
`import prosodyn` itself costs no time and needs no other package.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prosodyn import corpora, errors, estimators
    from prosodyn.diagnosis import Diagnosis
    from prosodyn.inference.diagnose import diagnose, diagnose_file
    from prosodyn.inference.recogniser import Recogniser
    from prosodyn.inference.settings import TimelineSettings
    from prosodyn.inference.signals import signal_embedding, signal_probabilities
    from prosodyn.inference.streaming import Stream
    from prosodyn.inference.turns import Turn, read_turns
    from prosodyn.timeline import Segment, Timeline
    from prosodyn.types import Prediction, Split, Utterance

    load = Recogniser.load

__all__ = [
    "Diagnosis",
    "Prediction",
    "Recogniser",
    "Segment",
    "Split",
    "Stream",
    "Timeline",
    "TimelineSettings",
    "Turn",
    "Utterance",
    "__version__",
    "corpora",
    "diagnose",
    "diagnose_file",
    "errors",
    "estimators",
    "load",
    "read_turns",
    "signal_embedding",
    "signal_probabilities",
]

__version__ = "0.1.0"

_HOMES = {
    "Diagnosis": "prosodyn.diagnosis",
    "Prediction": "prosodyn.types",
    "Recogniser": "prosodyn.inference.recogniser",
    "Segment": "prosodyn.timeline",
    "Split": "prosodyn.types",
    "Stream": "prosodyn.inference.streaming",
    "Timeline": "prosodyn.timeline",
    "TimelineSettings": "prosodyn.inference.settings",
    "Turn": "prosodyn.inference.turns",
    "Utterance": "prosodyn.types",
    "diagnose": "prosodyn.inference.diagnose",
    "diagnose_file": "prosodyn.inference.diagnose",
    "read_turns": "prosodyn.inference.turns",
    "signal_embedding": "prosodyn.inference.signals",
    "signal_probabilities": "prosodyn.inference.signals",
}


def __getattr__(name: str) -> Any:
    """Load a public name from its room (PEP 562)."""
    if name in {"corpora", "errors", "estimators"}:
        return importlib.import_module(f"prosodyn.{name}")
    if name == "load":
        return __getattr__("Recogniser").load
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'prosodyn' has no attribute '{name}'")


def __dir__() -> list[str]:
    """Return the public names, whether they have been loaded or not."""
    return sorted({*globals(), *__all__})
