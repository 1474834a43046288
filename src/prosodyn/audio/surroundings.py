"""Where a voice is heard: in a room that echoes, or beside a noise.

Both are pure functions as the channels are, so that what is measured by them can be measured again.
"""

import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from prosodyn.types import SAMPLE_RATE, FloatArray

NOISE_RATIO = 10.0
"""dB; of the mean power of the voice to that of the noise: a street, or a fan nearby."""

_LOWEST = 50.0  # Hz; the noise does not grow below

DECAY_SECONDS = 0.6
"""Until the echoes have fallen by 60 dB: a meeting room without carpets."""

ECHO_RATIO = 3.0
"""dB; of the power of what comes straight to that of all echoes: a microphone across the table."""

_FIRST_ECHO = 0.002  # seconds


def noise(waveform: FloatArray) -> FloatArray:
    """Add pink noise, whose power falls by 3 dB an octave, `NOISE_RATIO` dB below a voice.

    Every recording has a noise of its own, and always the same.

    Args:
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`; silence stays silence

    Returns:
        `(time,)` likewise
    """
    n_samples = len(waveform)
    rng = np.random.default_rng(zlib.crc32(waveform.tobytes()))
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(n_samples, 1 / SAMPLE_RATE), _LOWEST))
    pink = np.fft.irfft(spectrum, n_samples)
    share = 10 ** (-NOISE_RATIO / 10)
    gain = np.sqrt(share * np.mean(np.square(waveform, dtype=np.float64)) / np.mean(pink**2))
    return _within(waveform + gain * pink)


def room(waveform: FloatArray) -> FloatArray:
    """Let echoes follow a voice, whose power falls exponentially (Polack 1988; Lebart et al. 2001).

    What comes straight stays in its place, and all together is about as loud as before.

    Args:
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`

    Returns:
        `(time,)` likewise; echoes of its end are cut off
    """
    response = _response()
    size = len(waveform) + len(response)
    heard = np.fft.irfft(np.fft.rfft(waveform, size) * np.fft.rfft(response, size), size)
    return _within(heard[: len(waveform)])


@cache
def _response() -> NDArray[np.float64]:
    """Return what the room makes of one click, `(time,)`."""
    time = np.arange(round(DECAY_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    tail = np.random.default_rng(0).standard_normal(len(time)) * 10 ** (-3 * time / DECAY_SECONDS)
    tail[time < _FIRST_ECHO] = 0.0
    tail *= np.sqrt(10 ** (-ECHO_RATIO / 10) / np.sum(tail**2))
    tail[0] = 1.0
    return np.asarray(tail / np.sqrt(np.sum(tail**2)), dtype=np.float64)


def _within(waveform: NDArray[np.float64]) -> FloatArray:
    return np.clip(waveform, -1.0, 1.0).astype(np.float32)
