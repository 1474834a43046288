"""A file of sound is not taken for raw samples."""

import io
import sys
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile

from prosodyn.cli.pcm import read_pcm
from prosodyn.errors import ConfigError


class Dripping(io.BytesIO):
    """Gives two bytes at a time, as a slow pipe may."""

    def read1(self, size: int | None = -1, /) -> bytes:
        del size
        return self.read(2)


def take(content: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[np.ndarray]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Dripping(content)))  # type: ignore[type-var]
    return read_pcm("s16le", 1)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("WAV", "WAV"),
        ("FLAC", "FLAC"),
        ("OGG", "Ogg"),
        ("AIFF", "AIFF"),
        ("CAF", "CAF"),
        ("AU", "AU"),
        ("MP3", "MP3"),
        ("RF64", "WAV"),
    ],
)
def test_a_file_is_no_raw_samples(monkeypatch: pytest.MonkeyPatch, kind: str, name: str) -> None:
    file = io.BytesIO()
    soundfile.write(file, np.full(1_000, 0.1), 16_000, format=kind)
    with pytest.raises(ConfigError, match=rf"this is a file of {name}; ask 'prosodyn predict'"):
        next(take(file.getvalue(), monkeypatch))


@pytest.mark.parametrize(
    ("beginning", "name"),
    [
        (b"ID3\x04", "MP3"),
        (b"\x00\x00\x00\x20ftypM4A ", "MP4"),
        (b"\x1a\x45\xdf\xa3", "Matroska or WebM"),
        (b"\xff\xf1\x50\x80\x02\x1f\xfc", "AAC"),
        (b"#!AMR-WB\n", "AMR"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA"),
    ],
)
def test_so_is_what_begins_as_one(monkeypatch: pytest.MonkeyPatch, beginning: bytes, name: str) -> None:
    with pytest.raises(ConfigError, match=f"this is a file of {name}"):
        next(take(beginning + bytes(100), monkeypatch))


@pytest.mark.parametrize("n_bytes", [0, 2, 4, 1_000])
def test_samples_arrive_as_they_were_sent(monkeypatch: pytest.MonkeyPatch, n_bytes: int) -> None:
    content = np.random.default_rng(0).bytes(n_bytes)
    pieces = [*take(content, monkeypatch), np.zeros(0)]
    np.testing.assert_array_equal(np.concatenate(pieces), np.frombuffer(content, "<i2") / 32_768)
