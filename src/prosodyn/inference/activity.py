"""Where somebody speaks: a detector's probabilities as runs of speech and pause, settled as they come."""

from collections import deque
from dataclasses import dataclass

import numpy as np

from prosodyn.inference.settings import TimelineSettings
from prosodyn.timeline import SpeechDetector
from prosodyn.types import SAMPLE_RATE, FloatArray


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch that is all speech, or all not.

    Attributes:
        start: first sample
        end: the sample after the last
        is_speech: whether somebody speaks
    """

    start: int
    end: int
    is_speech: bool


class Mask:
    """Where somebody speaks, as far as it is settled; what is over may be forgotten."""

    def __init__(self) -> None:
        """Begin with nothing settled."""
        self._runs: deque[Run] = deque()
        self.settled = 0

    def extend(self, end: int, *, is_speech: bool) -> None:
        """Settle what follows, up to before the sample `end`."""
        if end <= self.settled:
            return
        start = self.settled
        if self._runs and self._runs[-1].is_speech == is_speech:
            start = self._runs.pop().start
        self._runs.append(Run(start, end, is_speech))
        self.settled = end

    def runs(self, start: int, end: int) -> list[Run]:
        """Return the runs that a stretch consists of, cut to it."""
        return [
            Run(max(run.start, start), min(run.end, end), run.is_speech)
            for run in self._runs
            if run.start < end and run.end > start
        ]

    def n_speech(self, start: int, end: int) -> int:
        """Count the samples of speech in a stretch."""
        return sum(run.end - run.start for run in self.runs(start, end) if run.is_speech)

    def forget(self, before: int) -> None:
        """Drop the runs that end before a sample; nobody may ask for them again."""
        while self._runs and self._runs[0].end <= before:
            self._runs.popleft()


class Activity:
    """Follows a detector: threshold, then short pauses filled, then short bursts dropped.

    Without a detector all is speech.
    """

    def __init__(self, detector: SpeechDetector | None, settings: TimelineSettings) -> None:
        """Begin a recording.

        Args:
            detector: a fresh one, which is used up; None where all is speech
            settings: threshold, least pause and least burst
        """
        self.mask = Mask()
        self._detector = detector
        self._threshold = settings.speech_threshold
        hop = 1.0 if detector is None else detector.hop
        self._pauses = _Shortest(False, _hops(settings.least_pause, hop), at_edges=False)
        self._bursts = _Shortest(True, _hops(settings.least_burst, hop), at_edges=True)
        self._n_samples = self._n_hops = 0
        self._last = True  # what is not told is heard

    def push(self, samples: FloatArray) -> None:
        """Hear further samples, `(time,)`, and settle in `mask` what is known by now."""
        self._n_samples += len(samples)
        if self._detector is None:
            self.mask.extend(self._n_samples, is_speech=True)
            return
        self._settle(self._filtered(self._detector.push(samples)))

    def flush(self) -> None:
        """End the recording: settle all of it."""
        if self._detector is not None:
            found = self._filtered(self._detector.flush())
            pauses = self._pauses.flush()
            self._settle([*found, *self._bursts.push(pauses), *self._bursts.flush()])
        self.mask.extend(self._n_samples, is_speech=self._last)

    def _filtered(self, probabilities: FloatArray) -> list[bool]:
        is_speech = (np.asarray(probabilities) >= self._threshold).tolist()
        return self._bursts.push(self._pauses.push(is_speech))

    def _settle(self, hops: list[bool]) -> None:
        assert self._detector is not None
        for is_speech in hops:
            self._n_hops += 1
            # from a count, so that rounding cannot add up over days; the last hop may reach beyond the end
            end = round(self._n_hops * self._detector.hop * SAMPLE_RATE)
            self.mask.extend(min(end, self._n_samples), is_speech=is_speech)
            self._last = is_speech


class _Shortest:
    """Turns runs of a value that are too short into the other value, as they come."""

    def __init__(self, value: bool, least: int, *, at_edges: bool) -> None:
        """Begin.

        Args:
            value: of the runs that are looked at
            least: hops that a run must last
            at_edges: whether runs that begin or end the recording are looked at, too
        """
        self._value, self._least, self._at_edges = value, least, at_edges
        self._pending = 0
        self._is_kept = not at_edges  # whether the run that goes on now is known to be kept

    def push(self, hops: list[bool]) -> list[bool]:
        """Take further values and return those that are settled."""
        settled: list[bool] = []
        for hop in hops:
            if hop != self._value:
                # the run was too short
                settled += [not self._value] * (self._pending + 1)
                self._pending, self._is_kept = 0, False
            elif self._is_kept:
                settled.append(hop)
            else:
                self._pending += 1
                if self._pending >= self._least:
                    settled += [self._value] * self._pending
                    self._pending, self._is_kept = 0, True
        return settled

    def flush(self) -> list[bool]:
        """End the recording and return the rest."""
        settled = [self._value != self._at_edges] * self._pending
        self._pending = 0
        return settled


def _hops(seconds: float, hop: float) -> int:
    # 0.75 / 0.25 must be 3, whatever the rounding
    return int(np.ceil(seconds / hop - 1e-9))
