"""Turns of speakers, each a track of its own that is open as long as the turn lasts."""

from collections import deque
from collections.abc import Callable, Iterable

from prosodyn.inference.track import Track
from prosodyn.inference.turns import Turn, in_order
from prosodyn.timeline import Segment
from prosodyn.types import SAMPLE_RATE, FloatArray


class _Lane:
    """A turn that has begun."""

    def __init__(self, turn: Turn, track: Track) -> None:
        self.start, self.end = round(turn.start * SAMPLE_RATE), round(turn.end * SAMPLE_RATE)
        self.track = track


class Lanes:
    """Gives each turn its own samples: windows lie inside turns, and turns may overlap."""

    def __init__(self, turns: Iterable[Turn], begin: Callable[[Turn], Track]) -> None:
        """Begin a recording.

        Args:
            turns: in any order
            begin: gives a turn its track
        """
        self._begin = begin
        self._ahead = deque(in_order(turns))
        self._lanes: list[_Lane] = []
        self._n_samples = 0

    def push(self, samples: FloatArray) -> list[Segment]:
        """Take further samples, `(time,)` at `SAMPLE_RATE`, and return the segments that have ended."""
        start, end = self._n_samples, self._n_samples + len(samples)
        self._n_samples = end
        while self._ahead and round(self._ahead[0].start * SAMPLE_RATE) < end:
            turn = self._ahead.popleft()
            self._lanes.append(_Lane(turn, self._begin(turn)))
        segments: list[Segment] = []
        for lane in self._lanes:
            segments += lane.track.push(samples[max(0, lane.start - start) : lane.end - start])
            if lane.end <= end:
                segments += lane.track.flush()
        self._lanes = [lane for lane in self._lanes if lane.end > end]
        return segments

    def flush(self) -> list[Segment]:
        """End the recording, and with it the turns that go on, and return the rest."""
        segments = [segment for lane in self._lanes for segment in lane.track.flush()]
        self._lanes = []
        return segments
