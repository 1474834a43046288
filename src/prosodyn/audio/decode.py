"""From a file to blocks of samples; what a file holds decides how it is read, its name does not."""

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

import soundfile

from prosodyn.audio.media import MEDIA_SUFFIXES, find_demuxer, open_media
from prosodyn.audio.samples import HIGHEST_RATE, LOWEST_RATE
from prosodyn.audio.sound import BLOCK, Sound, Span
from prosodyn.audio.steady import SteadyStream
from prosodyn.audio.unfinished import OGG, ogg_is_whole, wav_bytes_beyond
from prosodyn.errors import EmptyAudioError, UnreadableAudioError
from prosodyn.files import reaching
from prosodyn.types import FloatArray

SUFFIXES = MEDIA_SUFFIXES | {
    *(".aif", ".aifc", ".aiff", ".au", ".caf", ".flac", ".mp3", ".oga", ".ogg", ".opus", ".rf64", ".snd"),
    *(".sph", ".w64", ".wav", ".wave"),
}
"""What the names of recordings end in, in lower case, where a folder is searched for them."""

# libsndfile's log of a header whose length (in bytes) the file does not hold, in WAV, AIFF, AU, RF64 and W64
_PROMISE = re.compile(
    r"^\s*(?:data|SSND|Data Size|Riff size|riff)\s*: (?P<promised>\d+) \(should be (?P<held>\d+)\)",
    re.MULTILINE,
)

# libsndfile calls a header that declares 0 Hz an "internal error"
_BAD_HEADER = 24

# what libsndfile says of an mp3 that is nothing but headers: "does not exist or is not a regular file"
_NO_FILE = 7

_STEP = 0.05  # s; how exactly the place of damage is told

# a writer that cannot go back to its header puts one of the largest lengths there
_OPEN_LENGTH = 0x7FFFF000


@contextmanager
def open_sound(path: Path, span: Span) -> Iterator[Sound]:
    """Open a recording, to be decoded block by block.

    Raises:
        UnreadableAudioError: missing, forbidden, not a file, not audio, or of an impossible sample rate;
            while the blocks are drawn: damaged
        EmptyAudioError: a file of no bytes
        MissingExtraError: a kind of file that only the package `av` can read, and it is not installed
    """
    with _open_file(path) as file:
        stream = SteadyStream(file, path)
        head = stream.read(16)
        stream.refuse_fault()
        if not head:
            raise EmptyAudioError(f"{path}: is an empty file, 0 bytes; record or copy it again")
        stream.seek(0)
        demuxer = find_demuxer(head)
        opened = open_media(path, demuxer, span) if demuxer else _open_soundfile(stream, path, span)
        with opened as sound:
            if not LOWEST_RATE <= sound.sample_rate <= HIGHEST_RATE:
                raise UnreadableAudioError(
                    f"{path}: declares {sound.sample_rate} Hz, expected {LOWEST_RATE} to {HIGHEST_RATE} Hz; "
                    "its header is damaged"
                )
            yield sound


def _open_file(path: Path) -> BufferedReader:
    with reaching(path, UnreadableAudioError):
        if not path.exists():
            fault = "does not exist; check the spelling, and the folder it is looked for in"
        elif path.is_dir():
            fault = "is a folder; name one of the recordings in it"
        elif not path.is_file():
            # reading a pipe or a device could last for ever
            fault = "is not a file but a pipe or a device; save the sound to a file first"
        elif path.suffix.lower() == ".raw":
            fault = "holds raw samples, whose rate and width nobody can know; convert it to wav"
        else:
            return path.open("rb")
    raise UnreadableAudioError(f"{path}: {fault}")


@contextmanager
def _open_soundfile(stream: SteadyStream, path: Path, span: Span) -> Iterator[Sound]:
    ends = stream.read(len(OGG)) != OGG or ogg_is_whole(stream)
    stream.seek(0)
    try:
        file = soundfile.SoundFile(stream)
    except soundfile.LibsndfileError as fault:
        stream.refuse_fault()
        if not ends:
            raise UnreadableAudioError(
                f"{path}: is truncated: it breaks off before any sound; copy it again"
            ) from fault
        raise UnreadableAudioError(
            f"{path}: is not audio that can be read: {_reason(fault)}; convert it to wav or flac"
        ) from fault
    with file:
        _refuse_unfinished(file, stream, path)
        blocks = _read_blocks(file, path, span)
        yield Sound(file.samplerate, file.channels, _whole(blocks, stream), _declared_duration(file), ends)


def _whole(blocks: Iterator[FloatArray], stream: SteadyStream) -> Iterator[FloatArray]:
    """Yield the blocks; where the system failed, what looks like their end, or like damage, is none."""
    try:
        yield from blocks
    except UnreadableAudioError:
        stream.refuse_fault()
        raise
    stream.refuse_fault()


def _refuse_unfinished(file: soundfile.SoundFile, stream: SteadyStream, path: Path) -> None:
    if file.frames == 0 and file.format in {"WAV", "WAVEX"} and (n_bytes := wav_bytes_beyond(stream)):
        raise UnreadableAudioError(
            f"{path}: its header was never finished: it promises 0 bytes of sound, and {n_bytes} follow; "
            "write a new one, as 'ffmpeg -ignore_length 1 -i OLD.wav NEW.wav' does"
        )


def _read_blocks(file: soundfile.SoundFile, path: Path, span: Span) -> Iterator[FloatArray]:
    first, last = span.frames(file.samplerate)
    position, last = min(first, file.frames), file.frames if last is None else min(last, file.frames)
    step = max(1, BLOCK // file.channels)
    try:
        if file.seekable():
            file.seek(position)
        else:
            # some codings of telephones can only be decoded from their start
            file.read(position)
        while position < last:
            block = file.read(min(step, last - position), dtype="float32", always_2d=True)
            if len(block) == 0:
                return
            position += len(block)
            yield block
    except soundfile.LibsndfileError as fault:
        seconds = _last_sound(path, position) / file.samplerate
        raise UnreadableAudioError(
            f"{path}: is damaged near {seconds:.2f} s: {_reason(fault)}; copy it again"
        ) from fault


def _last_sound(path: Path, position: int) -> int:
    """Return the frame from where a block is damaged, by decoding the block anew in short steps."""
    # another decoder, because one that failed may go on with what it had before
    with reaching(path, UnreadableAudioError), path.open("rb") as stream:
        try:
            with soundfile.SoundFile(SteadyStream(stream, path)) as file:
                file.seek(position)
                while read := len(file.read(max(1, round(_STEP * file.samplerate)))):
                    position += read
        except soundfile.LibsndfileError:
            pass  # the fault is being told; this is its place
    return position


def _declared_duration(file: soundfile.SoundFile) -> float:
    """Return the seconds that the header promises, infinity where it leaves them open."""
    duration: float = file.frames / file.samplerate
    promise = _PROMISE.search(file.extra_info)
    if promise is None or file.frames == 0:
        return duration
    if int(promise["promised"]) >= _OPEN_LENGTH:
        return math.inf
    return duration * int(promise["promised"]) / int(promise["held"])


def _reason(fault: soundfile.LibsndfileError) -> str:
    if fault.code == _BAD_HEADER:
        return "its header declares an impossible rate, width or length"
    if fault.code == _NO_FILE:
        return "it begins like audio, and nothing that can be decoded follows"
    return str(fault.error_string).removeprefix("Error : ").rstrip(".")
