"""The nouns of what is said about a recording moment by moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from prosodyn.types import FloatArray


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a recording with one answer.

    Attributes:
        start: seconds into the recording
        end: seconds into the recording, after `start`
        emotion: a label of the recogniser, `UNCERTAIN` or `NO_SPEECH`
        probabilities: label to probability, the mean over the segment, summing to one; empty where nobody
            speaks
        speaker: whose turn it is, where turns were given; else empty
        is_strange: more than half of it was heard in windows that are hardly a syllable, or sound unlike the
            recordings that the recogniser learnt from; then the answer is `UNCERTAIN`
    """

    start: float
    end: float
    emotion: str
    probabilities: Mapping[str, float]
    speaker: str = ""
    is_strange: bool = False

    @property
    def duration(self) -> float:
        """Return the length in seconds."""
        return self.end - self.start

    @property
    def confidence(self) -> float | None:
        """Return the probability of the emotion; None where nobody speaks.

        Where the answer is uncertain, it is that of the most probable label.
        """
        return self.probabilities.get(self.emotion, max(self.probabilities.values(), default=None))

    @property
    def best_guess(self) -> str | None:
        """Return the most probable label, the first of equals; None where nobody speaks."""
        return max(self.probabilities, key=self.probabilities.__getitem__, default=None)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a recogniser says about a recording, moment by moment.

    Attributes:
        source: the file's name as it was given, or the caller's own name for a waveform
        labels: that the recogniser can answer with, in the order of its bundle
        duration: seconds
        segments: in order of their starts; where no turns were given they follow each other without a gap
            from the beginning to the end
        remarks: what a listener should know before trusting the answers, such as clipping
        adapted: the recogniser had been told how this speaker usually sounds
    """

    source: str
    labels: tuple[str, ...]
    duration: float
    segments: tuple[Segment, ...]
    remarks: tuple[str, ...] = ()
    adapted: bool = False


class SpeechDetector(Protocol):
    """Tells speech from other sound as samples come, on a grid that begins with the first sample.

    Attributes:
        hop: seconds from one probability to the next
    """

    hop: float

    def push(self, samples: FloatArray) -> FloatArray:
        """Take further samples, `(time,)` at `SAMPLE_RATE`.

        Returns:
            probabilities of speech that are now settled, `(hop,)`, in order, each given once, the same
            whatever the sizes of the pieces
        """
        ...

    def flush(self) -> FloatArray:
        """End the recording and return the rest: the last hop may be cut short by the end."""
        ...
