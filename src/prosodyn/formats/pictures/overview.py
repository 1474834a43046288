"""What a recording looks like from afar, gathered while its samples come, in memory that never grows."""

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from prosodyn.errors import InvalidSamplesError
from prosodyn.types import SAMPLE_RATE, FloatArray

MAX_COLUMNS = 2000
"""More than a page can show; where a recording goes on, two columns become one."""

WINDOW_SECONDS = 0.032
"""Of a frame of the spectrogram, under a Hamming window; half a window further the next one begins."""

RANGE_DB = 80.0
"""Below the loudest point; what is quieter is drawn as this."""

PIECE = 2**16
"""Samples that are looked at together, however many are pushed at once."""


_TINY = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """A recording's waveform and spectrogram in at most a few thousand columns.

    Attributes:
        duration: seconds
        step: seconds from one column to the next
        low: `(column,)`, the lowest sample of each
        high: `(column,)`, the highest
        level: `(frequency, column)`, mean power in dB below the loudest point, from `-RANGE_DB` to 0
        top: Hz, of the highest frequency; the lowest is zero
    """

    duration: float
    step: float
    low: FloatArray
    high: FloatArray
    level: FloatArray
    top: float

    @property
    def n_columns(self) -> int:
        """Return how many there are; none of a recording without samples."""
        return len(self.low)


Columns = tuple[FloatArray, FloatArray, FloatArray]
"""Lowest sample, highest sample, power: `(column,)`, `(column,)`, `(column, frequency)`."""


class OverviewBuilder:
    """Takes a recording block by block and tells what it looks like so far.

    Columns are narrow at first, a quarter of a frame's hop. Whenever there are `MAX_COLUMNS`, neighbours
    are joined: their lowest and highest samples, and the mean of their powers. The blocks' sizes change
    nothing.
    """

    def __init__(self, sample_rate: int = SAMPLE_RATE) -> None:
        """Begin a recording.

        Args:
            sample_rate: Hz
        """
        self._sample_rate = sample_rate
        self._window = max(16, 2 ** round(np.log2(WINDOW_SECONDS * sample_rate)))
        self._step = self._window // 8
        self._n_samples = 0
        self._n_columns = 0
        self._columns = _room(MAX_COLUMNS, self._window // 2 + 1)
        # half a window before the first sample, so that a frame stands in the middle of its place
        self._waiting = np.zeros(self._window // 2, np.float32)

    def push(self, samples: FloatArray) -> None:
        """Take further samples.

        Args:
            samples: `(time,)` in [-1, 1]

        Raises:
            InvalidSamplesError: samples that are not finite or not of one channel
        """
        if samples.ndim != 1 or not np.isfinite(samples).all():
            raise InvalidSamplesError(f"expected finite samples of shape (time,), found {samples.shape}")
        self._n_samples += len(samples)
        for start in range(0, len(samples), PIECE):
            self._waiting = np.concatenate([self._waiting, samples[start : start + PIECE]], dtype=np.float32)
            self._settle()

    def overview(self) -> Overview:
        """Return what the recording looks like so far; more may be pushed afterwards."""
        left = self._n_samples - self._n_columns * self._step
        last = _measure(self._waiting, left, self._step, self._window)
        settled = (part[: self._n_columns] for part in self._columns)
        low, high, power = (np.concatenate([part, end]) for part, end in zip(settled, last, strict=True))
        loudest = max(float(power.max(initial=0)), _TINY)
        level = 10 * np.log10(np.maximum(power.T / loudest, _TINY))
        return Overview(
            duration=self._n_samples / self._sample_rate,
            step=self._step / self._sample_rate,
            low=low,
            high=high,
            level=level.clip(-RANGE_DB, 0).astype(np.float32),
            top=self._sample_rate / 2,
        )

    def _settle(self) -> None:
        """Measure the columns of which all samples, and all that their frames see, have come."""
        while True:
            beyond = self._window - min(self._step, self._window // 2)
            n_ready = (len(self._waiting) - beyond) // self._step
            n_new = min(n_ready, MAX_COLUMNS - self._n_columns)
            if n_new <= 0:
                return
            n_samples = n_new * self._step
            new = _measure(self._waiting, n_samples, self._step, self._window)
            for part, end in zip(self._columns, new, strict=True):
                part[self._n_columns : self._n_columns + n_new] = end
            self._n_columns += n_new
            self._waiting = self._waiting[n_samples:]
            if self._n_columns == MAX_COLUMNS:
                self._join_neighbours()

    def _join_neighbours(self) -> None:
        low, high, power = self._columns
        self._n_columns //= 2
        self._step *= 2
        low[: self._n_columns] = np.minimum(low[::2], low[1::2])
        high[: self._n_columns] = np.maximum(high[::2], high[1::2])
        power[: self._n_columns] = (power[::2] + power[1::2]) / 2


def _room(n_columns: int, n_frequencies: int) -> Columns:
    shapes = (n_columns,), (n_columns,), (n_columns, n_frequencies)
    low, high, power = (np.zeros(shape, np.float32) for shape in shapes)
    return low, high, power


def _measure(waiting: FloatArray, n_samples: int, step: int, window: int) -> Columns:
    """Measure the next samples, column by column; the last column may be cut short.

    Args:
        waiting: half a window of what came before, then the samples and what follows them
        n_samples: how many samples to measure
        step: samples of a column
        window: samples of a frame
    """
    if n_samples == 0:
        return _room(0, window // 2 + 1)
    hop = min(step, window // 2)
    samples = waiting[window // 2 : window // 2 + n_samples]
    columns = np.arange(0, n_samples, step)
    n_frames = -(-n_samples // hop)
    n_seen = (n_frames - 1) * hop + window
    seen = np.pad(waiting[:n_seen], (0, max(0, n_seen - len(waiting))))
    frames = sliding_window_view(seen, window)[::hop] * np.hamming(window)
    power = np.abs(np.fft.rfft(frames)) ** 2
    firsts = np.arange(0, n_frames, step // hop)
    counts = np.diff(firsts, append=n_frames)[:, None]
    return (
        np.minimum.reduceat(samples, columns),
        np.maximum.reduceat(samples, columns),
        (np.add.reduceat(power, firsts, axis=0) / counts).astype(np.float32),
    )
