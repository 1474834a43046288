"""How something is said, frame by frame: fundamental frequency, voicing and energy, relative to the clip.

What a network is taught, not what it hears: none of this is part of a bundle or of a graph.
"""

import importlib.metadata

import numpy as np
from numpy.typing import NDArray

from prosodyn.errors import MissingExtraError
from prosodyn.features.encoders import HOP
from prosodyn.types import SAMPLE_RATE, FloatArray

F0, VOICING, ENERGY = range(3)
"""Rows of a contour."""

LOWEST_HZ, HIGHEST_HZ = 50.0, 800.0
"""Between a creaking and a shouting voice."""

VOICED = 0.5
"""Confidence from which the tracker's pitch is to be believed."""

STEP = 256
"""Samples from one frame of the tracker to the next; five of them are `HOP`."""

FLOOR = 1e-6
"""Of the power of a frame, relative to that of the clip: what is 60 dB below it is silence."""

_PEAK = 0.5
_REVISION = "1"
_WEIGHTS = np.array([0.5, 1.0, 1.0, 1.0, 1.0, 0.5])  # of the tracker's frames about one of ours, edge to edge


class ProsodyContours:
    """SwiftF0 (Nieradzik 2025), a network of 14 thousand weights, on the clip; its frames laid onto ours.

    Attributes:
        identity: of all that the contours depend on besides the waveform
    """

    def __init__(self) -> None:
        """Read the tracker.

        Raises:
            MissingExtraError: swift-f0 is not installed
        """
        try:
            from swift_f0 import SwiftF0
        except ImportError as fault:
            raise MissingExtraError("swift-f0", "distillation", "prosody as a teacher") from fault
        # one thread: whoever distils keeps the other cores busy
        self.tracker = SwiftF0(threads=1, spin=False)
        self.identity = f"prosody-{importlib.metadata.version('swift-f0')}-{_REVISION}"

    def __call__(self, waveform: FloatArray) -> NDArray[np.float64]:
        """Compute the contours of one clip.

        Args:
            waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`; how loud it is does not matter

        Returns:
            `(3, frame)`, `HOP` samples each: F0 in octaves above the clip's median, zero where there is no
            voice; the confidence that there is one, zero to one; energy in Bel above the clip's mean
        """
        peak = float(np.abs(waveform).max())
        heard = waveform * (_PEAK / peak) if peak > 0 else waveform  # the tracker misses what is quiet
        found = self.tracker.detect(heard, SAMPLE_RATE, fmin=LOWEST_HZ, fmax=HIGHEST_HZ)
        n_frames = -(-len(waveform) // HOP)
        f0, voicing = pool_pitch(np.log2(found.pitch_hz), found.confidence, n_frames)
        return np.stack([f0, voicing, relative_energy(waveform, n_frames)])


def pool_pitch(
    octaves: NDArray[np.float64], confidence: NDArray[np.float64], n_frames: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lay a tracker's frames onto ours, by the trapezoidal rule: each of ours is met by six of them.

    Args:
        octaves: `(step,)`, of the fundamental frequency, about every `STEP` samples from zero on
        confidence: `(step,)`, zero to one
        n_frames: that are wanted

    Returns:
        F0 in octaves above the median of the voiced steps, `(frame,)`, of the voiced steps of a frame and
        zero where none is; mean confidence, `(frame,)`
    """
    per_frame = HOP // STEP
    missing = per_frame * n_frames + 1 - len(octaves)
    # the tracker leaves out what is shorter than a step; behind the end nobody speaks
    octaves, confidence = (np.pad(each, (0, max(missing, 0))) for each in (octaves, confidence))
    is_voiced = confidence >= VOICED
    middle = np.median(octaves[is_voiced]) if is_voiced.any() else 0.0
    about = np.arange(n_frames)[:, None] * per_frame + np.arange(per_frame + 1)
    counts = _WEIGHTS * is_voiced[about]
    total = counts.sum(axis=1)
    f0 = ((octaves[about] - middle) * counts).sum(axis=1) / np.maximum(total, _WEIGHTS[0])
    return f0, (_WEIGHTS * confidence[about]).sum(axis=1) / _WEIGHTS.sum()


def relative_energy(waveform: FloatArray, n_frames: int) -> NDArray[np.float64]:
    """Compute the power of each frame of `HOP` samples relative to that of the clip, in Bel, `(frame,)`."""
    power = np.square(waveform, dtype=np.float64)
    starts = np.arange(n_frames) * HOP
    sizes = np.diff(np.append(starts, len(waveform)))
    relative = np.add.reduceat(power, starts) / sizes / max(float(power.mean()), np.finfo(np.float64).tiny)
    return np.asarray(np.log10(np.maximum(relative, FLOOR)))
