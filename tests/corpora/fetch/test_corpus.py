import dataclasses
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from prosodyn import corpora
from prosodyn.corpora.base import Corpus, Download
from prosodyn.corpora.fetch import Patience, fetch
from prosodyn.errors import FetchError

Pack = Callable[[str, dict[str, bytes]], bytes]

NO_PAUSE = Patience(timeout=5.0, pauses=(0.0, 0.0))
NOISE = np.random.default_rng(5).bytes(200_000)  # does not compress, so that the archive has several chunks
MEMBERS = {"wav/03a01Fa.wav": NOISE, "erkennung.txt": b"Satz"}


class Shop:
    """A corpus whose archives lie on the shelf."""

    def __init__(self, shelf: Any, folder: Path) -> None:
        self.shelf = shelf
        self.folder = folder
        self.corpus: Corpus = dataclasses.replace(corpora.get("emodb"), download=())
        self.told: list[tuple[int, int | None]] = []

    def offer(self, path: str, content: bytes, **declared: Any) -> None:
        self.shelf.files[path] = content
        download = Download(self.shelf.address + path, **declared)
        self.corpus = dataclasses.replace(self.corpus, download=(*self.corpus.download, download))

    def fetch(self) -> Path:
        return fetch(
            self.corpus,
            self.folder,
            progress=lambda done, total: self.told.append((done, total)),
            patience=NO_PAUSE,
        )


@pytest.fixture
def shop(shelf: Any, tmp_path: Path) -> Shop:
    return Shop(shelf, tmp_path / "corpora")


@pytest.fixture
def archive(pack: Pack) -> bytes:
    return pack("zip", MEMBERS)


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("[!.]*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_corpus_lies_in_a_folder_of_its_name(shop: Shop, archive: bytes) -> None:
    shop.offer("/emodb.zip", archive)
    assert shop.fetch() == shop.folder / "emodb"
    assert contents(shop.folder / "emodb") == MEMBERS


def test_nothing_else_is_left(shop: Shop, archive: bytes) -> None:
    shop.offer("/emodb.zip", archive)
    shop.fetch()
    assert [path.name for path in shop.folder.iterdir()] == ["emodb"]


def test_checksums_that_match_are_accepted(shop: Shop, archive: bytes) -> None:
    shop.offer(
        "/emodb.zip",
        archive,
        sha256=hashlib.sha256(archive).hexdigest().upper(),
        md5=hashlib.md5(archive, usedforsecurity=False).hexdigest(),
        size=len(archive),
    )
    assert contents(shop.fetch()) == MEMBERS


def test_several_archives_come_out_in_one_folder(shop: Shop, pack: Pack) -> None:
    shop.offer("/1", pack("zip", {"a/1.wav": b"one"}))
    shop.offer("/2", pack("tar.gz", {"a/2.wav": b"two"}), archive="tar.gz")
    assert contents(shop.fetch()) == {"a/1.wav": b"one", "a/2.wav": b"two"}


def test_a_second_fetch_does_nothing(shop: Shop, archive: bytes) -> None:
    shop.offer("/emodb.zip", archive)
    shop.fetch()
    assert contents(shop.fetch()) == MEMBERS
    assert len(shop.shelf.asked) == 1


def test_progress_never_runs_backwards(shop: Shop, archive: bytes) -> None:
    shop.shelf.ranges = False
    shop.shelf.cuts = [150_000, 70_000]
    shop.offer("/1", archive)
    shop.offer("/2", archive)
    shop.fetch()
    done = [done for done, _ in shop.told]
    assert done == sorted(done)
    assert shop.told[-1] == (2 * len(archive), 2 * len(archive))


def test_the_total_is_known_from_the_start_where_sizes_are_declared(shop: Shop, archive: bytes) -> None:
    shop.offer("/1", archive, size=len(archive))
    shop.offer("/2", archive, size=len(archive))
    shop.fetch()
    assert {total for _, total in shop.told} == {2 * len(archive)}


def test_a_fetch_that_was_killed_goes_on(shop: Shop, archive: bytes) -> None:
    def kill(done: int, total: int | None) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    shop.offer("/emodb.zip", archive, sha256=hashlib.sha256(archive).hexdigest())
    with pytest.raises(KeyboardInterrupt):
        fetch(shop.corpus, shop.folder, progress=kill, patience=NO_PAUSE)
    assert contents(shop.fetch()) == MEMBERS
    assert shop.shelf.first_bytes[1] > 100_000


def test_an_archive_that_is_there_already_is_not_fetched_again(shop: Shop, archive: bytes) -> None:
    shop.offer("/1", archive)
    shop.offer("/2", archive)
    del shop.shelf.files["/2"]
    with pytest.raises(FetchError, match="404"):
        shop.fetch()
    shop.shelf.files["/2"] = archive
    shop.fetch()
    assert len(shop.shelf.asked) == 3


@pytest.mark.parametrize(("algorithm", "wrong"), [("sha256", "0" * 64), ("md5", "0" * 32)])
def test_a_wrong_checksum_names_both(shop: Shop, archive: bytes, algorithm: str, wrong: str) -> None:
    shop.offer("/emodb.zip", archive, **{algorithm: wrong})
    found = hashlib.new(algorithm, archive).hexdigest()
    with pytest.raises(FetchError, match=f"wrong {algorithm}: expected {wrong}, got {found}"):
        shop.fetch()


def test_after_a_wrong_checksum_the_next_run_starts_clean(shop: Shop, archive: bytes) -> None:
    shop.offer("/emodb.zip", archive, sha256=hashlib.sha256(archive).hexdigest())
    shop.shelf.files["/emodb.zip"] = archive[:-1] + b"?"
    with pytest.raises(FetchError):
        shop.fetch()
    shop.shelf.files["/emodb.zip"] = archive
    assert contents(shop.fetch()) == MEMBERS
    assert shop.shelf.first_bytes == [0, 0]


def test_a_length_that_is_promised_too_short_is_found_out(shop: Shop, archive: bytes) -> None:
    shop.shelf.lie = -50_000
    shop.offer("/emodb.zip", archive, sha256=hashlib.sha256(archive).hexdigest())
    with pytest.raises(FetchError, match="wrong sha256"):
        shop.fetch()


def test_after_a_broken_archive_the_next_run_starts_clean(shop: Shop, archive: bytes) -> None:
    shop.offer("/emodb.zip", archive[:-30])
    with pytest.raises(FetchError, match="cannot be unpacked"):
        shop.fetch()
    shop.shelf.files["/emodb.zip"] = archive
    assert contents(shop.fetch()) == MEMBERS


def test_a_corpus_appears_whole_or_not_at_all(shop: Shop, pack: Pack) -> None:
    shop.offer("/emodb.zip", pack("zip", {"wav/a.wav": b"RIFF", "../evil": b"evil"}))
    with pytest.raises(FetchError):
        shop.fetch()
    assert not (shop.folder / "emodb").exists()


def test_what_an_interrupted_unpacking_left_is_swept_away(shop: Shop, archive: bytes) -> None:
    left = shop.folder / "emodb.part" / "unpacked" / "half.wav"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"RIF")
    shop.offer("/emodb.zip", archive)
    assert contents(shop.fetch()) == MEMBERS


