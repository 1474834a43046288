"""What a recording sounds like, in numbers that level, offset, coding and mild noise hardly change.

A fingerprint looks at a sound twice. Its *modulation* is a short vector without any place in time,
so that all pairs of a corpus are compared by one product of matrices; it finds the few pairs that
may be one take. Its *outline* is the sound itself, made small; two of them are laid over each other
at every shift, and only the same take agrees with itself throughout.
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from prosodyn.types import SAMPLE_RATE, FloatArray

WINDOW, HOP = 512, 320
"""Samples, 32 ms and 20 ms: 50 levels a second, enough for modulations of up to 10 Hz."""

BAND_EDGES = np.geomspace(300.0, 3400.0, 17)
"""Hz; sixteen bands inside what telephones and low bit rates leave of a voice."""

RATES = np.arange(0.5, 10.01, 0.25)
"""Hz, of the modulations: syllables come at 3 to 8 Hz. Slower ones tell the duration and little else."""

OUTLINE_DIVISOR = 4
"""The outline is sampled at 4 kHz and so ends at 2 kHz, above which codecs invent more than they keep."""

OUTLINE_LOWEST = 300.0
"""Hz; below it are hum and handling noise, which many recordings of one room share."""

LEVEL_WINDOW = 200
"""Samples of the outline, 50 ms, over which its level is evened out."""

LEVEL_FLOOR = 0.3
"""Share of the mean level; what is quieter is not raised to the rest, since it may be noise alone."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """What is compared of one recording.

    Attributes:
        digest: of the samples at 16 bits, without digital silence before and behind
        modulation: `(band * rate,)`, a unit vector; zero where nothing lies in the bands
        outline: `(time,)`, from 300 to 2000 Hz, with an even level
    """

    digest: str
    modulation: FloatArray
    outline: NDArray[np.float16]


def fingerprint(waveform: FloatArray) -> Fingerprint:
    """Compute the fingerprint of a recording.

    Args:
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`, at least one sample
    """
    return Fingerprint(sample_digest(waveform), modulation(waveform), outline(waveform))


def sample_digest(waveform: FloatArray) -> str:
    """Return the SHA-256 of the samples at 16 bits, digital silence at both ends left out.

    So that a copy in another container, in deeper words or with silence around it has the same.
    """
    pcm = np.round(waveform * 32_768).astype("<i4")
    sounding = np.flatnonzero(pcm)
    kept = pcm[sounding[0] : sounding[-1] + 1] if len(sounding) else pcm[:0]
    return hashlib.sha256(kept.tobytes()).hexdigest()


def modulation(waveform: FloatArray) -> FloatArray:
    """Describe how strongly the levels of the bands rise and fall, at which rates.

    The magnitude of a Fourier transform does not tell where in time a sound lies, silence adds
    nothing to it, and a unit vector has no level. The idea is that of the modulation spectrogram
    (Greenberg and Kingsbury, ICASSP 1997), taken over the whole recording.

    Returns:
        `(band * rate,)`, of length one
    """
    levels = _band_levels(waveform)
    seconds = np.arange(len(levels)) * (HOP / SAMPLE_RATE)
    turns = np.exp(-2j * np.pi * RATES[:, np.newaxis] * seconds)
    strengths = np.abs(turns @ levels).ravel()
    unit: FloatArray = (strengths / _length(strengths)).astype(np.float32)
    return unit


def outline(waveform: FloatArray) -> NDArray[np.float16]:
    """Return the sound between 300 and 2000 Hz at 4 kHz, with an even level.

    A loud vowel would otherwise outweigh all else, and two takes may well agree in one vowel.

    Returns:
        `(time,)`, half precision so that ten thousand recordings fit into memory
    """
    n_points = -(-len(waveform) // (2 * OUTLINE_DIVISOR)) * 2 * OUTLINE_DIVISOR
    spectrum = np.fft.rfft(waveform, n_points)
    kept = spectrum[: n_points // (2 * OUTLINE_DIVISOR) + 1].copy()
    kept[: int(np.ceil(OUTLINE_LOWEST * n_points / SAMPLE_RATE))] = 0
    small = np.fft.irfft(kept, n_points // OUTLINE_DIVISOR)
    padded = np.pad(small**2, (LEVEL_WINDOW // 2, LEVEL_WINDOW - LEVEL_WINDOW // 2))
    sums = np.cumsum(padded)
    level = np.sqrt(np.maximum(sums[LEVEL_WINDOW:] - sums[:-LEVEL_WINDOW], 0) / LEVEL_WINDOW)
    even = small / np.maximum(level + LEVEL_FLOOR * np.sqrt(np.mean(small**2)), np.finfo(np.float32).tiny)
    halved: NDArray[np.float16] = even.astype(np.float16)
    return halved


def _band_levels(waveform: FloatArray) -> NDArray[np.float64]:
    """Return the amplitude in every band and frame, `(frame, band)`."""
    padded = np.pad(waveform, WINDOW)
    frames = sliding_window_view(padded, WINDOW)[::HOP] * np.hanning(WINDOW).astype(np.float32)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    frequencies = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)
    bands = (frequencies[:, np.newaxis] >= BAND_EDGES[:-1]) & (frequencies[:, np.newaxis] < BAND_EDGES[1:])
    levels: NDArray[np.float64] = np.sqrt(power @ bands.astype(np.float64))
    return levels


def _length(vector: NDArray[np.float64]) -> float:
    """Return the length of a vector, more than zero."""
    return max(float(np.linalg.norm(vector)), float(np.finfo(np.float32).tiny))
