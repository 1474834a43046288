"""Where recordings lie while they are answered: a folder that is gone with the service, however it ends."""

import itertools
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

_PREFIX = "prosodyn-serve-"


class Place:
    """A folder of a service's own, in that for temporary files.

    A service that is killed leaves it behind. It is locked as long as its service lives, so that the next
    service can tell, and removes it; whatever else cleans up there looks at the lock, too.
    """

    def __init__(self) -> None:
        """Make nothing yet."""
        self._root: Path | None = None
        self._lock: int | None = None
        self._numbers = itertools.count()

    def open(self) -> None:
        """Make the folder, which others may not look into, and remove what killed services have left."""
        shared = Path(tempfile.gettempdir())
        sweep(shared)
        # it is locked before it has the name by which others find it
        made = Path(tempfile.mkdtemp(prefix="prosodyn-new-"))
        self._lock = _lock(made)
        self._root = made.rename(shared / made.name.replace("prosodyn-new-", _PREFIX))

    def close(self) -> None:
        """Remove the folder."""
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
        self._root = self._lock = None

    def new(self) -> Path:
        """Return a path in it at which nothing lies yet; whoever writes there removes it."""
        assert self._root is not None
        return self._root / str(next(self._numbers))


def sweep(shared: Path) -> None:
    """Remove the folders of services that live no more."""
    for left in shared.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # somebody else's, or gone by now
            lock = _lock(left)
            if lock is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(lock)


def _lock(folder: Path) -> int | None:
    """Lock a folder until what is returned is closed; None where somebody holds it, or nobody can."""
    if sys.platform == "win32":
        return None
    import fcntl

    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    with suppress(OSError):
        if os.fstat(opened).st_uid == os.geteuid():
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return opened
    os.close(opened)
    return None
