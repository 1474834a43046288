"""From samples to windows, and from the answers of windows to those of cells; both as they come."""

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from prosodyn.inference.settings import LEAST_PIECE, TimelineSettings
from prosodyn.types import SAMPLE_RATE, FloatArray

Probabilities = NDArray[np.float64]
"""`(emotion,)`, in the order of the labels, summing to one."""


class Answered(NamedTuple):
    """What a recogniser makes of a window.

    Attributes:
        probabilities: calibrated
        is_strange: hardly a syllable is heard, or little of what is said, or it sounds unlike the recordings
            that the recogniser learnt from
    """

    probabilities: Probabilities
    is_strange: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch that is answered at once.

    Attributes:
        start: first sample
        end: the sample after the last
        waveform: `(time,)`
    """

    start: int
    end: int
    waveform: FloatArray = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """A stretch that has an answer of its own, one hop long; the last may be shorter.

    Attributes:
        start: first sample
        end: the sample after the last
        probabilities: mean of the answered windows that cover it; None where there are none
        strangeness: share of these windows that is strange
    """

    start: int
    end: int
    probabilities: Probabilities | None
    strangeness: float = 0.0


class WindowCutter:
    """Cuts samples into windows.

    Window k begins at k hops. The last one is the first that reaches the end: it has its true length, and
    where that is less than `LEAST_PIECE`, it is joined to the window before it.
    """

    def __init__(self, settings: TimelineSettings) -> None:
        """Begin a recording."""
        self._window, self._hop = _samples(settings.window), _samples(settings.hop)
        self._held = np.empty(0, dtype=np.float32)
        self._begin = 0  # sample that the held ones begin with
        self._start = 0  # of the next window
        self._reached = 0  # end of the window before

    @property
    def n_samples(self) -> int:
        """Return how many samples there have been."""
        return self._begin + len(self._held)

    def push(self, samples: FloatArray) -> list[Window]:
        """Take further samples, `(time,)`, and return the windows that are complete."""
        self._held = np.concatenate([self._held, samples])
        windows = []
        # were the next window too short, this one would go on to the end
        needed = max(self._window, self._hop + _samples(LEAST_PIECE))
        while self.n_samples >= self._start + needed:
            windows.append(self._cut(self._start + self._window))
            self._start += self._hop
        begin = min(self._start, self.n_samples)
        # a copy, because a view would hold all that came with it
        self._held, self._begin = self._held[begin - self._begin :].copy(), begin
        return windows

    def flush(self) -> list[Window]:
        """End the recording and return the last window, where one is left."""
        if self._reached >= self.n_samples:
            return []
        return [self._cut(self.n_samples)]

    def _cut(self, end: int) -> Window:
        self._reached = end
        waveform = self._held[self._start - self._begin : end - self._begin].copy()
        return Window(self._start, end, waveform)


class CellAverager:
    """Averages the answers of the windows that cover a cell, each by how much of the cell it covers.

    Where `hop` divides `window`, that is the plain mean.
    """

    def __init__(self, settings: TimelineSettings) -> None:
        """Begin a recording."""
        self._hop = _samples(settings.hop)
        self._next = 0  # first sample of the next cell
        self._windows: deque[tuple[Window, Answered | None]] = deque()

    def push(self, window: Window, answer: Answered | None) -> Cell:
        """Take the answer of the next window, and return the cell that begins with it.

        Args:
            window: whose waveform is no longer needed
            answer: None where it was not answered
        """
        self._windows.append((Window(window.start, window.end, window.waveform[:0]), answer))
        return self._average(self._next + self._hop)

    def flush(self, last: Window | None, answer: Answered | None, end: int) -> list[Cell]:
        """End the recording and return the cells that are left.

        Args:
            last: the last window, where it has not been pushed
            answer: what was made of it
            end: of the recording, samples
        """
        if last is not None:
            self._windows.append((last, answer))
        cells = []
        while self._next < end:
            cells.append(self._average(min(self._next + self._hop, end)))
        return cells

    def _average(self, end: int) -> Cell:
        start, self._next = self._next, end
        while self._windows and self._windows[0][0].end <= start:
            self._windows.popleft()
        covers = [
            (min(window.end, end) - max(window.start, start), answer)
            for window, answer in self._windows
            if answer is not None and window.start < end
        ]
        if not covers:
            return Cell(start, end, None)
        weights, answers = zip(*covers, strict=True)
        shares, strange = zip(*answers, strict=True)
        mean = np.average(np.stack(shares), axis=0, weights=np.array(weights))
        return Cell(start, end, mean, float(np.average(strange, weights=weights)))


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)
