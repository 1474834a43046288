import errno
import gzip
import stat
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from prosodyn.corpora.fetch.unpack import unpack
from prosodyn.errors import FetchError

Pack = Callable[[str, dict[str, bytes]], bytes]
MEMBERS = {"wav/03a01Fa.wav": b"RIFF" * 100, "wav/03a01Nc.wav": b"", "erkennung.txt": b"Satz"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "unpacked"
    folder.mkdir()
    return folder


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "archive"


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def make_special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def test_a_zip_comes_out_as_it_went_in(archive: Path, folder: Path, pack: Pack) -> None:
    archive.write_bytes(pack("zip", MEMBERS))
    unpack(archive, "zip", folder)
    assert contents(folder) == MEMBERS


def test_a_tar_comes_out_as_it_went_in(archive: Path, folder: Path, pack: Pack) -> None:
    archive.write_bytes(pack("tar.gz", MEMBERS))
    unpack(archive, "tar.gz", folder)
    assert contents(folder) == MEMBERS


def test_an_empty_folder_comes_out(archive: Path, folder: Path) -> None:
    with tarfile.open(archive, "w:gz") as opened:
        opened.addfile(make_special("empty", tarfile.DIRTYPE))
    unpack(archive, "tar.gz", folder)
    assert (folder / "empty").is_dir()


def test_backslashes_from_windows_are_folders(archive: Path, folder: Path, pack: Pack) -> None:
    archive.write_bytes(pack("zip", {"wav\\a.wav": b"RIFF"}))
    unpack(archive, "zip", folder)
    assert contents(folder) == {"wav/a.wav": b"RIFF"}


@pytest.mark.parametrize(
    "name",
    ["../evil", "wav/../../evil", "/evil", "..\\evil", "C:\\evil", "C:evil", "\\\\host\\share\\evil"],
)
@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_nothing_comes_out_beside_the_folder(
    archive: Path, folder: Path, pack: Pack, name: str, kind: str
) -> None:
    archive.write_bytes(pack(kind, {name: b"evil"}))
    with pytest.raises(FetchError, match="would lie outside the folder"):
        unpack(archive, kind, folder)
    assert [path.name for path in archive.parent.rglob("*")] == ["unpacked"]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_are_refused(archive: Path, folder: Path, kind: bytes) -> None:
    with tarfile.open(archive, "w:gz") as opened:
        opened.addfile(make_special("wav/link", kind, "/etc/passwd"))
    with pytest.raises(FetchError, match="'wav/link' is neither a plain file nor a folder"):
        unpack(archive, "tar.gz", folder)


def test_a_link_in_a_zip_is_refused(archive: Path, folder: Path) -> None:
    link = zipfile.ZipInfo("wav/link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(archive, "w") as opened:
        opened.writestr(link, "/etc/passwd")
    with pytest.raises(FetchError, match="neither a plain file"):
        unpack(archive, "zip", folder)


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_bomb_does_not_go_off(archive: Path, folder: Path, pack: Pack, kind: str) -> None:
    archive.write_bytes(pack(kind, {"zeros": bytes(5_000_000)}))
    with pytest.raises(FetchError, match="more than 20 times its size"):
        unpack(archive, kind, folder)
    assert contents(folder) == {}


def test_a_negative_size_is_refused(archive: Path, folder: Path) -> None:
    member = tarfile.TarInfo("a.wav")
    member.size = -512
    with gzip.open(archive, "wb") as opened:
        opened.write(member.tobuf(tarfile.GNU_FORMAT) + bytes(1_024))
    with pytest.raises(FetchError, match="cannot be unpacked"):
        unpack(archive, "tar.gz", folder)


def test_what_does_not_fit_on_the_disk_is_left_in_the_archive(
    archive: Path, folder: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.write_bytes(pack("zip", MEMBERS))
    monkeypatch.setattr("prosodyn.corpora.fetch.disk.shutil.disk_usage", lambda _: type("", (), {"free": 99}))
    with pytest.raises(FetchError, match="make room"):
        unpack(archive, "zip", folder)
    assert archive.exists()


def test_a_disk_that_fills_up_keeps_the_archive(
    archive: Path, folder: Path, pack: Pack, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    archive.write_bytes(pack("zip", MEMBERS))
    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(FetchError, match="the disk is full; make room"):
        unpack(archive, "zip", folder)
    assert archive.exists()


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_truncated_archive_is_named_and_deleted(archive: Path, folder: Path, pack: Pack, kind: str) -> None:
    whole = pack(kind, MEMBERS)
    archive.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FetchError, match=f"cannot be unpacked as {kind}.*has been deleted"):
        unpack(archive, kind, folder)
    assert not archive.exists()


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_a_web_page_is_not_an_archive(archive: Path, folder: Path, kind: str) -> None:
    archive.write_bytes(b"<html>please log in</html>")
    with pytest.raises(FetchError, match="cannot be unpacked"):
        unpack(archive, kind, folder)


@pytest.mark.parametrize("kind", ["zip", "tar.gz"])
def test_damage_anywhere_is_an_error_or_harmless(archive: Path, folder: Path, pack: Pack, kind: str) -> None:
    whole = pack(kind, MEMBERS)
    named = 0
    for place in range(len(whole)):
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            unpack(archive, kind, folder)
        except FetchError:
            named += 1
    assert named > len(whole) // 4


def test_an_encrypted_zip_is_refused(archive: Path, folder: Path, pack: Pack) -> None:
    packed = bytearray(pack("zip", {"a.wav": b"RIFF"}))
    packed[6] |= 1  # general purpose flag of the local header
    packed[packed.index(b"PK\x01\x02") + 8] |= 1  # and of the central directory
    archive.write_bytes(packed)
    with pytest.raises(FetchError, match=r"'a\.wav' is neither"):
        unpack(archive, "zip", folder)
