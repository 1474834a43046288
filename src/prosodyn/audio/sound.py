"""The nouns inside this room: a span of seconds, and a sound that is being decoded."""

from collections.abc import Iterator
from dataclasses import dataclass

from prosodyn.types import FloatArray

BLOCK = 2**18
"""Samples over all channels that are decoded at a time (1 MB), so that hours of audio need little memory."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a recording.

    Attributes:
        start: seconds, zero or more
        end: seconds, more than `start`; the recording's end by default
    """

    start: float = 0.0
    end: float | None = None

    def frames(self, sample_rate: int) -> tuple[int, int | None]:
        """Return the first frame and the one after the last (where the span has an end)."""
        last = None if self.end is None else round(self.end * sample_rate)
        return round(self.start * sample_rate), last


@dataclass(frozen=True, slots=True)
class Sound:
    """An open recording.

    Attributes:
        sample_rate: Hz, as recorded
        n_channels: as recorded
        blocks: `(time, channel)` each, one after the other; values are not checked yet
        declared: seconds that the header promises for the whole recording; infinite where it leaves the
            length open, as a stream's header does; nothing where it does not say
        ends: false where the mark that closes such a file is missing
    """

    sample_rate: int
    n_channels: int
    blocks: Iterator[FloatArray]
    declared: float | None
    ends: bool = True
