"""Files that are either whole or not there, folders looked through, and paths that the system refuses."""

import errno
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import NoReturn

from prosodyn.errors import OutputError, ProsodynError

PARTIAL = ".partial"
"""Ending of a file that is being written; a kill may leave one behind."""

_REFUSALS = {
    errno.ENOENT: "does not exist; check the spelling, and the folder it is looked for in",
    errno.EISDIR: "is a folder; name a file",
    errno.ELOOP: "is a link that leads back to itself; mend the link, or name the file itself",
}


@contextmanager
def reaching(path: Path, error: type[ProsodynError]) -> Iterator[None]:
    """Name the path that somebody gave, where the system refuses it; a link to nothing is refused as well.

    Raises:
        ProsodynError: it was refused, as `error`
    """
    try:
        if path.is_symlink():
            path.stat()
        yield
    except OSError as fault:
        refusal = _REFUSALS.get(fault.errno or 0) or (
            f"cannot be opened: {fault.strerror}; name another path, or check its permissions"
        )
        if fault.errno == errno.ENOENT and path.is_symlink():
            refusal = "is a link to a file that does not exist; mend the link, or name the file itself"
        raise error(f"{path}: {refusal}") from fault


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary sibling that takes the path's place when the block ends without an error.

    A kill leaves the old content or the new one, never a part. Folders above
    the path are made where they are missing.

    Raises:
        OutputError: nothing can be written there
    """
    _refuse_device(path)
    partial = path.with_name(f".{path.name}.{os.getpid()}{PARTIAL}")
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


def read_whole(path: Path, error: type[ProsodynError]) -> bytes:
    """Read a file that somebody named; a pipe or a device, which might never end, is refused.

    Raises:
        ProsodynError: it was refused, or is larger than the memory, as `error`
    """
    with reaching(path, error):
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise error(f"{path}: is not a file but a pipe or a device; save what it gives to a file first")
        try:
            return path.read_bytes()
        except MemoryError as fault:
            raise error(f"{path}: is larger than the memory; name another file") from fault


def _refuse_device(path: Path) -> None:
    """Raise before a pipe or a device, such as the one of nothing, is replaced by a file."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return  # whether anything can be written there is found out by writing
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OutputError(f"{path}: is a pipe or a device, which a file would replace; name a file")


def refuse_unwritable(path: Path) -> None:
    """Raise, before long work, where a file could not be written after it; nothing is left there.

    Raises:
        OutputError: nothing can be written there
    """
    _refuse_device(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise OutputError(f"{path}: cannot be written: {reason}; choose another place") from fault
    if path.is_dir():
        raise OutputError(f"{path}: is a folder; name a file in it")


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


def write_durably(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, also where the power fails right after.

    Several programs, on several machines, may write it at once: one of them wins. Its folder must be there.

    Raises:
        OutputError: nothing can be written there
    """
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}{PARTIAL}")
    try:
        try:
            with partial.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(path)
            settle(path.parent)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise OutputError(
            f"{path}: cannot be written: {reason}; make room, or choose another place"
        ) from fault


def settle(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk, where it can be told to.

    Raises:
        OSError: it cannot
    """
    with suppress(PermissionError):  # Windows opens no folder
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def is_hidden(name: str) -> bool:
    """Tell whether a file or folder is hidden, as `.DS_Store` and `._a01.wav` are."""
    return name.startswith(".") or name == "__MACOSX"


def walk(root: Path, error: type[ProsodynError]) -> Iterator[tuple[Path, list[str]]]:
    """Give a folder and each folder below it that is not hidden, with the names of its files, in no order.

    Links to folders are followed, each folder once; folders come in the order of their names.

    Raises:
        ProsodynError: a folder may not be read, as `error`
    """

    def refuse(fault: OSError) -> NoReturn:
        raise error(f"{fault.filename}: cannot be read: {fault.strerror}; check its permissions") from fault

    visited: set[str] = set()
    for folder, inner, names in os.walk(root, followlinks=True, onerror=refuse):
        real = os.path.realpath(folder)
        if real in visited:  # a link that leads back into the tree
            inner.clear()
            continue
        visited.add(real)
        inner[:] = sorted(name for name in inner if not is_hidden(name))
        yield Path(folder), names
