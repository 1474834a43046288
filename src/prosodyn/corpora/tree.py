"""Find the audio in a folder, in a fixed order, and notice what was copied badly."""

from collections.abc import Collection
from pathlib import Path

from prosodyn.audio import SUFFIXES
from prosodyn.errors import CorpusError, CorpusNotFoundError
from prosodyn.files import is_hidden, reaching, walk

LFS_POINTER = b"version https://git-lfs"
LFS_POINTER_SIZE = 1024
"""Bytes; a pointer is smaller than this."""


def audio_files(root: Path) -> list[Path]:
    """List the audio below a folder, sorted; hidden files and other formats are passed over.

    Raises:
        CorpusNotFoundError: there is no such folder
        CorpusError: a folder below it may not be read
    """
    return visible_files(root, SUFFIXES)


def other_files(root: Path) -> list[Path]:
    """List what `audio_files` passes over by its name, sorted; hidden files are not meant for anybody.

    Raises:
        CorpusNotFoundError: there is no such folder
        CorpusError: a folder below it may not be read
    """
    return [path for path in visible_files(root) if path.suffix.lower() not in SUFFIXES]


def visible_files(root: Path, suffixes: Collection[str] | None = None) -> list[Path]:
    """List the files below a folder that are not hidden, sorted.

    Links to folders are followed, each folder once.

    Args:
        root: the folder
        suffixes: which files, in lower case with the dot; all by default

    Raises:
        CorpusNotFoundError: there is no such folder
        CorpusError: a folder below it may not be read
    """
    with reaching(root, CorpusNotFoundError):
        is_folder, exists = root.is_dir(), root.exists()
    if not is_folder:
        found = "is a file, not a folder" if exists else "does not exist"
        raise CorpusNotFoundError(f"{root}: {found}; give the folder that holds the recordings")
    return sorted(
        folder / name
        for folder, names in walk(root, CorpusError)
        for name in names
        if not is_hidden(name) and (suffixes is None or Path(name).suffix.lower() in suffixes)
    )


def check_copied(path: Path) -> None:
    """Refuse a file whose content never arrived, without decoding it.

    Raises:
        CorpusError: the file is empty, missing behind a link, or a git-lfs pointer
    """
    try:
        size = path.stat().st_size
        start = path.read_bytes() if size < LFS_POINTER_SIZE else b""
    except OSError as fault:
        raise CorpusError(f"{path}: cannot be read: {fault.strerror}; copy it again") from fault
    if size == 0:
        raise CorpusError(f"{path}: is empty (0 bytes); copy it again")
    if start.startswith(LFS_POINTER):
        raise CorpusError(f"{path}: is a git-lfs pointer, not audio; run 'git lfs pull' where it was cloned")


def find_beside(root: Path, name: str, inner: str) -> Path | None:
    """Find a list that comes with the audio.

    Args:
        root: the official tree, the folder around it, or its inner folder
        name: what the list is called
        inner: what the folder of recordings is called; only from there the level above is looked at
    """
    around = root.absolute()
    places = [around / name, *sorted(around.glob(f"*/{name}"))]
    if around.name.lower() == inner:
        places.append(around.parent / name)
    return next((place for place in places if place.is_file()), None)


def read_list(path: Path, encoding: str) -> str:
    """Read a list that comes with the audio.

    Raises:
        CorpusError: it cannot be read, or is in another encoding
    """
    try:
        return path.read_text(encoding=encoding)
    except OSError as fault:
        raise CorpusError(f"{path}: cannot be read: {fault.strerror}; check its permissions") from fault
    except UnicodeDecodeError as fault:
        raise CorpusError(f"{path}: is not {encoding} text; copy it again") from fault
