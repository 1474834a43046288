"""The ladder of reading: a waveform from a file, the same with remarks, and from an utterance."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from prosodyn.audio.channels import through
from prosodyn.audio.decode import open_sound
from prosodyn.audio.levels import Levels
from prosodyn.audio.remarks import find_truncation, remarks_on
from prosodyn.audio.samples import check_waveform, mix, mix_waveform, refuse_unusable
from prosodyn.audio.sound import Sound, Span
from prosodyn.errors import AudioError, InvalidSamplesError, UnreadableAudioError
from prosodyn.types import SAMPLE_RATE, FloatArray, Utterance

_ROUNDING = 0.01  # s; a list may round an end up to beyond the file's


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording, ready for a front end.

    Attributes:
        waveform: `(time,)` in [-1, 1] at `SAMPLE_RATE`
        source_rate: Hz, as recorded
        n_channels: as recorded
        duration: seconds
        levels: of the channels, as recorded
        truncation: what shows that the file was cut off, where something does
        is_open_ended: whether its header leaves the length open, as a stream's does
        remarks: what a listener should know, each a short sentence
    """

    waveform: FloatArray = field(repr=False, compare=False)
    source_rate: int
    n_channels: int
    duration: float
    levels: Levels
    truncation: str | None
    is_open_ended: bool
    remarks: tuple[str, ...]


def load(
    path: Path | str, *, start: float | None = None, end: float | None = None, longest: float = math.inf
) -> Recording:
    """Read a recording, or a piece of it, and remark on it.

    Channels are averaged. Values beyond [-1, 1], as in mixes and lossy codecs, are clipped; those of another
    scale (beyond 4) are refused. Of a truncated file, what is there is read, and a remark says so; FLAC
    alone, whose decoder stops at the cut, is then damaged.

    Args:
        path: wav, flac, ogg, opus, mp3, aiff, … as its content shows; m4a, mp4, webm, aac and others with
            the extra `media`
        start: seconds, zero by default
        end: seconds, the recording's end by default
        longest: seconds of sound; more is refused as soon as it is heard, before it fills the memory

    Raises:
        AudioError: more sound than `longest`
        UnreadableAudioError: missing, forbidden, not audio, damaged, or without the piece asked for
        EmptyAudioError: no samples
        SilentAudioError: samples, but no sound
        InvalidSamplesError: samples that are not finite, or of another scale than [-1, 1]
        MissingExtraError: only `av` can read it, and it is not installed
    """
    path, span = Path(path), Span(start or 0.0, end)
    if not (0 <= span.start < math.inf and (end is None or span.start < end < math.inf)):
        raise UnreadableAudioError(
            f"{path}: no piece lies from {start} s to {end} s, expected 0 <= start < end"
        )
    with open_sound(path, span) as sound:
        mixed = mix(_at_most(longest, sound, path), sound.sample_rate, str(path), span.start)
    held = mixed.seen.n_frames / sound.sample_rate
    _refuse_outside(path, span, held)
    refuse_unusable(mixed.seen, str(path))
    truncation = find_truncation(sound, span, held)
    return Recording(
        waveform=mixed.waveform,
        source_rate=sound.sample_rate,
        n_channels=sound.n_channels,
        duration=held,
        levels=mixed.seen.levels,
        truncation=truncation,
        is_open_ended=sound.declared == math.inf,
        remarks=tuple(remarks_on(sound, mixed.seen, truncation)),
    )


def read(path: Path | str, *, start: float | None = None, end: float | None = None) -> FloatArray:
    """Read a recording, or a piece of it, where nobody looks at remarks: a truncated file is an error.

    Args:
        path: as `load`
        start: seconds, zero by default
        end: seconds, the recording's end by default

    Returns:
        `(time,)` in [-1, 1] at `SAMPLE_RATE`

    Raises:
        UnreadableAudioError: as `load`, or truncated
        EmptyAudioError: as `load`
        SilentAudioError: as `load`
        InvalidSamplesError: as `load`
        MissingExtraError: as `load`
    """
    recording = load(path, start=start, end=end)
    if recording.truncation is not None:
        raise UnreadableAudioError(f"{path}: is {recording.truncation}; copy it again")
    return recording.waveform


def listen(waveform: NDArray[Any], sample_rate: int, *, name: str = "waveform") -> Recording:
    """Check samples that the caller holds, and remark on them as on a file's.

    Args:
        waveform: as of `check_waveform`
        sample_rate: Hz
        name: of the waveform, for the error's message

    Raises:
        AudioError: as `check_waveform`
    """
    mixed = mix_waveform(waveform, sample_rate, name)
    duration = mixed.seen.n_frames / sample_rate
    sound = Sound(int(sample_rate), 1, iter(()), duration)
    remarks = tuple(remarks_on(sound, mixed.seen, None))
    return Recording(mixed.waveform, int(sample_rate), 1, duration, mixed.seen.levels, None, False, remarks)


def utterance_waveform(utterance: Utterance) -> FloatArray:
    """Return what an utterance sounds like, from memory or from its file, through its channel.

    Returns:
        `(time,)` in [-1, 1] at `SAMPLE_RATE`

    Raises:
        AudioError: as `read` and `check_waveform`
        InvalidSamplesError: neither path nor waveform, or a piece (`start`, `end`) of a waveform
        ConfigError: no channel has the name of its
    """
    return through(_recorded(utterance), utterance.channel)


def _recorded(utterance: Utterance) -> FloatArray:
    if utterance.waveform is not None:
        if utterance.start is not None or utterance.end is not None:
            raise InvalidSamplesError(
                f"{utterance.id}: start and end are for files; cut its waveform instead"
            )
        return check_waveform(utterance.waveform, SAMPLE_RATE, name=utterance.id)
    if utterance.path is None:
        raise InvalidSamplesError(f"{utterance.id}: has neither a path nor a waveform; give it one of them")
    return read(utterance.path, start=utterance.start, end=utterance.end)


def _at_most(longest: float, sound: Sound, path: Path) -> Iterator[FloatArray]:
    n_frames = 0
    for block in sound.blocks:
        n_frames += len(block)
        if n_frames > longest * sound.sample_rate:
            raise AudioError(
                f"{path}: lasts more than {longest:.0f} s; ask for its timeline, or split it into utterances"
            )
        yield block


def _refuse_outside(path: Path, span: Span, held: float) -> None:
    if span.start > 0 and held == 0:
        raise UnreadableAudioError(
            f"{path}: ends before {span.start:.3f} s, the start of the piece asked for"
        )
    held_end = span.start + held
    if span.end is not None and held_end < span.end - _ROUNDING:
        raise UnreadableAudioError(
            f"{path}: ends at {held_end:.3f} s, before {span.end:.3f} s, the end of the piece asked for"
        )
