"""Following a whole recording: it is read in blocks, and its timeline is what a stream of them says."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from prosodyn.audio import Recording, open_blocks
from prosodyn.audio.blocks import BLOCK_SECONDS
from prosodyn.inference.clip import SHORT
from prosodyn.inference.doubt import STRANGE
from prosodyn.inference.turns import Turn, refuse_beyond
from prosodyn.timeline import Segment
from prosodyn.types import NO_SPEECH, SAMPLE_RATE, FloatArray

Progress = Callable[[float, float | None], None]
"""Is told how many seconds are done, and of how many, where somebody knows."""


class Follower(Protocol):
    """Makes segments of samples, as they come: a track, or the lanes of several speakers."""

    def push(self, samples: FloatArray) -> list[Segment]:
        """Take further samples, `(time,)` at `SAMPLE_RATE`, and return the segments that have ended."""
        ...

    def flush(self) -> list[Segment]:
        """End the recording and return the rest."""
        ...


@dataclass(frozen=True, slots=True)
class Followed:
    """What was said about a recording.

    Attributes:
        segments: in order of their starts
        duration: seconds
        remarks: on the recording and its turns
    """

    segments: tuple[Segment, ...]
    duration: float
    remarks: tuple[str, ...]


def follow_file(
    path: Path | str, follower: Follower, turns: tuple[Turn, ...], progress: Progress | None
) -> Followed:
    """Follow a file of any length in constant memory.

    Raises:
        AudioError: as `audio.load`; turns of another recording
        MissingExtraError: as `audio.load`
    """
    with open_blocks(path) as reader:
        if reader.duration is not None:
            refuse_beyond(turns, reader.duration, str(path))
        segments, duration = _follow(reader.blocks(), follower, reader.duration, progress)
        remarks = reader.remarks
    return _told(segments, duration, turns, str(path), remarks)


def follow_recording(
    recording: Recording, source: str, follower: Follower, turns: tuple[Turn, ...], progress: Progress | None
) -> Followed:
    """Follow samples that `audio.listen` has passed.

    Raises:
        AudioError: turns of another recording
    """
    total = len(recording.waveform) / SAMPLE_RATE
    refuse_beyond(turns, total, source)
    segments, duration = _follow(_cut(recording.waveform), follower, total, progress)
    return _told(segments, duration, turns, source, recording.remarks)


def _cut(waveform: FloatArray) -> Iterator[FloatArray]:
    size = round(BLOCK_SECONDS * SAMPLE_RATE)
    return (waveform[place : place + size] for place in range(0, len(waveform), size))


def _follow(
    blocks: Iterable[FloatArray], follower: Follower, total: float | None, progress: Progress | None
) -> tuple[list[Segment], float]:
    segments: list[Segment] = []
    n_samples = 0
    for block in blocks:
        segments += follower.push(block)
        n_samples += len(block)
        if progress is not None:
            progress(n_samples / SAMPLE_RATE, total)
    return segments + follower.flush(), n_samples / SAMPLE_RATE


def _told(
    segments: list[Segment], duration: float, turns: tuple[Turn, ...], source: str, remarks: tuple[str, ...]
) -> Followed:
    refuse_beyond(turns, duration, source)
    ordered = sorted(segments, key=lambda segment: (segment.start, segment.end, segment.speaker))
    told = (*_remarks_on_turns(duration, turns), *_remarks_on_strangeness(segments))
    return Followed(tuple(ordered), duration, (*remarks, *told))


def _remarks_on_strangeness(segments: list[Segment]) -> Iterator[str]:
    """Remark where most of what was said sounds strange."""
    spoken = [segment for segment in segments if segment.emotion != NO_SPEECH]
    strange = sum(segment.duration for segment in spoken if segment.is_strange)
    if strange > sum(segment.duration for segment in spoken) / 2:
        yield STRANGE


def _remarks_on_turns(duration: float, turns: tuple[Turn, ...]) -> Iterator[str]:
    n_short = sum(turn.end - turn.start < SHORT for turn in turns)
    if n_short:
        yield f"{n_short} of the turns shorter than {SHORT:g} s: too little to hear an emotion in"
    if not turns and duration < SHORT:
        yield f"shorter than {SHORT:g} s: too little to hear an emotion in"
