"""What encoders made of sounds, kept on disk: the same sound and encoder are never computed twice."""

import hashlib
import io
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.errors import OutputError
from prosodyn.files import write_bytes

ENVIRONMENT_VARIABLE = "PROSODYN_CACHE"
"""Names the folder of the cache; without it nothing is kept, since states tell of voices."""

REVISION = "1"
"""Of the code that makes states of a sound: to be raised when it makes others."""

Array = NDArray[np.floating[Any]]


def cache_folder() -> Path | None:
    """Return the folder of the cache; None for no cache."""
    named = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(named) if named else None


def cached(waveform: Array, made_by: str, compute: Callable[[Array], Array]) -> Array:
    """Return what is made of a waveform, from the cache where it lies there, else computed and kept.

    A file that is broken is computed again; a cache that cannot be written to is done without.

    Args:
        waveform: `(time,)`
        made_by: identifies everything that the result depends on, besides the waveform
        compute: is called with the waveform
    """
    folder = cache_folder()
    if folder is None:
        return compute(waveform)
    sound = hashlib.sha256(np.ascontiguousarray(waveform, dtype="<f4").tobytes()).hexdigest()
    path = folder / "states" / REVISION / made_by / f"{sound}.npy"
    try:
        found: Array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        found = compute(waveform)
        _keep(path, found)
    return found


def _keep(path: Path, array: Array) -> None:
    content = io.BytesIO()
    np.save(content, array, allow_pickle=False)
    # a disk that is full, or not ours to write to: what was computed counts all the same
    with suppress(OutputError):
        write_bytes(path, content.getvalue())
