"""Recordings of whatever place as files of this machine, distant ones fetched a few ahead."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from prosodyn.scale.remote import fetch, scheme_of

AHEAD = 4
"""Distant recordings that are on their way while one is answered, which takes no longer than a store does."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a recording can be read.

    Attributes:
        name: what people know it by
        path: of this machine
        is_copy: whether it was fetched, and is to be removed
    """

    name: str
    path: Path
    is_copy: bool = False


Coming = Place | Future[Place]


class Fetcher:
    """Brings distant recordings here. It ends with its process."""

    def __init__(self, root: str, scratch: Path, *, is_folder: bool = False) -> None:
        """Take the places.

        Args:
            root: path or URL that listed paths start from
            scratch: folder for copies, which must be there
            is_folder: listed paths were found below the root, so that none is a URL, whatever it looks like
        """
        self._root, self._scratch, self._is_folder = root, scratch, is_folder
        self._threads = ThreadPoolExecutor(AHEAD)

    def ahead(self, paths: Iterable[str]) -> Iterator[Coming]:
        """Yield each recording in order, while the next ones are being fetched.

        Args:
            paths: as they are listed
        """
        coming: deque[Coming] = deque()
        for path in paths:
            name = full_name(self._root, path, is_folder=self._is_folder)
            coming.append(self._threads.submit(self._fetch, name) if scheme_of(name) else _here(name))
            if len(coming) > AHEAD:
                yield coming.popleft()
        yield from coming

    def _fetch(self, url: str) -> Place:
        return Place(url, fetch(url, self._scratch), is_copy=True)


def arrived(coming: Coming) -> Place:
    """Wait for a recording.

    Raises:
        UnreadableAudioError: it cannot be fetched
        OutputError: there is no room for a copy of it
    """
    return coming if isinstance(coming, Place) else coming.result()


def full_name(root: str, path: str, *, is_folder: bool = False) -> str:
    """Return the absolute path or URL of a recording.

    Args:
        root: path or URL that it starts from
        path: as it is listed
        is_folder: it was found below the root, so that it is no URL by itself

    Examples:
        >>> full_name("s3://calls/lists", "monday.wav"), full_name("s3://calls", "gs://others/a.wav")
        ('s3://calls/lists/monday.wav', 'gs://others/a.wav')
    """
    if scheme_of(path) and not is_folder:
        return path
    return f"{root}/{path}" if scheme_of(root) else str(Path(root, path))


def _here(name: str) -> Place:
    return Place(name, Path(name))
