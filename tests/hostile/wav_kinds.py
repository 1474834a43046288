"""Wav files whose headers break off or lie."""

import struct

from hostile.kinds import PCM, WAV, Kind, chunk, coded, cut, fmt, holding, riff, with_bytes
from prosodyn.errors import EmptyAudioError, UnreadableAudioError

UNREADABLE, EMPTY = UnreadableAudioError, EmptyAudioError
TRUNCATED = r"^truncated: the header promises [\d.]+ s, the file holds [\d.]+ s$"
OPEN_LENGTH = "leaves the length open"

DATA = chunk(b"data", PCM)


def in_1_kb(size: int) -> bytes:
    """Return a wav file of 1 kB whose header declares another size of its sound."""
    return riff(fmt(), chunk(b"data", PCM[:980], size), size=min(size + 36, 2**32 - 1))


def adpcm(align: int) -> bytes:
    """Return sound in Microsoft's ADPCM with an impossible size of its blocks, and garbage in them."""
    head = struct.pack("<HHIIHHHHH", 2, 1, 16_000, 16_000, align, 4, 32, 500, 7)
    return riff(chunk(b"fmt ", head + bytes(28)), chunk(b"data", b"\xff" * 4_000))


def rf64(size: int) -> bytes:
    """Return an RF64 file of 64-bit sizes that lie."""
    sizes = struct.pack("<QQQI", size, size, size, 0)
    content = b"WAVE" + chunk(b"ds64", sizes) + fmt() + chunk(b"data", PCM, 2**32 - 1)
    return b"RF64" + struct.pack("<I", 2**32 - 1) + content


WAV_KINDS = (
    Kind("wav of 4 bytes", holding(cut(WAV, 4)), UNREADABLE, "is not audio"),
    Kind("wav of 12 bytes", holding(cut(WAV, 12)), UNREADABLE, "is not audio"),
    Kind("wav cut in its format", holding(cut(WAV, 30)), UNREADABLE, "is not audio"),
    Kind("wav cut before its sound", holding(cut(WAV, 44)), EMPTY, "0 samples"),
    Kind("wav cut in its sound", holding(cut(WAV, 5_001)), None, TRUNCATED),
    Kind("4 GB declared in 1 kB", holding(in_1_kb(2**32 - 16)), None, OPEN_LENGTH),
    Kind("1.9 GB declared in 1 kB", holding(in_1_kb(1_900_000_000)), None, TRUNCATED),
    Kind("no bytes declared", holding(riff(fmt(), chunk(b"data", PCM, 0))), UNREADABLE, "never finished"),
    Kind("riff of no size", holding(with_bytes(WAV, 4, bytes(4))), None),
    Kind("riff of a negative size", holding(with_bytes(WAV, 4, b"\xf0\xff\xff\xff")), None),
    Kind("format of 4 GB", holding(with_bytes(WAV, 16, b"\xff" * 4)), UNREADABLE, "is not audio"),
    Kind("format of 2 bytes", holding(with_bytes(WAV, 16, b"\2\0\0\0")), UNREADABLE, "is not audio"),
    Kind("list of 4 GB", holding(riff(fmt(), chunk(b"LIST", b"INFO", 2**32 - 2), DATA)), UNREADABLE),
    Kind(
        "thousands of chunks",
        holding(riff(fmt(), *[chunk(b"junk", b"")] * 20_000, DATA)),
        UNREADABLE,
        "is not audio",
    ),
    Kind("sound before its format", holding(riff(DATA, fmt())), UNREADABLE, "is not audio"),
    Kind("no format", holding(riff(DATA)), UNREADABLE, "is not audio"),
    Kind("two sounds", holding(riff(fmt(), DATA, DATA)), UNREADABLE, "is not audio"),
    Kind("no channels", holding(riff(fmt(n_channels=0), DATA)), UNREADABLE, "is not audio"),
    Kind("65535 channels", holding(riff(fmt(n_channels=65_535), DATA)), UNREADABLE, "is not audio"),
    Kind("no width", holding(riff(fmt(width=0), DATA)), UNREADABLE),
    Kind("65535 bits", holding(riff(fmt(width=65_535), DATA)), UNREADABLE, "is not audio"),
    Kind("frames of no bytes", holding(riff(fmt(align=0), DATA)), None),
    Kind("4 GHz", holding(riff(fmt(rate=2**32 - 1), DATA)), UNREADABLE, "declares"),
    Kind("0 Hz", holding(riff(fmt(rate=0), DATA)), UNREADABLE, "impossible rate"),
    Kind("unknown coding", holding(riff(fmt(coding=0x1234), DATA)), UNREADABLE, "is not audio"),
    Kind("mp3 in riff that is none", holding(riff(fmt(coding=0x55), DATA)), UNREADABLE, "is not audio"),
    Kind("adpcm of no blocks", holding(adpcm(0)), UNREADABLE),
    Kind("adpcm of garbage", holding(adpcm(256)), None, "^offset"),
    Kind("rf64 of 8 EB", holding(rf64(2**63 - 1)), None, OPEN_LENGTH),
    Kind("rf64 of less than nothing", holding(rf64(2**64 - 1)), UNREADABLE),
    Kind("w64 cut in its header", holding(cut(coded("W64"), 60)), UNREADABLE, "is not audio"),
    Kind("w64 of 8 EB", holding(with_bytes(coded("W64"), 96, b"\xff" * 7 + b"\x7f")), None),
)
