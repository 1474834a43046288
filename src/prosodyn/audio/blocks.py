"""Reading a recording of any length in constant memory, decoded and resampled block by block."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from prosodyn.audio.decode import open_sound
from prosodyn.audio.mixer import Mixer
from prosodyn.audio.remarks import find_truncation, remarks_on
from prosodyn.audio.samples import refuse_unusable
from prosodyn.audio.sound import Sound, Span
from prosodyn.types import SAMPLE_RATE, FloatArray

BLOCK_SECONDS = 12.0
"""How much is given at a time, unless somebody asks for another size (768 kB)."""

_WHOLE = Span()


class BlockReader:
    """An open recording that is read once, from its beginning to its end.

    Attributes:
        duration: seconds, where the header says so; else None
    """

    def __init__(self, path: Path, sound: Sound, seconds: float) -> None:
        """Take a recording that is open; `open_blocks` makes one."""
        self._path, self._sound = path, sound
        self._size = max(1, round(seconds * SAMPLE_RATE))
        self._mixer = Mixer(sound.sample_rate, str(path))
        self._remarks: tuple[str, ...] | None = None
        declared = sound.declared
        self.duration = None if declared is None or math.isinf(declared) else declared

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return what a listener should know, each a short sentence; empty until the last block is drawn."""
        return self._remarks or ()

    def blocks(self) -> Iterator[FloatArray]:
        """Yield the waveform piece by piece, the same samples as `load` gives.

        Yields:
            `(time,)` in [-1, 1] at `SAMPLE_RATE`, all of the same size but the last

        Raises:
            AudioError: as `load`; what only the end shows, such as silence throughout, after the last block
        """
        yield from _even(self._mixed(), self._size)
        seen = self._mixer.seen
        refuse_unusable(seen, str(self._path))
        held = seen.n_frames / self._sound.sample_rate
        truncation = find_truncation(self._sound, _WHOLE, held)
        self._remarks = tuple(remarks_on(self._sound, seen, truncation))

    def _mixed(self) -> Iterator[FloatArray]:
        for block in self._sound.blocks:
            yield self._mixer.take(block)
        yield self._mixer.end()


@contextmanager
def open_blocks(path: Path | str, seconds: float = BLOCK_SECONDS) -> Iterator[BlockReader]:
    """Open a recording to be read block by block.

    Args:
        path: as `load`
        seconds: length of a block

    Raises:
        AudioError: as `load`
        MissingExtraError: as `load`
    """
    path = Path(path)
    with open_sound(path, _WHOLE) as sound:
        yield BlockReader(path, sound, seconds)


def read_blocks(path: Path | str, seconds: float = BLOCK_SECONDS) -> Iterator[FloatArray]:
    """Read a recording block by block where nobody looks at remarks.

    Args:
        path: as `load`
        seconds: length of a block

    Yields:
        `(time,)` in [-1, 1] at `SAMPLE_RATE`, all of the same size but the last; together what `load` gives

    Raises:
        AudioError: as `load`
        MissingExtraError: as `load`
    """
    with open_blocks(path, seconds) as reader:
        yield from reader.blocks()


def measure_duration(path: Path | str) -> float:
    """Return the seconds that a recording lasts, by its header where it has one, else by decoding it all.

    Raises:
        AudioError: as `load`
        MissingExtraError: as `load`
    """
    with open_blocks(path) as reader:
        if reader.duration is not None:
            return reader.duration
        return sum(len(block) for block in reader.blocks()) / SAMPLE_RATE


def _even(pieces: Iterator[FloatArray], size: int) -> Iterator[FloatArray]:
    """Cut and join pieces to one size; the last may be shorter."""
    held = np.empty(0, dtype=np.float32)
    for piece in pieces:
        held = np.concatenate([held, piece])
        whole = len(held) - len(held) % size
        yield from (held[place : place + size] for place in range(0, whole, size))
        held = held[whole:]
    if len(held) > 0:
        yield held
