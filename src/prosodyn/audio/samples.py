"""From samples of any rate and any number of channels to one checked waveform at `SAMPLE_RATE`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.audio.mixer import Mixer, Seen
from prosodyn.errors import EmptyAudioError, InvalidSamplesError, SilentAudioError
from prosodyn.types import FloatArray

LOWEST_RATE, HIGHEST_RATE = 4_000, 768_000
"""Hz; no recorder of speech works outside, but a damaged header may say so."""

_SILENCE = 1e-4  # -80 dB of full scale

# subtracted, then divided by
_PCM_SCALES = {
    np.dtype(np.uint8): (128, 128),
    np.dtype(np.int8): (0, 128),
    np.dtype(np.int16): (0, 32_768),
    np.dtype(np.int32): (0, 2_147_483_648),
}


@dataclass(frozen=True, slots=True)
class Mix:
    """Samples mixed to one channel and resampled, and what was seen on the way.

    Attributes:
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`
        seen: before and after
    """

    waveform: FloatArray
    seen: Seen


def mix(blocks: Iterable[FloatArray], sample_rate: int, name: str, start: float = 0.0) -> Mix:
    """Average the channels and resample, as `Mixer` does, to one waveform.

    Args:
        blocks: `(time, channel)` each
        sample_rate: Hz
        name: of the recording, for the error's message
        start: where the first block lies in the recording, seconds, for the error's message

    Raises:
        InvalidSamplesError: a sample is not a finite number, or of another scale than [-1, 1]
    """
    mixer = Mixer(sample_rate, name, start)
    pieces = [mixer.take(block) for block in blocks]
    return Mix(np.concatenate([*pieces, mixer.end()]), mixer.seen)


def refuse_unusable(seen: Seen, name: str) -> None:
    """Raise where there is nothing to listen to.

    Raises:
        EmptyAudioError: no samples
        SilentAudioError: all the same value, or below -80 dB of full scale
    """
    if seen.n_frames == 0 or seen.n_samples == 0:
        raise EmptyAudioError(
            f"{name}: holds {seen.n_frames} samples, too few to hear; record or copy it again"
        )
    if seen.swing < _SILENCE <= seen.levels.channel_swing:
        raise SilentAudioError(f"{name}: its channels cancel each other out when mixed; take one of them")
    if seen.swing < _SILENCE:
        raise SilentAudioError(f"{name}: holds no sound, its samples hardly differ; check the microphone")


def is_silent(waveform: FloatArray) -> bool:
    """Tell whether samples, `(time,)`, are no sound: what `check_waveform` would refuse as silent."""
    return len(waveform) == 0 or float(waveform.max() - waveform.min()) / 2 < _SILENCE


def check_waveform(waveform: NDArray[Any], sample_rate: int, *, name: str = "waveform") -> FloatArray:
    """Check samples that the caller holds and bring them to `SAMPLE_RATE`.

    Args:
        waveform: `(time,)`, floating point in [-1, 1] or PCM as uint8, int8, int16 or int32; never changed.
            One channel: which axis of two is the channel cannot be told, so that the caller averages
        sample_rate: Hz
        name: of the waveform, for the error's message

    Returns:
        `(time,)` in [-1, 1] at `SAMPLE_RATE`, a new array

    Raises:
        InvalidSamplesError: not an array, not one channel, not of a usable type, scale or rate, not finite
        EmptyAudioError: no samples
        SilentAudioError: samples, but no sound
    """
    return mix_waveform(waveform, sample_rate, name).waveform


def mix_waveform(waveform: NDArray[Any], sample_rate: int, name: str) -> Mix:
    """Check samples as `check_waveform`, and tell what was seen on the way."""
    samples = to_float(waveform, name)
    refuse_rate(sample_rate, name)
    mixed = mix([samples[:, np.newaxis]], sample_rate, name)
    refuse_unusable(mixed.seen, name)
    return mixed


def refuse_rate(sample_rate: Any, name: str) -> None:
    """Raise where a rate is none that a recorder of speech works at.

    Raises:
        InvalidSamplesError: not a whole number, or outside `LOWEST_RATE` to `HIGHEST_RATE`
    """
    is_number = isinstance(sample_rate, int | float | np.integer | np.floating)
    # infinity and NaN leave NaN, which is true
    if not is_number or sample_rate % 1 or not LOWEST_RATE <= sample_rate <= HIGHEST_RATE:
        raise InvalidSamplesError(
            f"{name}: sampled at {sample_rate!r} Hz, "
            f"expected a whole number from {LOWEST_RATE} to {HIGHEST_RATE}"
        )


def to_float(waveform: NDArray[Any], name: str) -> FloatArray:
    """Return samples, `(time,)`, as float32, PCM divided by its full scale.

    Raises:
        InvalidSamplesError: not an array, not one channel, or not of a usable type
    """
    if not isinstance(waveform, np.ndarray):
        raise InvalidSamplesError(f"{name}: is {type(waveform).__name__}, expected a numpy array")
    if waveform.ndim != 1:
        raise InvalidSamplesError(
            f"{name}: has the shape {waveform.shape}, expected (time,); average the channels first"
        )
    if np.issubdtype(waveform.dtype, np.floating):
        # a value too large for float32 becomes infinite, and is refused as such
        with np.errstate(over="ignore"):
            return waveform.astype(np.float32)
    if waveform.dtype not in _PCM_SCALES:
        expected = ", ".join(str(dtype) for dtype in _PCM_SCALES)
        raise InvalidSamplesError(f"{name}: holds {waveform.dtype}, expected floating point, {expected}")
    zero, full_scale = _PCM_SCALES[waveform.dtype]
    return (waveform.astype(np.float32) - zero) / np.float32(full_scale)
