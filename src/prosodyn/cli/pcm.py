"""Raw samples from a pipe: bytes of any number at a time to pieces of a waveform."""

import re
import sys
from collections.abc import Callable, Iterator
from io import BufferedReader
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from prosodyn.cli.options import SampleFormat
from prosodyn.cli.terminal import remark
from prosodyn.errors import ConfigError

_TYPES: dict[SampleFormat, np.dtype[Any]] = {"s16le": np.dtype("<i2"), "f32le": np.dtype("<f4")}
_MOST = 2**16  # bytes that are taken at a time

_FILES = {
    "WAV": rb"RIFF|RF64",
    "FLAC": rb"fLaC",
    "Ogg": rb"OggS",
    "AIFF": rb"FORM",
    "CAF": rb"caff",
    "AU": rb"\.snd",
    "MP4": rb".{4}ftyp",
    "Matroska or WebM": rb"\x1a\x45\xdf\xa3",
    # a tag, or a first frame that tells the length
    "MP3": rb"ID3|\xff[\xe2-\xfb].{7,34}(Xing|Info)",
    # a first frame that leaves the fullness of the decoder open, as streams of this kind do
    "AAC": rb"\xff[\xf0\xf1\xf8\xf9].{3}[\x1f\x3f\x5f\x7f\x9f\xbf\xdf\xff]\xfc",
    "AMR": rb"#!AMR",
    "WMA": rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
}
"""How files begin; raw samples hardly ever do so by chance."""

_TELLING = 41  # bytes that tell it


def read_pcm(sample_format: SampleFormat, n_channels: int) -> Iterator[NDArray[np.float32]]:
    """Yield what standard input brings, as soon as it does, its channels averaged.

    Args:
        sample_format: of each sample
        n_channels: whose samples take turns

    Yields:
        `(time,)`, the pieces as they come

    Raises:
        ConfigError: standard input is a keyboard, closed, or a file of sound
    """
    if sys.stdin is None or sys.stdin.isatty():
        raise ConfigError(
            "live: --stdin expects samples, and nothing is piped into it; send some, "
            "as 'ffmpeg -i CALL -f s16le -ac 1 -ar 16000 - | prosodyn live --stdin' does"
        )
    dtype = _TYPES[sample_format]
    size = dtype.itemsize * n_channels
    # what is there by now, where `read` would wait for all that it was asked for
    read = cast(BufferedReader, sys.stdin.buffer).read1
    held = _beginning(read)
    for kind, beginning in _FILES.items():
        if re.match(beginning, held, re.DOTALL):
            raise ConfigError(
                f"live: --stdin expects raw samples, and this is a file of {kind}; "
                "ask 'prosodyn predict', or send it through 'ffmpeg -i - -f s16le -ac 1 -ar 16000 -'"
            )
    piece = held
    while piece:
        n_bytes = len(held) - len(held) % size
        if n_bytes:
            yield _to_waveform(held[:n_bytes], dtype, n_channels)
        piece = read(_MOST)
        held = held[n_bytes:] + piece
    if held:
        remark(f"the last {len(held)} bytes are no whole sample of {n_channels} channels, and left out")


def _beginning(read: Callable[[int], bytes]) -> bytes:
    """Return the first bytes that come, as many of them as tell a file, where there are so many."""
    held = b""
    while len(held) < _TELLING and (piece := read(_MOST)):
        held += piece
    return held


def _to_waveform(content: bytes, dtype: np.dtype[Any], n_channels: int) -> NDArray[np.float32]:
    samples = np.frombuffer(content, dtype).astype(np.float32).reshape(-1, n_channels)
    if dtype.kind == "i":
        samples /= np.float32(32_768)
    mean: NDArray[np.float32] = samples.mean(axis=1)
    return mean
