"""The noun of the catalogue, and what its makers share."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from prosodyn.errors import ProsodynError

RATE = 16_000
SECONDS = 0.5

Maker = Callable[[Path], Path]
"""Makes the input in a folder of its own and returns its path."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of broken or hostile input.

    Attributes:
        name: of the kind, as the tests spell it
        make: makes it
        error: the class, exactly; None where it is answered all the same
        says: pattern in the message, or in one of the remarks; of what is answered without one, empty
        needs_permissions: means something only where the system refuses what is forbidden
    """

    name: str
    make: Maker
    error: type[ProsodynError] | None
    says: str = ""
    needs_permissions: bool = False

    def __str__(self) -> str:
        return self.name


def holding(content: bytes | Callable[[Path], bytes], name: str = "bad.wav") -> Maker:
    """Return what makes a file of this content."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content(folder))
        return path

    return make


def voice(n_samples: int = int(SECONDS * RATE), seed: int = 5) -> np.ndarray:
    """Return `(time,)`, a tone in noise, so that every coding has something to code."""
    noise = 0.05 * np.random.default_rng(seed).standard_normal(n_samples)
    return 0.3 * np.sin(np.arange(n_samples) / 5) + noise


def coded(container: str, coding: str | None = None, samples: np.ndarray | None = None) -> bytes:
    """Return a whole file of some container, to be spoilt."""
    from io import BytesIO

    stream = BytesIO()
    soundfile.write(stream, voice() if samples is None else samples, RATE, format=container, subtype=coding)
    return stream.getvalue()


def cut(content: bytes, n_bytes: int) -> bytes:
    return content[:n_bytes]


def with_bytes(content: bytes, offset: int, replacement: bytes) -> bytes:
    """Return the content with other bytes from the offset on."""
    return content[:offset] + replacement + content[offset + len(replacement) :]


def after(content: bytes, mark: bytes, offset: int, replacement: bytes) -> bytes:
    """Return the content with other bytes so far behind the beginning of a mark."""
    return with_bytes(content, content.index(mark) + offset, replacement)


PCM = (32_767 * voice()).astype("<i2").tobytes()


def chunk(name: bytes, content: bytes, size: int | None = None) -> bytes:
    """Return a chunk of a wav file, which may lie about its size."""
    return name + struct.pack("<I", len(content) if size is None else size) + content


def fmt(coding: int = 1, n_channels: int = 1, rate: int = RATE, width: int = 16, align: int = 2) -> bytes:
    """Return the chunk that says how a wav file is coded."""
    return chunk(
        b"fmt ", struct.pack("<HHIIHH", coding, n_channels, rate, (rate * align) % 2**32, align, width)
    )


def riff(*chunks: bytes, size: int | None = None) -> bytes:
    """Return a wav file of these chunks, which may lie about its size."""
    content = b"WAVE" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(content) if size is None else size) + content


WAV = riff(fmt(), chunk(b"data", PCM))
