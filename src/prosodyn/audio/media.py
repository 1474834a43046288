"""What phones and browsers record (m4a, mp4, webm, aac, …), through the optional package `av`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from prosodyn.audio.sound import Sound, Span
from prosodyn.errors import MissingExtraError, UnreadableAudioError
from prosodyn.types import FloatArray

if TYPE_CHECKING:
    from av.container import InputContainer

# Where the mark stands in a file's first bytes, and the demuxer to name. Only what is known by its mark
# goes to the library: left to guess, it also takes playlists, which make it open other files.
_MARKS = (
    (4, b"ftyp", "mov"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (0, b"\xff\xf0", "aac"),
    (0, b"\xff\xf1", "aac"),
    (0, b"\xff\xf8", "aac"),
    (0, b"\xff\xf9", "aac"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"#!AMR", "amr"),
)

MEDIA_SUFFIXES = frozenset(
    (".3gp", ".aac", ".amr", ".asf", ".m4a", ".mka", ".mkv", ".mov", ".mp4", ".webm", ".wma")
)
"""What the names of such files end in, in lower case."""

# what people call the files of a demuxer
_KNOWN_AS = {"mov": "m4a or mp4", "matroska": "webm or mka", "aac": "aac", "asf": "wma", "amr": "amr"}


def find_demuxer(head: bytes) -> str | None:
    """Return the demuxer for a file that begins so, nothing where `av` is not needed."""
    for offset, mark, demuxer in _MARKS:
        if head[offset:].startswith(mark):
            return demuxer
    return None


@contextmanager
def open_media(path: Path, demuxer: str, span: Span) -> Iterator[Sound]:
    """Open the first sound track of a media file, to be decoded block by block.

    Raises:
        MissingExtraError: `av` is not installed
        UnreadableAudioError: damaged, or without a sound track
    """
    av = _import_av(path)
    try:
        # "file:", because a name alone may look like an address
        container = av.open(f"file:{path}", format=demuxer, metadata_errors="ignore")
    except av.error.FFmpegError as fault:
        raise UnreadableAudioError(
            f"{path}: is damaged, or not the {_KNOWN_AS[demuxer]} file it begins as: {fault.strerror}; "
            "copy it again"
        ) from fault
    with container:
        if not container.streams.audio:
            raise UnreadableAudioError(f"{path}: has no sound track; choose another file")
        track = container.streams.audio[0]
        first, last = span.frames(track.rate)
        blocks = _cut(_decode_blocks(container, path, av), first, last)
        yield Sound(track.rate, track.channels, blocks, _declared_duration(container, demuxer, av))


def _import_av(path: Path) -> ModuleType:
    try:
        import av
    except ImportError as fault:
        raise MissingExtraError("av", "media", f"{path}: reading this kind of file") from fault
    return av


def _decode_blocks(container: "InputContainer", path: Path, av: ModuleType) -> Iterator[FloatArray]:
    track = container.streams.audio[0]
    to_float = av.AudioResampler(format="fltp", rate=track.rate)
    n_frames = 0
    try:
        for frame in container.decode(track):
            for piece in to_float.resample(frame):
                n_frames += piece.samples
                yield piece.to_ndarray().T
        for piece in to_float.resample(None):
            yield piece.to_ndarray().T
    except (av.error.FFmpegError, ValueError) as fault:
        raise UnreadableAudioError(
            f"{path}: is damaged near {n_frames / track.rate:.2f} s: {_reason(fault)}; copy it again"
        ) from fault


def _reason(fault: Exception) -> str:
    return str(getattr(fault, "strerror", fault))


def _cut(blocks: Iterator[FloatArray], first: int, last: int | None) -> Iterator[FloatArray]:
    """Keep the frames from `first` to before `last`; seeking would not be exact in compressed sound."""
    position = 0
    for block in blocks:
        if last is not None and position >= last:
            return
        kept = block[max(0, first - position) : None if last is None else last - position]
        position += len(block)
        if len(kept) > 0:
            yield kept


def _declared_duration(container: "InputContainer", demuxer: str, av: ModuleType) -> float | None:
    """Return the seconds that the header promises; a bare stream of AAC or AMR has no header."""
    if container.duration is None or demuxer in {"aac", "amr"}:
        return None
    return float(container.duration) / float(av.time_base)
