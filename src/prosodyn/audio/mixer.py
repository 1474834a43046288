"""Mixing and resampling block by block, so that a recording of any length needs the same memory."""

from dataclasses import dataclass

import numpy as np
import soxr

from prosodyn.audio.levels import LevelMeter, Levels
from prosodyn.errors import InvalidSamplesError
from prosodyn.types import SAMPLE_RATE, FloatArray

_LARGEST = 4.0  # lossy codecs and mixing overshoot full scale a little; beyond this the scale is another


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a recording on the way.

    Attributes:
        n_frames: samples of each channel before resampling
        n_samples: at `SAMPLE_RATE`
        swing: half the distance from the lowest to the highest sample once mixed; zero for an offset
        levels: of the channels before mixing
    """

    n_frames: int
    n_samples: int
    swing: float
    levels: Levels


class Mixer:
    """Averages channels and resamples, block by block.

    Resampling is by soxr's high quality recipe; at `SAMPLE_RATE` nothing is changed. What lies beyond full
    scale is clipped. The sizes of the blocks change nothing. Counts are of samples, as integers, so that
    days of sound are as exact as seconds.

    Attributes:
        n_frames: samples of each channel that were taken
    """

    def __init__(self, sample_rate: int, name: str, start: float = 0.0) -> None:
        """Begin a recording.

        Args:
            sample_rate: Hz
            name: of the recording, for the error's message
            start: where the first block lies in the recording, seconds, for the error's message
        """
        self._sample_rate, self._name, self._start = sample_rate, name, start
        self._resampler = soxr.ResampleStream(sample_rate, SAMPLE_RATE, 1, dtype="float32", quality="HQ")
        self._mono_meter, self._meter = LevelMeter(), LevelMeter()
        self.n_frames = self._n_samples = 0

    def take(self, block: FloatArray) -> FloatArray:
        """Mix a block, `(time, channel)`; one that is refused leaves everything as it was.

        Returns:
            `(time,)` in [-1, 1] at `SAMPLE_RATE`: what is settled by now

        Raises:
            InvalidSamplesError: a sample is not a finite number, or of another scale than [-1, 1]
        """
        if block.size == 0:
            return np.empty(0, dtype=np.float32)
        self.refuse(block)
        # (time, channel) -> (channel, time), along which numpy is several times as fast
        channels = np.ascontiguousarray(block.T)
        mono = channels.mean(axis=0)
        self._meter.add(channels)
        if len(channels) > 1:
            self._mono_meter.add(mono[np.newaxis])
        self.n_frames += len(block)
        return self._resample(mono, last=False)

    def end(self) -> FloatArray:
        """Return the rest, `(time,)`, which the resampler held back."""
        return self._resample(np.empty(0, dtype=np.float32), last=True)

    @property
    def seen(self) -> Seen:
        """Return what was seen so far."""
        levels = self._meter.levels
        mono = levels if len(levels.swings) == 1 else self._mono_meter.levels
        return Seen(self.n_frames, self._n_samples, mono.channel_swing, levels)

    def _resample(self, mono: FloatArray, *, last: bool) -> FloatArray:
        piece: FloatArray = self._resampler.resample_chunk(mono, last=last)
        # both what came beyond full scale and what the filter's ringing added
        clipped = np.clip(piece, -1.0, 1.0)
        self._n_samples += len(clipped)
        return clipped

    def refuse(self, block: FloatArray) -> None:
        """Raise where a block, `(time, channel)`, cannot be the next one.

        Raises:
            InvalidSamplesError: a sample is not a finite number, or of another scale than [-1, 1]
        """
        finite = np.isfinite(block)
        if not finite.all():
            frame = int(np.argmin(finite.all(axis=1)))
            value = block[frame][~finite[frame]][0]
            seconds = self._start + (self.n_frames + frame) / self._sample_rate
            raise InvalidSamplesError(
                f"{self._name}: holds {value} at {seconds:.3f} s, expected finite numbers; "
                "repair it or leave it out"
            )
        peak = max(float(block.max(initial=0)), -float(block.min(initial=0)))
        if peak > _LARGEST:
            raise InvalidSamplesError(
                f"{self._name}: holds values up to {peak:g}, expected -1 to 1; divide by the full scale, "
                "32768 for 16-bit samples"
            )
