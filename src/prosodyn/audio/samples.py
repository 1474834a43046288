"""From samples of any rate and any number of channels to one checked waveform at `SAMPLE_RATE`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from prosodyn.audio.levels import LevelMeter, Levels
from prosodyn.errors import EmptyAudioError, InvalidSamplesError, SilentAudioError
from prosodyn.types import SAMPLE_RATE, FloatArray

LOWEST_RATE, HIGHEST_RATE = 4_000, 768_000
"""Hz; no recorder of speech works outside, but a damaged header may say so."""

_SILENCE = 1e-4  # -80 dB of full scale
_LARGEST = 4.0  # lossy codecs and mixing overshoot full scale a little; beyond this the scale is another

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
        n_frames: samples of each channel before resampling
        swing: half the distance from the lowest to the highest sample once mixed; zero for an offset
        levels: of the channels before mixing; the peak is more than one where the waveform had to be clipped
    """

    waveform: FloatArray
    n_frames: int
    swing: float
    levels: Levels


def mix(blocks: Iterable[FloatArray], sample_rate: int, name: str, start: float = 0.0) -> Mix:
    """Average the channels and resample, block by block.

    Resampling is by soxr's high quality recipe; at `SAMPLE_RATE` nothing is changed. What lies beyond
    full scale is clipped.

    Args:
        blocks: `(time, channel)` each
        sample_rate: Hz
        name: of the recording, for the error's message
        start: where the first block lies in the recording, seconds, for the error's message

    Raises:
        InvalidSamplesError: a sample is not a finite number
    """
    resampler = soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
    pieces, mono_meter, meter = [], LevelMeter(), LevelMeter()
    n_frames = 0
    for block in blocks:
        _refuse_non_finite(block, name, start + n_frames / sample_rate, sample_rate)
        # (time, channel) -> (channel, time), along which numpy is several times as fast
        channels = np.ascontiguousarray(block.T)
        mono = channels.mean(axis=0)
        meter.add(channels)
        if len(channels) > 1:
            mono_meter.add(mono[np.newaxis])
        n_frames += len(block)
        pieces.append(resampler.resample_chunk(mono))
    pieces.append(resampler.resample_chunk(np.empty(0, dtype=np.float32), last=True))
    waveform = np.concatenate(pieces)
    # both what came beyond full scale and what the filter's ringing added
    np.clip(waveform, -1.0, 1.0, out=waveform)
    levels = meter.levels
    return Mix(
        waveform=waveform,
        n_frames=n_frames,
        swing=levels.channel_swing if len(levels.swings) == 1 else mono_meter.levels.channel_swing,
        levels=levels,
    )


def refuse_unusable(mixed: Mix, name: str) -> None:
    """Raise where there is nothing to listen to.

    Raises:
        EmptyAudioError: no samples
        InvalidSamplesError: of another scale than [-1, 1]
        SilentAudioError: all the same value, or below -80 dB of full scale
    """
    if mixed.n_frames == 0 or len(mixed.waveform) == 0:
        raise EmptyAudioError(
            f"{name}: holds {mixed.n_frames} samples, too few to hear; record or copy it again"
        )
    if mixed.levels.peak > _LARGEST:
        raise InvalidSamplesError(
            f"{name}: holds values up to {mixed.levels.peak:g}, expected -1 to 1; divide by the full scale, "
            "32768 for 16-bit samples"
        )
    if mixed.swing < _SILENCE <= mixed.levels.channel_swing:
        raise SilentAudioError(f"{name}: its channels cancel each other out when mixed; take one of them")
    if mixed.swing < _SILENCE:
        raise SilentAudioError(f"{name}: holds no sound, its samples hardly differ; check the microphone")


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
    if not isinstance(waveform, np.ndarray):
        raise InvalidSamplesError(f"{name}: is {type(waveform).__name__}, expected a numpy array")
    if waveform.ndim != 1:
        raise InvalidSamplesError(
            f"{name}: has the shape {waveform.shape}, expected (time,); average the channels first"
        )
    _refuse_rate(sample_rate, name)
    blocks = [_to_float(waveform, name)[:, np.newaxis]] if len(waveform) > 0 else []
    mixed = mix(blocks, sample_rate, name)
    refuse_unusable(mixed, name)
    return mixed


def _refuse_rate(sample_rate: Any, name: str) -> None:
    is_number = isinstance(sample_rate, int | float | np.integer | np.floating)
    # infinity and NaN leave NaN, which is true
    if not is_number or sample_rate % 1 or not LOWEST_RATE <= sample_rate <= HIGHEST_RATE:
        raise InvalidSamplesError(
            f"{name}: sampled at {sample_rate!r} Hz, "
            f"expected a whole number from {LOWEST_RATE} to {HIGHEST_RATE}"
        )


def _to_float(waveform: NDArray[Any], name: str) -> FloatArray:
    if np.issubdtype(waveform.dtype, np.floating):
        # a value too large for float32 becomes infinite, and is refused as such
        with np.errstate(over="ignore"):
            return waveform.astype(np.float32)
    if waveform.dtype not in _PCM_SCALES:
        expected = ", ".join(str(dtype) for dtype in _PCM_SCALES)
        raise InvalidSamplesError(f"{name}: holds {waveform.dtype}, expected floating point, {expected}")
    zero, full_scale = _PCM_SCALES[waveform.dtype]
    return (waveform.astype(np.float32) - zero) / np.float32(full_scale)


def _refuse_non_finite(block: FloatArray, name: str, start: float, sample_rate: int) -> None:
    finite = np.isfinite(block)
    if not finite.all():
        frame = int(np.argmin(finite.all(axis=1)))
        value = block[frame][~finite[frame]][0]
        raise InvalidSamplesError(
            f"{name}: holds {value} at {start + frame / sample_rate:.3f} s, expected finite numbers; "
            "repair it or leave it out"
        )
