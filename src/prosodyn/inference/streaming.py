"""A stream: samples in pieces of any size and rate, segments out as soon as they are settled."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.audio import Mixer, refuse_rate, to_float
from prosodyn.errors import InvalidSamplesError
from prosodyn.inference.track import Track
from prosodyn.timeline import Segment
from prosodyn.types import SAMPLE_RATE

_PIECE = 2**18  # samples that are taken at a time, so that one large piece needs no more memory


class Stream:
    """Answers what somebody says while it is said; `Recogniser.stream` begins one.

    The sizes of the pieces change nothing, and a file answers as the same samples here, but for one that is
    silent throughout: that is an error there, and no speech here. Memory does not grow, however long it
    lasts, and times are counted in samples, so that days are as exact as seconds.
    A change of emotion is settled at most `TimelineSettings.latency` after it, 7.5 s with the defaults, and
    what a detector adds, with the default one at most 3.7 s; until then `provisional` tells what it looks
    like. A segment is given once it has ended.

    Attributes:
        sample_rate: Hz
        source: names it in error messages
    """

    def __init__(self, track: Track, sample_rate: int = SAMPLE_RATE, source: str = "stream") -> None:
        """Begin.

        Raises:
            InvalidSamplesError: a rate that no recorder of speech has
        """
        refuse_rate(sample_rate, source)
        self.sample_rate, self.source = int(sample_rate), source
        self._track = track
        self._mixer = Mixer(self.sample_rate, source)
        self._has_ended = False

    @property
    def duration(self) -> float:
        """Return the seconds that have been taken."""
        return self._mixer.n_frames / self.sample_rate

    def push(self, samples: NDArray[Any]) -> tuple[Segment, ...]:
        """Take further samples; silence is `NO_SPEECH`, and a piece that is refused leaves all as it was.

        Args:
            samples: `(time,)`, floating point in [-1, 1] or PCM, of one channel; never changed

        Returns:
            the segments that have ended, in order, each given once

        Raises:
            InvalidSamplesError: not an array, not one channel, not of a usable type or scale, or not finite;
                or the stream has ended
        """
        if self._has_ended:
            raise InvalidSamplesError(f"{self.source}: has ended; begin another stream")
        column = to_float(samples, self.source)[:, np.newaxis]
        self._mixer.refuse(column)
        segments: list[Segment] = []
        for place in range(0, len(column), _PIECE):
            segments += self._track.push(self._mixer.take(column[place : place + _PIECE]))
        return tuple(segments)

    def flush(self) -> tuple[Segment, ...]:
        """End the stream and return the rest; nothing where it has ended before."""
        if self._has_ended:
            return ()
        self._has_ended = True
        ended = self._track.push(self._mixer.end())
        return (*ended, *self._track.flush())

    def provisional(self) -> tuple[Segment, ...]:
        """Return what has been answered and is not settled yet, as it would be were this the end.

        For showing: the next piece may change it. The latest `window` seconds are not in it, nor what the
        detector has not heard yet.
        """
        return () if self._has_ended else tuple(self._track.provisional())
