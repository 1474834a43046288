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
    from prosodyn.inference.recogniser import Recogniser
    from prosodyn.inference.signals import signal_embedding, signal_probabilities
    from prosodyn.types import Prediction, Split, Utterance

    load = Recogniser.load

__all__ = [
    "Prediction",
    "Recogniser",
    "Split",
    "Utterance",
    "__version__",
    "corpora",
    "errors",
    "estimators",
    "load",
    "signal_embedding",
    "signal_probabilities",
]

__version__ = "0.1.0"

_HOMES = {
    "Prediction": "prosodyn.types",
    "Recogniser": "prosodyn.inference.recogniser",
    "Split": "prosodyn.types",
    "Utterance": "prosodyn.types",
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
