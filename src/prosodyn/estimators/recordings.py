"""Tells recordings from rows of numbers, in whatever container scikit-learn hands them on."""

from pathlib import Path
from typing import Any

import numpy as np

from prosodyn.errors import AudioError
from prosodyn.inference.clip import Spoken
from prosodyn.types import Utterance


def holds_recordings(X: Any) -> bool:
    """Tell whether a container holds recordings; anything else is a matrix of numbers, right or wrong.

    A recording is a path, an utterance or an array of samples. So a list of arrays holds waveforms,
    and a two-dimensional array of numbers holds rows of features.
    """
    if isinstance(X, list | tuple) or getattr(X, "ndim", 0) == 1:
        return any(isinstance(item, str | Path | Utterance | np.ndarray) for item in X)
    return _is_column(X) and holds_recordings(_column(X))


def recordings_of(X: Any) -> list[Spoken]:
    """List the recordings of a container.

    Args:
        X: paths, utterances or waveforms `(time,)` in a list, an array, a series or the one column of a
            table; or waveforms of one length as `(recording, time)`

    Raises:
        AudioError: no container, or none of recordings
    """
    if isinstance(X, str | Path | Utterance) or (isinstance(X, np.ndarray) and _is_one_waveform(X)):
        raise AudioError("found a single recording, expected several; put it into a list")
    if _is_column(X):
        return _column(X)
    if getattr(X, "ndim", 1) > 1 and not isinstance(X, np.ndarray):
        raise AudioError(f"found a table of the shape {X.shape}; choose the column that holds the recordings")
    try:
        return list(X)
    except TypeError as fault:
        raise AudioError(f"found {type(X).__name__}, expected a list of recordings") from fault


def _is_one_waveform(X: np.ndarray[Any, Any]) -> bool:
    return X.ndim == 0 or (X.ndim == 1 and np.issubdtype(X.dtype, np.number))


def _is_column(X: Any) -> bool:
    """Tell whether this is a table of a single column, of anything but numbers."""
    shape: tuple[int, ...] = getattr(X, "shape", ())
    if len(shape) != 2 or shape[1] != 1 or not hasattr(X, "__array__"):
        return False
    return not np.issubdtype(np.asarray(X).dtype, np.number)


def _column(X: Any) -> list[Spoken]:
    return list(np.asarray(X)[:, 0])
