"""A small picture as PNG, by the standard library alone (W3C, Portable Network Graphics, third edition)."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from prosodyn.formats.pictures.palette import Colour


def to_png(places: NDArray[np.uint8], colours: Sequence[Colour]) -> bytes:
    """Return a picture whose pixels are places in a list of colours.

    Args:
        places: `(row, column)`, the topmost row first; at least one of each
        colours: at most 256
    """
    height, width = places.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)  # eight bits, of a palette
    entries = bytes(round(255 * channel) for colour in colours for channel in colour)
    rows = np.pad(places, ((0, 0), (1, 0))).tobytes()  # a zero before each row: it is not filtered
    chunks = ((b"IHDR", header), (b"PLTE", entries), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
