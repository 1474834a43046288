"""A file as a decoder's callbacks need it: they cannot raise, so that what the system refuses is kept."""

import os
from io import BufferedReader
from pathlib import Path

from prosodyn.errors import UnreadableAudioError


class SteadyStream:
    """Reads a file for a decoder; where the system fails, the file ends, and `refuse_fault` tells.

    An error in a callback would be written to the terminal, with its traceback, and then be forgotten.
    """

    def __init__(self, stream: BufferedReader, path: Path) -> None:
        """Take a file that is open.

        Args:
            stream: the file
            path: of it, for the error's message
        """
        self._stream, self._path = stream, path
        self._fault: OSError | None = None

    def read(self, size: int = -1) -> bytes:
        """Return so many bytes, or what there is."""
        try:
            return self._stream.read(size)
        except OSError as fault:
            self._fault = fault
            return b""

    def readinto(self, room: bytearray) -> int:
        """Fill the room, or as much of it as there is for, and return how much."""
        try:
            return self._stream.readinto(room)
        except OSError as fault:
            self._fault = fault
            return 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place and return it; where a header lies there is none, and nothing moves."""
        try:
            return self._stream.seek(offset, whence)
        except (OSError, ValueError, OverflowError):
            return self._stream.tell()

    def tell(self) -> int:
        """Return the place."""
        return self._stream.tell()

    def refuse_fault(self) -> None:
        """Raise where the system failed.

        Raises:
            UnreadableAudioError: it did
        """
        if self._fault is not None:
            raise UnreadableAudioError(
                f"{self._path}: cannot be read: {self._fault.strerror}; check the disk, and copy it again"
            ) from self._fault
