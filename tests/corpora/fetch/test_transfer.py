from pathlib import Path
from typing import Any

import pytest

from prosodyn.corpora.fetch.transfer import Patience, transfer
from prosodyn.errors import FetchError

CONTENT = bytes(range(256)) * 1_200  # 300 kB, several chunks
NO_PAUSE = Patience(timeout=5.0, pauses=(0.0, 0.0, 0.0))


class Bringer:
    """Transfers the file of a shelf and remembers what it was told."""

    def __init__(self, shelf: Any, part: Path) -> None:
        shelf.files["/file"] = CONTENT
        self.url = f"{shelf.address}/file"
        self.part = part
        self.told: list[tuple[int, int | None]] = []

    def bring(self, size: int | None = None, patience: Patience = NO_PAUSE) -> bytes:
        transfer(self.url, self.part, size, lambda done, total: self.told.append((done, total)), patience)
        return self.part.read_bytes()


@pytest.fixture
def bringer(shelf: Any, tmp_path: Path) -> Bringer:
    return Bringer(shelf, tmp_path / "file.part")


def test_a_whole_file_arrives(bringer: Bringer) -> None:
    assert bringer.bring() == CONTENT


def test_progress_ends_with_everything(bringer: Bringer) -> None:
    bringer.bring()
    assert bringer.told[-1] == (len(CONTENT), len(CONTENT))
    assert len(bringer.told) > 2


def test_the_server_learns_who_asks(bringer: Bringer, shelf: Any) -> None:
    bringer.bring()
    assert shelf.asked[0]["User-Agent"] == "prosodyn"


def test_a_broken_connection_is_taken_up_where_it_broke(bringer: Bringer, shelf: Any) -> None:
    shelf.cuts = [100_000]
    assert bringer.bring() == CONTENT
    assert shelf.first_bytes == [0, 100_000]


def test_a_connection_may_break_more_often_than_there_are_pauses(bringer: Bringer, shelf: Any) -> None:
    shelf.cuts = [40_000] * 6
    assert bringer.bring() == CONTENT
    assert shelf.first_bytes == [0, 40_000, 80_000, 120_000, 160_000, 200_000, 240_000]


def test_a_part_of_an_earlier_run_is_used(bringer: Bringer, shelf: Any) -> None:
    shelf.cuts = [70_000]
    with pytest.raises(FetchError):
        bringer.bring(patience=Patience(pauses=()))
    assert bringer.bring() == CONTENT
    assert shelf.first_bytes == [0, 70_000]


def test_last_modified_vouches_where_there_is_no_etag(bringer: Bringer, shelf: Any) -> None:
    shelf.headers = {"ETag": 'W/"weak"', "Last-Modified": "Wed, 01 Mar 2023 10:00:00 GMT"}
    shelf.cuts = [70_000]
    assert bringer.bring() == CONTENT
    assert shelf.asked[1]["If-Range"] == "Wed, 01 Mar 2023 10:00:00 GMT"


def test_where_nothing_vouches_the_file_is_asked_for_again(bringer: Bringer, shelf: Any) -> None:
    shelf.headers = {}
    shelf.cuts = [70_000]
    assert bringer.bring() == CONTENT
    assert shelf.first_bytes == [0, 0]


def test_a_server_without_ranges_sends_everything_again(bringer: Bringer, shelf: Any) -> None:
    shelf.ranges = False
    shelf.cuts = [70_000]
    assert bringer.bring() == CONTENT
    assert shelf.first_bytes == [0, 70_000]


def test_a_server_without_ranges_that_always_breaks_is_given_up(bringer: Bringer, shelf: Any) -> None:
    shelf.ranges = False
    shelf.cuts = [70_000] * 100
    with pytest.raises(FetchError, match="ended after 70000 of 307200 bytes"):
        bringer.bring()
    assert len(shelf.asked) == 1 + len(NO_PAUSE.pauses)


def test_a_file_that_changed_in_between_is_fetched_anew(bringer: Bringer, shelf: Any) -> None:
    shelf.cuts = [70_000]
    with pytest.raises(FetchError):
        bringer.bring(patience=Patience(pauses=()))
    shelf.files["/file"], shelf.headers = CONTENT[::-1], {"ETag": '"second"'}
    assert bringer.bring() == CONTENT[::-1]


def test_a_server_that_mixes_versions_is_not_believed(bringer: Bringer, shelf: Any) -> None:
    shelf.cuts = [70_000]
    with pytest.raises(FetchError):
        bringer.bring(patience=Patience(pauses=()))
    shelf.files["/file"], shelf.headers, shelf.careless = CONTENT[::-1], {"ETag": '"second"'}, True
    assert bringer.bring() == CONTENT[::-1]


def test_a_part_that_is_already_whole_is_not_fetched_again(bringer: Bringer, shelf: Any) -> None:
    bringer.bring()
    assert bringer.bring() == CONTENT
    assert shelf.first_bytes == [0, len(CONTENT)]


def test_a_part_of_the_declared_size_needs_no_server(bringer: Bringer, shelf: Any) -> None:
    bringer.bring()
    bringer.bring(size=len(CONTENT))
    assert len(shelf.asked) == 1


def test_a_part_longer_than_the_file_is_thrown_away(bringer: Bringer, shelf: Any) -> None:
    bringer.bring()
    bringer.part.write_bytes(CONTENT + b"more")
    assert bringer.bring() == CONTENT


def test_a_promise_of_too_much_is_found_out(bringer: Bringer, shelf: Any) -> None:
    shelf.lie = 1_000
    assert bringer.bring() == CONTENT
    assert shelf.first_bytes == [0, len(CONTENT)]


def test_another_size_than_declared_is_refused_before_the_body(bringer: Bringer) -> None:
    with pytest.raises(FetchError, match="has 307200 bytes where 5 are declared"):
        bringer.bring(size=5)
    assert not bringer.told


def test_a_fault_of_the_server_may_pass(bringer: Bringer, shelf: Any) -> None:
    shelf.statuses = [503, 500, 429]
    assert bringer.bring() == CONTENT


def test_a_fault_of_the_server_that_stays_is_named(bringer: Bringer, shelf: Any) -> None:
    shelf.statuses = [500] * 10
    with pytest.raises(FetchError, match=r"/file: the server answers 500 .*run it again"):
        bringer.bring()


def test_a_silent_server_is_given_up(bringer: Bringer, shelf: Any) -> None:
    shelf.silent = True
    with pytest.raises(FetchError, match="does not answer in time"):
        bringer.bring(patience=Patience(timeout=0.05, pauses=(0.0,)))
    assert len(shelf.asked) == 2


def test_a_kill_in_the_middle_loses_nothing(bringer: Bringer, shelf: Any) -> None:
    def kill(done: int, total: int | None) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        transfer(bringer.url, bringer.part, None, kill, NO_PAUSE)
    kept = bringer.part.stat().st_size
    assert bringer.bring() == CONTENT
    assert shelf.first_bytes == [0, kept]
    assert kept > 100_000


def test_a_full_disk_is_noticed_before_the_body(bringer: Bringer, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1_000})
    monkeypatch.setattr("prosodyn.corpora.fetch.disk.shutil.disk_usage", lambda folder: usage)
    with pytest.raises(FetchError, match=r"0\.3 MB are needed, 0\.0 MB are free"):
        bringer.bring()
