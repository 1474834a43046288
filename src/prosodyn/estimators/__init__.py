"""Estimators for scikit-learn: a recogniser's embeddings, and a classifier of one's own emotions on them.

Each is loaded when it is first used, so that `prosodyn.estimators` is there without scikit-learn as well.
"""

import importlib
from typing import TYPE_CHECKING, Any

from prosodyn.comparison.extras import needing

if TYPE_CHECKING:
    from prosodyn.estimators.classifier import EmotionClassifier
    from prosodyn.estimators.embedding import EmotionEmbedding

__all__ = ["EmotionClassifier", "EmotionEmbedding"]

_HOMES = {
    "EmotionClassifier": "prosodyn.estimators.classifier",
    "EmotionEmbedding": "prosodyn.estimators.embedding",
}


def __getattr__(name: str) -> Any:
    """Load an estimator (PEP 562).

    Raises:
        MissingExtraError: scikit-learn is not installed
    """
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    with needing("scikit-learn", "estimators", name):
        importlib.import_module("sklearn")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names, whether they have been loaded or not."""
    return sorted({*globals(), *__all__})
