"""Files that are either whole or not there, and paths that the system refuses."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prosodyn.errors import OutputError, ProsodynError


@contextmanager
def reaching(path: Path, error: type[ProsodynError]) -> Iterator[None]:
    """Name the path that somebody gave, where the system refuses it, as one with a name too long.

    Raises:
        ProsodynError: it was refused, as `error`
    """
    try:
        yield
    except OSError as fault:
        raise error(
            f"{path}: cannot be looked at: {fault.strerror}; name another path, or check its permissions"
        ) from fault


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary sibling that takes the path's place when the block ends without an error.

    A kill leaves the old content or the new one, never a part. Folders above
    the path are made where they are missing.

    Raises:
        OutputError: nothing can be written there
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutputError(f"{path.parent}: cannot be made: {fault.strerror}; choose another place") from fault
    try:
        try:
            yield partial
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise OutputError(f"{path}: cannot be written: {reason}; choose another place") from fault


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        OutputError: nothing can be written there
    """
    with replacing(path) as partial:
        partial.write_bytes(content)


def write_text(path: Path, text: str) -> None:
    """Write a text as UTF-8, whole or not at all.

    Raises:
        OutputError: nothing can be written there
    """
    write_bytes(path, text.encode("utf-8"))
