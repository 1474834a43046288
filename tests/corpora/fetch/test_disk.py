import errno
import io
from pathlib import Path

import pytest

from prosodyn.corpora.fetch.disk import append, require_space, writing
from prosodyn.errors import FetchError


class FullDisk(io.BytesIO):
    """Takes nothing."""

    def write(self, chunk: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_named() -> None:
    with pytest.raises(FetchError, match=r"a\.zip: the disk is full; make room"):
        append(FullDisk(), b"RIFF", Path("a.zip"))


def test_a_forbidden_folder_is_named() -> None:
    with (
        pytest.raises(FetchError, match=r"a\.zip: cannot be written: Permission denied"),
        writing(Path("a.zip")),
    ):
        raise PermissionError(errno.EACCES, "Permission denied")


def test_what_fits_is_let_through(tmp_path: Path) -> None:
    require_space(tmp_path, 1)


def test_what_cannot_fit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="MB are needed"):
        require_space(tmp_path, 10**18)
