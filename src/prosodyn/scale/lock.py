"""One run at a time: a lock that the system takes back from whoever dies."""

import io
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prosodyn.errors import OutputError


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock as long as the block lasts.

    Raises:
        OutputError: another run holds it, or the file cannot be written
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+b", buffering=0)
    except OSError as fault:
        raise OutputError(f"{path}: cannot be written: {fault.strerror}; choose another place") from fault
    with file:
        try:
            _take(file)
        except OSError as fault:
            file.seek(0)
            holder = file.read(200).decode(errors="replace").strip() or "another program"
            raise OutputError(
                f"{path.parent}: {holder} is at work there; wait for it, or choose another --out"
            ) from fault
        _sign(file)
        yield


def _sign(file: io.FileIO) -> None:
    """Leave word who holds it; a full disk does without."""
    with suppress(OSError):
        file.truncate(0)
        file.write(f"process {os.getpid()} on {socket.gethostname()}\n".encode())


def _take(file: io.FileIO) -> None:
    """Lock a file, or raise `OSError` at once."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
