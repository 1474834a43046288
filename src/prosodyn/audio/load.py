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
from prosodyn.audio.samples import Mix, check_waveform, mix, mix_waveform, refuse_unusable
from prosodyn.audio.sound import Sound, Span
from prosodyn.errors import InvalidSamplesError, UnreadableAudioError
from prosodyn.types import SAMPLE_RATE, FloatArray, Utterance

_ROUNDING = 0.01  # s; a list may round an end up to beyond the file's
_MISSING = 0.1  # s; less than this is padding of codecs, not truncation
_CLIPPED_SHARE = 1e-3  # speech, even loud and normalised, has a few full-scale samples in a million
_QUIET = 0.01  # -40 dB of full scale


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
        remarks: what a listener should know, each a short sentence
    """

    waveform: FloatArray = field(repr=False, compare=False)
    source_rate: int
    n_channels: int
    duration: float
    levels: Levels
    truncation: str | None
    remarks: tuple[str, ...]


def load(path: Path | str, *, start: float | None = None, end: float | None = None) -> Recording:
    """Read a recording, or a piece of it, and remark on it.

    Channels are averaged. Values beyond [-1, 1], as in mixes and lossy codecs, are clipped; those of another
    scale (beyond 4) are refused. Of a truncated file, what is there is read, and a remark says so; FLAC
    alone, whose decoder stops at the cut, is then damaged.

    Args:
        path: wav, flac, ogg, opus, mp3, aiff, … as its content shows; m4a, mp4, webm, aac and others with
            the extra `media`
        start: seconds, zero by default
        end: seconds, the recording's end by default

    Raises:
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
        mixed = mix(sound.blocks, sound.sample_rate, str(path), span.start)
    held = mixed.n_frames / sound.sample_rate
    _refuse_outside(path, span, held)
    refuse_unusable(mixed, str(path))
    truncation = _truncation(sound, span, held)
    return Recording(
        waveform=mixed.waveform,
        source_rate=sound.sample_rate,
        n_channels=sound.n_channels,
        duration=held,
        levels=mixed.levels,
        truncation=truncation,
        remarks=(*_remarks_on_length(sound, truncation), *_remarks_on_sound(sound, mixed)),
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
    duration = mixed.n_frames / sample_rate
    sound = Sound(int(sample_rate), 1, iter(()), duration)
    remarks = tuple(_remarks_on_sound(sound, mixed))
    return Recording(mixed.waveform, int(sample_rate), 1, duration, mixed.levels, None, remarks)


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


def _truncation(sound: Sound, span: Span, held: float) -> str | None:
    """Say what shows that the file was cut off before the span's end, where something does."""
    if span.end is not None:
        return None
    if not sound.ends:
        return f"truncated: its last page is missing, the file holds {held:.2f} s"
    promised = (sound.declared or 0.0) - span.start
    if promised == math.inf or promised - held <= _MISSING:
        return None
    return f"truncated: the header promises {promised:.2f} s, the file holds {held:.2f} s"


def _remarks_on_length(sound: Sound, truncation: str | None) -> Iterator[str]:
    if truncation is not None:
        yield truncation
    if sound.declared == math.inf:
        yield "the header leaves the length open, as a stream's does: its end is the file's"


def _remarks_on_sound(sound: Sound, mixed: Mix) -> Iterator[str]:
    if sound.n_channels > 1:
        yield f"{sound.n_channels} channels averaged into one"
    if sound.sample_rate < SAMPLE_RATE:
        rate, band = sound.sample_rate / 1000, sound.sample_rate / 2000
        yield f"sampled at {rate:g} kHz, as on a telephone: nothing above {band:g} kHz is left"
    share = mixed.levels.full_scale_share
    if share > _CLIPPED_SHARE:
        yield f"probably clipped: {100 * share:.1f} % of the samples are at full scale"
    if mixed.swing < _QUIET:
        yield f"very quiet: it stays {-20 * math.log10(mixed.swing):.0f} dB below full scale"
