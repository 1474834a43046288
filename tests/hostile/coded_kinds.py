"""Compressed files and other containers that break off, lie or hold something else."""

import gzip
import io
import struct
import zipfile

from hostile.kinds import PCM, WAV, Kind, after, coded, cut, holding, voice, with_bytes
from prosodyn.errors import EmptyAudioError, UnreadableAudioError

UNREADABLE, EMPTY = UnreadableAudioError, EmptyAudioError

MANY = b"\xff" * 4
"""The largest number that 32 bits hold."""

FLAC = coded("FLAC")
LONG_FLAC = coded("FLAC", samples=voice(60_000))
VORBIS, OPUS = coded("OGG", "VORBIS"), coded("OGG", "OPUS")
LONG_VORBIS, LONG_OPUS = (coded("OGG", coding, voice(60_000)) for coding in ("VORBIS", "OPUS"))
MP3 = coded("MP3")
AIFF, AU, CAF, SPHERE = coded("AIFF"), coded("AU"), coded("CAF"), coded("NIST")

NOT_AUDIO = "is not audio"
CUT_PAGE = "its last page is missing"
OPEN_LENGTH = "leaves the length open"
RANDOM = voice(2_000, seed=9).tobytes()


def zipped(content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("call.wav", content)
    return stream.getvalue()


def declaring_64_gib_of_flac() -> bytes:
    """Return a flac file whose header counts 2^36 - 1 samples, all that its 36 bits hold."""
    return with_bytes(FLAC, 21, bytes([FLAC[21] | 0x0F]) + MANY)


def tag_of_256_mb() -> bytes:
    """Return an ID3 tag that declares 2^28 - 1 bytes, and 1 kB of them."""
    return b"ID3\4\0\0\x7f\x7f\x7f\x7f" + bytes(1_014)


def ogg_of_nothing_known() -> bytes:
    """Return one Ogg page of a stream that no decoder knows."""
    content = b"\x80theora" + bytes(35)
    return b"OggS\0\6" + bytes(8) + b"\1\0\0\0" + bytes(8) + bytes([1, len(content)]) + content


FLAC_KINDS = (
    Kind("flac of 4 bytes", holding(cut(FLAC, 4), "a.flac"), UNREADABLE, NOT_AUDIO),
    Kind("flac cut in its header", holding(cut(FLAC, 30), "a.flac"), UNREADABLE, NOT_AUDIO),
    Kind("flac cut in its sound", holding(cut(LONG_FLAC, 40_000), "a.flac"), UNREADABLE, "is damaged near"),
    Kind("flac that counts 64 Gi samples", holding(declaring_64_gib_of_flac(), "a.flac"), UNREADABLE),
    Kind("flac of 0 Hz", holding(with_bytes(FLAC, 18, bytes(3)), "a.flac"), UNREADABLE),
    Kind(
        "flac with a broken frame",
        holding(with_bytes(LONG_FLAC, 30_000, b"\xff" * 64), "a.flac"),
        UNREADABLE,
        "is damaged near 1",
    ),
    Kind("flac of garbage", holding(cut(FLAC, 86) + RANDOM, "a.flac"), UNREADABLE),
    Kind("flac with a tag of 16 MB", holding(with_bytes(FLAC, 43, b"\xff" * 3), "a.flac"), UNREADABLE),
)

OGG_KINDS = (
    Kind("ogg cut in its header", holding(cut(VORBIS, 50), "a.ogg"), UNREADABLE, "is truncated"),
    Kind(
        "vorbis cut in its sound", holding(cut(LONG_VORBIS, len(LONG_VORBIS) - 99), "a.ogg"), None, CUT_PAGE
    ),
    Kind("opus cut in its sound", holding(cut(LONG_OPUS, len(LONG_OPUS) - 99), "a.opus"), None, CUT_PAGE),
    Kind("vorbis cut in its only page", holding(cut(VORBIS, len(VORBIS) - 99), "a.ogg"), EMPTY, "0 samples"),
    Kind("ogg of garbage", holding(cut(VORBIS, 58) + RANDOM, "a.ogg"), UNREADABLE, "is truncated"),
    Kind(
        "ogg with a broken page",
        holding(with_bytes(OPUS, len(OPUS) // 2, b"\0" * 64), "a.opus"),
        UNREADABLE,
        NOT_AUDIO,
    ),
    Kind("ogg of an unknown stream", holding(ogg_of_nothing_known(), "a.ogg"), UNREADABLE, NOT_AUDIO),
    Kind("vorbis of 0 Hz", holding(after(VORBIS, b"\1vorbis", 12, bytes(4)), "a.ogg"), UNREADABLE),
    Kind("opus of 0 channels", holding(after(OPUS, b"OpusHead", 9, b"\0"), "a.opus"), UNREADABLE),
)

MP3_KINDS = (
    Kind("mp3 cut in a frame", holding(cut(MP3, len(MP3) // 2), "a.mp3"), None, "truncated"),
    Kind("mp3 of a tag alone", holding(tag_of_256_mb(), "a.mp3"), UNREADABLE),
    Kind("mp3 of one header", holding(b"\xff\xfb\x90\x00", "a.mp3"), UNREADABLE),
    Kind(
        "mp3 of headers alone", holding(b"\xff\xfb\x90\x00" * 4_000, "a.mp3"), UNREADABLE, "begins like audio"
    ),
    Kind(
        "mp3 that counts 4 Gi frames",
        holding(after(MP3, b"Xing", 8, MANY), "a.mp3"),
        None,
        "truncated",
    ),
)

OLD_KINDS = (
    Kind(
        "aiff of 4 GB",
        holding(after(AIFF, b"SSND", 4, MANY), "a.aiff"),
        None,
        "leaves the length open",
    ),
    Kind("aiff of no channels", holding(after(AIFF, b"COMM", 8, bytes(2)), "a.aiff"), UNREADABLE),
    Kind(
        "aiff of an infinite rate", holding(after(AIFF, b"COMM", 16, b"\x7f\xff" * 5), "a.aiff"), UNREADABLE
    ),
    Kind("aiff cut in its header", holding(cut(AIFF, 40), "a.aiff"), UNREADABLE),
    Kind(
        "au that starts beyond its end", holding(with_bytes(AU, 4, b"\x7f" * 4), "a.au"), EMPTY, "0 samples"
    ),
    Kind("au of 0 Hz", holding(with_bytes(AU, 16, bytes(4)), "a.au"), UNREADABLE),
    Kind(
        "caf of less than nothing", holding(after(CAF, b"data", 4, b"\x80" + bytes(7)), "a.caf"), UNREADABLE
    ),
    Kind("caf cut in its header", holding(cut(CAF, 60), "a.caf"), UNREADABLE),
    Kind("sphere without its header", holding(SPHERE[:8] + RANDOM, "a.sph"), UNREADABLE),
)

MEDIA_KINDS = (
    Kind(
        "m4a of a mark alone", holding(struct.pack(">I", 24) + b"ftypM4A " + bytes(12), "a.m4a"), UNREADABLE
    ),
    Kind("m4a of 16 EB", holding(b"\0\0\0\1ftypM4A \xff\xff\xff\xff" + RANDOM, "a.m4a"), UNREADABLE),
    Kind("m4a of garbage", holding(b"\0\0\0\x18ftypM4A " + bytes(12) + RANDOM, "a.m4a"), UNREADABLE),
    Kind("webm of garbage", holding(b"\x1aE\xdf\xa3" + b"\xff" * 8 + RANDOM, "a.webm"), UNREADABLE),
    Kind("webm of a mark alone", holding(b"\x1aE\xdf\xa3\x01", "a.webm"), UNREADABLE),
    Kind("aac of garbage", holding(b"\xff\xf1" + RANDOM, "a.aac"), UNREADABLE),
    Kind("aac of a mark alone", holding(b"\xff\xf1\x50\x80", "a.aac"), UNREADABLE),
    Kind("amr of garbage", holding(b"#!AMR\n" + RANDOM, "a.amr"), UNREADABLE),
    Kind("amr of a mark alone", holding(b"#!AMR\n", "a.amr"), EMPTY, "0 samples"),
    Kind("wma of garbage", holding(b"\x30\x26\xb2\x75\x8e\x66\xcf\x11" + RANDOM, "a.wma"), UNREADABLE),
)

OTHER_KINDS = (
    Kind("empty", holding(b""), EMPTY, "is an empty file"),
    Kind("one byte", holding(b"R"), UNREADABLE, NOT_AUDIO),
    Kind("text", holding(b"Ceci n'est pas un son.\n" * 99), UNREADABLE, NOT_AUDIO),
    Kind("a page that says 404", holding(b"<!DOCTYPE html><title>404</title>" * 9), UNREADABLE, NOT_AUDIO),
    Kind(
        "a git-lfs pointer", holding(b"version https://git-lfs.github.com/spec/v1\n"), UNREADABLE, NOT_AUDIO
    ),
    Kind("a playlist", holding(b"#EXTM3U\n#EXTINF:9,\n/etc/passwd\n", "a.m4a"), UNREADABLE, NOT_AUDIO),
    Kind("a list for joining", holding(b"ffconcat version 1.0\nfile /etc/passwd\n", "a.mp4"), UNREADABLE),
    Kind("a program", holding(b"\x7fELF\2\1\1" + bytes(9) + RANDOM), UNREADABLE, NOT_AUDIO),
    Kind("a picture", holding(b"\x89PNG\r\n\x1a\n" + RANDOM), UNREADABLE, NOT_AUDIO),
    Kind("gzip", holding(gzip.compress(WAV, mtime=0)), UNREADABLE, NOT_AUDIO),
    Kind("zip", holding(zipped(WAV)), UNREADABLE, NOT_AUDIO),
    Kind("zeros", holding(bytes(5_000)), UNREADABLE, NOT_AUDIO),
    Kind("ones", holding(b"\xff" * 5_000), UNREADABLE, NOT_AUDIO),
    Kind("random bytes", holding(RANDOM), UNREADABLE, NOT_AUDIO),
    Kind("raw samples", holding(PCM, "a.raw"), UNREADABLE, "raw samples"),
    Kind("raw samples named wav", holding(PCM), UNREADABLE, NOT_AUDIO),
)

CODED_KINDS = (*FLAC_KINDS, *OGG_KINDS, *MP3_KINDS, *OLD_KINDS, *MEDIA_KINDS, *OTHER_KINDS)
