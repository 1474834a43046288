"""Measures that tell a spoilt recording from a sound one, each with the figures its limit stands on.

The figures are of 40 recordings each of EmoDB, CASIA, RAVDESS, nEMO, CREMA-D and free speech, as they are,
through a telephone line and lossy codecs, and with noise of rain, sea and engines laid under them.
"""

import numpy as np
from numpy.typing import NDArray

from prosodyn.audio.quiet import FRAME, LEAST_POWER, is_loud
from prosodyn.types import SAMPLE_RATE, FloatArray

LEAST_RATIO = 10.0
"""dB from the quiet to the loud parts of a recording; below, noise covers the voice.

As recorded the medians of the corpora are 19 to 60, the least 11 (CREMA-D); with noise at 10 dB it is 18, at
5 dB 14, at 0 dB 10.
"""

EMPTY_BAND = -45.0
"""dB of the band above 4.2 kHz, relative to that of a voice; below, a telephone cut it off.

As recorded it is -4 to -34, through Opus and MP3 at least -40 but for sources of 8 kHz, over a telephone
-106 and less, and -55 where a codec put something back.
"""

FAR_BELOW = 25.0
"""dB; what is so much quieter than the loudest moment of a recording counts as quiet."""

LEAST_LOUD = 0.5
"""Share of what is said that is not `FAR_BELOW` the loudest moment; below, something drowns the voice.

Of 50 recordings each of EmoDB, RAVDESS, nEMO, CASIA and CREMA-D one was below it. With a bang of 0.2 s in the
middle, 30 dB above the voice's peak, the medians are 0.20 to 0.42.
"""

_MARGIN = 0.1  # seconds about what is loud
_LOUD, _QUIET = 95, 10  # percentiles of the frames' levels; single clicks and gaps are beyond them
_N_FFT = 512
_VOICE, _ABOVE = (300, 3_400), (4_200, 7_000)  # Hz; a filter's slope lies between them
_TRACE = 1e-15  # likewise


def level_range(waveform: FloatArray) -> float:
    """Return how far the loud parts stand above the quiet ones: an estimate of the signal-to-noise ratio, dB.

    It is no true ratio: noise at 10 dB makes it 18, and it stays above zero where there is nothing but noise.

    Args:
        waveform: `(time,)` at `SAMPLE_RATE`, at least 20 ms
    """
    frames = waveform[: len(waveform) // FRAME * FRAME].reshape(-1, FRAME)
    offset = waveform.mean(dtype=np.float64)  # which is no sound
    powers = np.square(frames).mean(axis=1, dtype=np.float64) - offset * (2 * frames.mean(axis=1) - offset)
    levels = 10 * np.log10(np.maximum(powers, 0) + LEAST_POWER)
    loud, quiet = np.percentile(levels, [_LOUD, _QUIET])
    return float(loud - quiet)


def loud_seconds(waveform: FloatArray) -> float:
    """Return for how long a recording is not far quieter than in its loudest moment.

    Args:
        waveform: `(time,)` at `SAMPLE_RATE`, at least one sample; an offset counts as no sound
    """
    return int(is_loud(waveform - waveform.mean(), FAR_BELOW, _MARGIN).sum()) / SAMPLE_RATE


def loudest_second(waveform: FloatArray) -> float:
    """Return when a recording is loudest, in seconds, to 20 ms."""
    frames = waveform[: len(waveform) // FRAME * FRAME].reshape(-1, FRAME)
    return int(np.square(frames).sum(axis=1).argmax()) * FRAME / SAMPLE_RATE


def upper_band(waveform: FloatArray) -> float:
    """Return how strong what lies above 4.2 kHz is, relative to 300 to 3400 Hz, dB.

    Args:
        waveform: `(time,)` at `SAMPLE_RATE`, not silent
    """
    power = np.zeros(_N_FFT // 2 + 1)
    window = np.hanning(_N_FFT).astype(np.float32)
    # a minute at a time, so that a long recording needs no more memory
    for start in range(0, len(waveform), 60 * SAMPLE_RATE):
        part = np.pad(waveform[start : start + 60 * SAMPLE_RATE], (0, _N_FFT))
        frames = np.lib.stride_tricks.sliding_window_view(part, _N_FFT)[:: _N_FFT // 2]
        power += np.square(np.abs(np.fft.rfft(frames * window))).sum(axis=0)
    voice, above = (_mean_between(power, *edges) for edges in (_VOICE, _ABOVE))
    return float(10 * np.log10((above + _TRACE) / (voice + _TRACE)))


def _mean_between(power: NDArray[np.float64], low: float, high: float) -> float:
    first, last = (round(edge * _N_FFT / SAMPLE_RATE) for edge in (low, high))
    return float(power[first:last].mean())
