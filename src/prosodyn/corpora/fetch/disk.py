"""Writing downloads to disk, with faults that say what to do."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from prosodyn.errors import FetchError

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn faults of the disk into a FetchError that names the path.

    Raises:
        FetchError: the disk is full, the folder is forbidden, the name is impossible
    """
    try:
        yield
    except OSError as fault:
        if fault.errno in DISK_FULL:
            raise FetchError(f"{path}: the disk is full; make room and run it again") from fault
        raise FetchError(
            f"{path}: cannot be written: {fault.strerror}; choose a folder that you may write to"
        ) from fault


def append(file: BinaryIO, chunk: bytes, path: Path) -> None:
    """Write a chunk through to the operating system.

    Raises:
        FetchError: the disk does not take it
    """
    with writing(path):
        file.write(chunk)
        file.flush()


def require_space(folder: Path, n_bytes: int) -> None:
    """Make sure that something fits before it is written.

    Raises:
        FetchError: the disk of the folder has less room
    """
    free = shutil.disk_usage(folder).free
    if n_bytes > free:
        raise FetchError(
            f"{folder}: {n_bytes / 1e6:.1f} MB are needed, {free / 1e6:.1f} MB are free; "
            "make room or choose a folder on another disk"
        )
