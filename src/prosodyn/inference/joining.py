"""Joining: cells of one emotion that follow each other become a segment."""

from dataclasses import dataclass

from prosodyn.inference.activity import Run
from prosodyn.inference.settings import TimelineSettings
from prosodyn.inference.smoothing import Decided
from prosodyn.inference.windows import Probabilities
from prosodyn.timeline import Segment
from prosodyn.types import NO_SPEECH, SAMPLE_RATE, UNCERTAIN


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose answers they are.

    Attributes:
        labels: of the recogniser, in its order
        offset: sample of the recording that the first cell begins with
        speaker: who speaks, where that is known
    """

    labels: tuple[str, ...]
    offset: int = 0
    speaker: str = ""


@dataclass(slots=True)
class _Open:
    """A segment that may go on; `total` is of the probabilities, `strange` of strangeness, times samples."""

    start: int
    end: int
    emotion: int | None
    total: Probabilities | float
    strange: float = 0.0


class Joiner:
    """Joins decided cells to segments, as they come.

    Inside a cell, what is no speech is cut out to the hop of the detector. A segment's probabilities are
    the mean of its cells', by their lengths.
    """

    def __init__(self, voice: Voice, settings: TimelineSettings) -> None:
        """Begin a recording."""
        self._voice = voice
        self._least_confidence = settings.least_confidence
        self._open: _Open | None = None

    def push(self, decided: Decided, runs: list[Run]) -> list[Segment]:
        """Take the next cell and return the segments that ended before or in it.

        Args:
            decided: the cell, and the position of its emotion's label
            runs: of speech and pause that the cell consists of
        """
        cell, emotion = decided
        if cell.probabilities is None:
            return self._go_on(_Open(cell.start, cell.end, None, 0.0))
        ended: list[Segment] = []
        for run in runs:
            is_heard = run.is_speech
            total = cell.probabilities * (run.end - run.start) if is_heard else 0.0
            strange = cell.strangeness * (run.end - run.start)
            ended += self._go_on(_Open(run.start, run.end, emotion if is_heard else None, total, strange))
        return ended

    def flush(self) -> list[Segment]:
        """End the recording and return the last segment, where there is one."""
        if self._open is None:
            return []
        last, self._open = self._open, None
        return [self._close(last)]

    def _go_on(self, piece: _Open) -> list[Segment]:
        before = self._open
        if before is not None and before.emotion == piece.emotion:
            before.end = piece.end
            before.total = before.total + piece.total
            before.strange += piece.strange
            return []
        self._open = piece
        return [] if before is None else [self._close(before)]

    def _close(self, piece: _Open) -> Segment:
        voice = self._voice
        # divided once, from whole numbers of samples, so that neighbours meet exactly
        start, end = ((voice.offset + place) / SAMPLE_RATE for place in (piece.start, piece.end))
        if piece.emotion is None:
            return Segment(start, end, NO_SPEECH, {}, voice.speaker)
        mean = piece.total / (piece.end - piece.start)
        probabilities = dict(zip(voice.labels, mean.tolist(), strict=True))  # type: ignore[union-attr]
        emotion = voice.labels[piece.emotion]
        is_strange = piece.strange > (piece.end - piece.start) / 2
        if is_strange or probabilities[emotion] < self._least_confidence:
            emotion = UNCERTAIN
        return Segment(start, end, emotion, probabilities, voice.speaker, is_strange)
