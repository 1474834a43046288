"""A track: from the checked samples of one recording, or one turn, to segments, as they come."""

import copy
from collections import deque
from collections.abc import Callable, Sequence

from prosodyn.audio import is_silent
from prosodyn.inference.activity import Activity
from prosodyn.inference.clip import Clip
from prosodyn.inference.joining import Joiner, Voice
from prosodyn.inference.settings import TimelineSettings
from prosodyn.inference.smoothing import Decided, Smoother
from prosodyn.inference.windows import Answered, Cell, CellAverager, Window, WindowCutter
from prosodyn.timeline import Segment, SpeechDetector
from prosodyn.types import SAMPLE_RATE, FloatArray

Answer = Callable[[Sequence[Clip]], Sequence[Answered]]
"""Answers clips, in batches, in their order."""


class Track:
    """Answers samples window by window, and joins the answers; holds a few windows, whatever the length."""

    def __init__(
        self,
        answer: Answer,
        voice: Voice,
        settings: TimelineSettings,
        detector: SpeechDetector | None = None,
        source: str = "stream",
    ) -> None:
        """Begin.

        Args:
            answer: what a recogniser makes of windows
            voice: whose answers they are
            settings: how to divide and to join
            detector: a fresh one, which is used up; None where all but digital silence is speech
            source: names the recording in error messages
        """
        self._answer, self._offset, self._settings, self._source = answer, voice.offset, settings, source
        self._activity, self._tells_speech = Activity(detector, settings), detector is not None
        self._cutter = WindowCutter(settings)
        self._averager = CellAverager(settings)
        self._smoother = Smoother(settings)
        self._joiner = Joiner(voice, settings)
        self._waiting: deque[Window] = deque()  # for where speech is to be settled

    def push(self, samples: FloatArray) -> list[Segment]:
        """Take further samples, `(time,)` at `SAMPLE_RATE`, and return the segments that have ended."""
        self._activity.push(samples)
        self._waiting += self._cutter.push(samples)
        return self._join(self._average(self._settled()))

    def flush(self) -> list[Segment]:
        """End and return the rest."""
        self._activity.flush()
        segments = self._join(self._average(self._settled()))
        last = next(iter(self._cutter.flush()), None)
        answers = self._answers([] if last is None else [last])
        cells = self._averager.flush(last, next(iter(answers), None), self._cutter.n_samples)
        segments += self._join(cells)
        for decided in self._smoother.flush():
            segments += self._join_one(decided)
        return segments + self._joiner.flush()

    def provisional(self) -> list[Segment]:
        """Return what the rest would be as far as it has been answered, were there no more to come."""
        joiner, smoother = copy.deepcopy(self._joiner), copy.deepcopy(self._smoother)
        mask = self._activity.mask
        segments: list[Segment] = []
        for cell, emotion in smoother.flush():
            segments += joiner.push((cell, emotion), mask.runs(cell.start, cell.end))
        return segments + joiner.flush()

    def _settled(self) -> list[Window]:
        windows = []
        while self._waiting and self._waiting[0].end <= self._activity.mask.settled:
            windows.append(self._waiting.popleft())
        return windows

    def _average(self, windows: list[Window]) -> list[Cell]:
        answers = self._answers(windows)
        return [self._averager.push(window, answer) for window, answer in zip(windows, answers, strict=True)]

    def _answers(self, windows: list[Window]) -> list[Answered | None]:
        heard = [place for place, window in enumerate(windows) if self._has_speech(window)]
        answers: list[Answered | None] = [None] * len(windows)
        if heard:
            found = self._answer([self._clip(windows[place]) for place in heard])
            for place, answer in zip(heard, found, strict=True):
                answers[place] = answer
        return answers

    def _has_speech(self, window: Window) -> bool:
        n_speech = self._activity.mask.n_speech(window.start, window.end)
        enough = n_speech >= max(1, self._settings.least_speech * (window.end - window.start))
        return enough and not is_silent(window.waveform)

    def _clip(self, window: Window) -> Clip:
        source = f"{self._source} at {(self._offset + window.start) / SAMPLE_RATE:.2f} s"
        n_speech = self._activity.mask.n_speech(window.start, window.end) if self._tells_speech else 0
        return Clip(source, window.waveform, spoken=n_speech / SAMPLE_RATE)

    def _join(self, cells: list[Cell]) -> list[Segment]:
        segments: list[Segment] = []
        for cell in cells:
            for decided in self._smoother.push(cell):
                segments += self._join_one(decided)
        return segments

    def _join_one(self, decided: Decided) -> list[Segment]:
        cell, _ = decided
        segments = self._joiner.push(decided, self._activity.mask.runs(cell.start, cell.end))
        self._activity.mask.forget(cell.end)
        return segments
