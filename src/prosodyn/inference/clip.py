"""What a recogniser listens to: a checked waveform with its name and remarks."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from prosodyn.audio import Recording, listen, load, utterance_waveform
from prosodyn.errors import AudioError
from prosodyn.types import SAMPLE_RATE, FloatArray, Utterance

SHORT = 0.3
"""Seconds; less is hardly a syllable."""

LONG = 60.0
"""Seconds; more is no single utterance."""

LONGEST = 1800.0
"""Seconds; an engine takes about 0.7 MB of memory for each."""


Spoken = Path | str | NDArray[Any] | Utterance
"""A recording as callers have it: a file, samples, or an utterance of a corpus."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A recording that is ready for an engine.

    Attributes:
        source: the file's name as it was given, or the caller's own name
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`, at least one sample
        recording: that it is, where somebody shall say what is wrong with it
        spoken: seconds of it in which somebody speaks; zero where nobody has looked
    """

    source: str
    waveform: FloatArray
    recording: Recording | None = None
    spoken: float = 0.0

    @property
    def duration(self) -> float:
        """Return the length in seconds."""
        return len(self.waveform) / SAMPLE_RATE


def clip_from(spoken: Spoken, sample_rate: int, source: str) -> Clip:
    """Check a recording, in whatever form it comes.

    Args:
        spoken: file, samples or utterance
        sample_rate: of samples, Hz
        source: name for samples

    Raises:
        AudioError: one that cannot be used
        MissingExtraError: a kind of file that only an optional package can read
    """
    if isinstance(spoken, Utterance):
        return clip_from_utterance(spoken)
    if isinstance(spoken, Path | str):
        return clip_from_file(spoken)
    return clip_from_waveform(spoken, sample_rate, source)


def clips_from(recordings: Iterable[Spoken], sample_rate: int) -> Iterator[Clip]:
    """Check recordings one by one, as they are needed; samples are named by their number, from 1.

    Raises:
        AudioError: as `clip_from`
        MissingExtraError: as `clip_from`
    """
    for number, spoken in enumerate(recordings, start=1):
        yield clip_from(spoken, sample_rate, f"waveform {number}")


def clip_from_waveform(waveform: NDArray[Any], sample_rate: int, source: str) -> Clip:
    """Check the caller's own samples.

    Raises:
        AudioError: as `audio.check_waveform`, or longer than `LONGEST`
    """
    recording = listen(waveform, sample_rate, name=source)
    return _refuse_long(Clip(source, recording.waveform, recording))


def clip_from_file(path: Path | str) -> Clip:
    """Read a recording.

    Raises:
        AudioError: as `audio.load`, or longer than `LONGEST`
        MissingExtraError: as `audio.load`
    """
    recording = load(path, longest=LONGEST)
    return _refuse_long(Clip(str(path), recording.waveform, recording))


def clip_from_utterance(utterance: Utterance) -> Clip:
    """Read an utterance.

    Raises:
        AudioError: as `audio.utterance_waveform`, or longer than `LONGEST`
        MissingExtraError: as `audio.utterance_waveform`
    """
    return _refuse_long(Clip(utterance.id, utterance_waveform(utterance)))


def _refuse_long(clip: Clip) -> Clip:
    """Refuse what would fill the memory."""
    if clip.duration > LONGEST:
        raise AudioError(
            f"{clip.source}: lasts {clip.duration:.0f} s, expected at most {LONGEST:.0f} s; "
            "ask for its timeline (predict --timeline), or split it into utterances"
        )
    return clip
