"""Batches: what is held and computed at a time, so that memory does not grow with the number of files."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np

from prosodyn.formats import Failure
from prosodyn.inference.clip import Clip
from prosodyn.types import FloatArray, IntArray

WINDOW_CLIPS = 64
"""Recordings that are held in memory at a time."""

WINDOW_SECONDS = 600.0
"""Seconds of sound that are held in memory at a time; one longer recording is held alone."""

BATCH_SECONDS = 30.0
"""Seconds of sound, padding included, that an engine is given at a time, unless one recording is longer.

More fills the processor's caches: both engines then took a fifth longer for the same recordings.
"""

Heard = TypeVar("Heard", bound=Clip | Failure)


def group_in_windows(heard: Iterable[Heard]) -> Iterator[list[Heard]]:
    """Split a stream, in order, into windows that fit in memory."""
    window: list[Heard] = []
    seconds = 0.0
    for item in heard:
        duration = item.duration if isinstance(item, Clip) else 0.0
        if window and (len(window) == WINDOW_CLIPS or seconds + duration > WINDOW_SECONDS):
            yield window
            window, seconds = [], 0.0
        window.append(item)
        seconds += duration
    if window:
        yield window


def group_by_length(durations: Sequence[float]) -> Iterator[list[int]]:
    """Yield batches of similar length, as positions; each position once.

    Args:
        durations: seconds
    """
    batch: list[int] = []
    for position in sorted(range(len(durations)), key=durations.__getitem__):
        # the newest is the longest: all others would be padded to it
        if batch and durations[position] * (len(batch) + 1) > BATCH_SECONDS:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch


def pad(clips: Sequence[Clip]) -> tuple[FloatArray, IntArray]:
    """Put clips side by side.

    Returns:
        waveform `(batch, time)`, zero beyond each true end, and samples `(batch,)`
    """
    samples = np.array([len(clip.waveform) for clip in clips], dtype=np.int64)
    waveform = np.zeros((len(clips), samples.max()), dtype=np.float32)
    for row, clip in zip(waveform, clips, strict=True):
        row[: len(clip.waveform)] = clip.waveform
    return waveform, samples