def test_an_empty_folder_is_filled(shop: Shop, archive: bytes) -> None:
    (shop.folder / "emodb").mkdir(parents=True)
    shop.offer("/emodb.zip", archive)
    assert contents(shop.fetch()) == MEMBERS


def test_a_copy_of_ones_own_is_never_touched(shop: Shop, archive: bytes) -> None:
    own = shop.folder / "emodb" / "wav" / "03a01Fa.wav"
    own.parent.mkdir(parents=True)
    own.write_bytes(b"mine")
    shop.offer("/emodb.zip", archive)
    with pytest.raises(FetchError, match="is there already"):
        shop.fetch()
    assert own.read_bytes() == b"mine"
    assert not shop.shelf.asked


def test_another_release_does_not_pass_for_this_one(shop: Shop, archive: bytes) -> None:
    shop.offer("/first.zip", archive)
    shop.fetch()
    shop.offer("/second.zip", archive)
    with pytest.raises(FetchError, match="is not what would be fetched"):
        shop.fetch()


def test_every_fault_names_the_corpus_and_its_owners(shop: Shop) -> None:
    shop.offer("/emodb.zip", b"")
    shop.shelf.statuses = [404]
    with pytest.raises(FetchError) as caught:
        shop.fetch()
    assert str(caught.value).startswith(f"emodb: {shop.shelf.address}/emodb.zip: ")
    assert shop.corpus.homepage in str(caught.value)


def test_a_closed_corpus_says_how_to_get_it(shop: Shop) -> None:
    closed = corpora.get("iemocap")
    with pytest.raises(FetchError) as caught:
        fetch(closed, shop.folder)
    assert closed.licence in str(caught.value)
    assert closed.how_to_get in str(caught.value)


def test_a_destination_that_is_a_file_is_named(shop: Shop, archive: bytes) -> None:
    shop.folder.write_bytes(b"")
    shop.offer("/emodb.zip", archive)
    with pytest.raises(FetchError, match="cannot be written"):
        shop.fetch()
