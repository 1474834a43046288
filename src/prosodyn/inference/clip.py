"""What a recogniser listens to: a checked waveform with its name and remarks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from prosodyn.audio import check_waveform, load, utterance_waveform
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
        remarks: what a listener should know before trusting the answer
    """

    source: str
    waveform: FloatArray
    remarks: tuple[str, ...]

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


def clip_from_waveform(waveform: NDArray[Any], sample_rate: int, source: str) -> Clip:
    """Check the caller's own samples.

    Raises:
        AudioError: as `audio.check_waveform`, or longer than `LONGEST`
    """
    return _judge_length(Clip(source, check_waveform(waveform, sample_rate, name=source), ()))


def clip_from_file(path: Path | str) -> Clip:
    """Read a recording.

    Raises:
        AudioError: as `audio.load`, or longer than `LONGEST`
        MissingExtraError: as `audio.load`
    """
    recording = load(path, longest=LONGEST)
    return _judge_length(Clip(str(path), recording.waveform, recording.remarks))


def clip_from_utterance(utterance: Utterance) -> Clip:
    """Read an utterance.

    Raises:
        AudioError: as `audio.utterance_waveform`, or longer than `LONGEST`
        MissingExtraError: as `audio.utterance_waveform`
    """
    return _judge_length(Clip(utterance.id, utterance_waveform(utterance), ()))


def _judge_length(clip: Clip) -> Clip:
    """Refuse what would fill the memory, and remark on an unusual length."""
    if clip.duration > LONGEST:
        raise AudioError(
            f"{clip.source}: lasts {clip.duration:.0f} s, expected at most {LONGEST:.0f} s; "
            "ask for its timeline (predict --timeline), or split it into utterances"
        )
    return Clip(clip.source, clip.waveform, (*clip.remarks, *_remarks_on_length(clip.duration)))


def _remarks_on_length(duration: float) -> Iterator[str]:
    if duration < SHORT:
        yield f"shorter than {SHORT:g} s: too little to hear an emotion in"
    if duration > LONG:
        yield f"longer than {LONG:g} s: the recogniser was trained on single utterances"
