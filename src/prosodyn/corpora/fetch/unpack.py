"""Unpack an archive from the internet without trusting it.

Only plain files and folders come out, only below the given folder, and never more bytes than
recordings could have been packed into so small an archive.
"""

import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from lzma import LZMAError
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Literal

from prosodyn.corpora.fetch.disk import append, require_space, writing
from prosodyn.errors import FetchError

LARGEST_RATIO = 20
"""Unpacked to packed bytes; recordings of speech in 16 bits stay far below."""

CHUNK = 1 << 20


class _UnsafeError(Exception):
    """An archive holds what no corpus needs."""


BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, LZMAError, EOFError, OSError, ValueError)
"""What the standard library raises for damaged archives."""


@dataclass(frozen=True, slots=True)
class Member:
    """One entry of an archive, whatever its format.

    Attributes:
        name: as the archive gives it
        kind: `other` is a link, a device, or what is encrypted
        size: bytes, as the archive declares them
        open: returns the content
    """

    name: str
    kind: Literal["file", "folder", "other"]
    size: int
    open: Callable[[], IO[bytes]]


def unpack(archive: Path, kind: Literal["zip", "tar.gz"], folder: Path) -> None:
    """Unpack an archive into a folder.

    Args:
        archive: the file; it is deleted where it is at fault, so that it can be fetched anew
        kind: its format
        folder: where; it exists

    Raises:
        FetchError: the archive is broken or unsafe, or the disk does not take its content
    """
    allowed = LARGEST_RATIO * archive.stat().st_size
    try:
        with closing(_zip_members(archive) if kind == "zip" else _tar_members(archive)) as members:
            for member in members:
                if not 0 <= member.size <= allowed:
                    raise _UnsafeError(f"it would grow to more than {LARGEST_RATIO} times its size")
                allowed -= member.size
                _extract(member, folder)
    except (_UnsafeError, *BROKEN, NotImplementedError) as fault:
        archive.unlink()
        raise FetchError(
            f"{archive}: cannot be unpacked as {kind}: {fault}; it has been deleted: run it again, "
            "and if that does not help, get the corpus by hand"
        ) from fault


def _extract(member: Member, folder: Path) -> None:
    """Write one member below the folder."""
    target = folder / _safe_path(member.name)
    if member.kind == "other":
        raise _UnsafeError(f"'{member.name}' is neither a plain file nor a folder")
    require_space(folder, member.size)
    with writing(target):
        (target if member.kind == "folder" else target.parent).mkdir(parents=True, exist_ok=True)
    if member.kind == "folder":
        return
    with member.open() as content:
        with writing(target):
            file = target.open("wb")
        with file:
            while chunk := content.read(CHUNK):
                append(file, chunk, target)


def _safe_path(name: str) -> PurePosixPath:
    """Return the path of a member; some archives made on Windows hold backslashes."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive:
        raise _UnsafeError(f"'{name}' would lie outside the folder")
    return path


def _zip_members(archive: Path) -> Generator[Member, None, None]:
    with zipfile.ZipFile(archive) as opened:
        for entry in opened.infolist():
            # The upper half holds Unix permissions and type where the archive was made on Unix, else zero.
            type_ = stat.S_IFMT(entry.external_attr >> 16)
            kind: Literal["file", "folder", "other"] = "folder" if entry.is_dir() else "file"
            if type_ not in {0, stat.S_IFREG, stat.S_IFDIR} or entry.flag_bits & 1:
                kind = "other"
            yield Member(entry.filename, kind, entry.file_size, partial(opened.open, entry))


def _tar_members(archive: Path) -> Generator[Member, None, None]:
    with tarfile.open(archive, "r:gz") as opened:
        for entry in opened:
            kind: Literal["file", "folder", "other"] = "folder" if entry.isdir() else "other"
            if entry.isreg():
                kind = "file"
            yield Member(entry.name, kind, entry.size, partial(_tar_content, opened, entry))


def _tar_content(opened: tarfile.TarFile, entry: tarfile.TarInfo) -> IO[bytes]:
    content = opened.extractfile(entry)
    if content is None:
        raise tarfile.ReadError(f"'{entry.name}' has no content")
    return content
