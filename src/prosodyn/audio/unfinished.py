"""Files that somebody stopped writing or copying, where the sound's own decoder does not tell."""

import os

from prosodyn.audio.steady import SteadyStream

OGG = b"OggS"

_PAGE_HEADER = 27  # bytes before the table of segments; the last of them is that table's length
_LARGEST_PAGE = _PAGE_HEADER + 255 + 255 * 255
_END_OF_STREAM = 0x04

_EMPTY_SOUND = b"data\0\0\0\0"
_HEADERS = 2**16  # bytes; no recorder writes longer headers before the sound


def ogg_is_whole(stream: SteadyStream) -> bool:
    """Tell whether the last Ogg page is all there and marked as an end (RFC 3533, section 6).

    Ogg declares no length. Whether its streams (Vorbis, Opus, FLAC, Speex, …) follow one another or lie side
    by side, the last page of the file ends the last of them. Some other bytes, such as tags, may follow.
    """
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - 2 * _LARGEST_PAGE))
    _, mark, page = stream.read().rpartition(OGG + b"\0")
    page = mark + page
    if not mark or len(page) < _PAGE_HEADER or not page[5] & _END_OF_STREAM:
        return False
    n_segments = page[_PAGE_HEADER - 1]
    sizes = page[_PAGE_HEADER : _PAGE_HEADER + n_segments]
    return len(page) >= _PAGE_HEADER + n_segments + sum(sizes)


def wav_bytes_beyond(stream: SteadyStream) -> int:
    """Count the bytes after a wav header that promises none, as a recorder leaves it that crashed."""
    stream.seek(0)
    head = stream.read(_HEADERS)
    place = head.find(_EMPTY_SOUND)
    beyond = place + len(_EMPTY_SOUND)
    if place < 0 or head[beyond : beyond + 4].isalnum():  # another chunk's name: the sound is truly empty
        return 0
    return stream.seek(0, os.SEEK_END) - beyond
