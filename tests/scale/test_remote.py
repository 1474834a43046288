"""What lies elsewhere is listed, fetched, answered and removed, and its faults are those of its row."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fsspec", reason="needs pip install 'prosodyn[remote]'")

import fsspec

from prosodyn.errors import CorpusError, ManifestError, MissingExtraError, OutputError, UnreadableAudioError
from prosodyn.inference import Recogniser
from prosodyn.scale import ArchiveSettings, archive, remote
from prosodyn.scale.answering import answer
from prosodyn.scale.fetching import AHEAD, Fetcher, Place, arrived, full_name
from prosodyn.scale.listing import ShardSize, list_inputs, read_listed, refuse_other_inputs
from prosodyn.scale.places import Places
from prosodyn.scale.plan import Model
from prosodyn.scale.remote import fetch, refuse_unknown, refuse_unreachable, scheme_of, walk_remote

MakeCalls = Callable[..., Path]
ReadRows = Callable[[Path], list[dict[str, Any]]]

MODEL = Model("open", "open", "0", "none", ())


@pytest.fixture
def store(make_calls: MakeCalls) -> Iterator[Any]:
    """Return a store in memory that holds three recordings, and what is none."""
    store = fsspec.filesystem("memory")
    for number, path in enumerate(sorted(make_calls(3).iterdir())):
        store.pipe(f"/calls/{number % 2}/{path.name}", path.read_bytes())
    store.pipe("/calls/broken.wav", b"no audio")
    store.pipe("/calls/.hidden/a.wav", b"")
    store.pipe("/calls/notes.txt", b"")
    yield store
    store.rm("/calls", recursive=True)


def listed(source: str, tmp_path: Path) -> list[bytes]:
    places = Places(tmp_path / "results")
    places.folder.mkdir()
    list_inputs(source, places, MODEL, ShardSize(10), lambda _: None)
    paths: list[bytes] = read_listed(places, 0)["path"].to_pylist()
    return paths


def test_a_folder_elsewhere_is_listed_as_one_of_here(store: Any, tmp_path: Path) -> None:
    assert listed("memory://calls", tmp_path) == [b"broken.wav", b"0/a00.wav", b"0/a02.wav", b"1/a01.wav"]


def test_a_list_elsewhere_is_read_and_its_paths_start_there(store: Any, tmp_path: Path) -> None:
    store.pipe("/calls/list.csv", b"path\n0/a00.wav\n")
    places = Places(tmp_path / "results")
    places.folder.mkdir()
    plan = list_inputs("memory://calls/list.csv", places, MODEL, ShardSize(10), lambda _: None)
    assert (plan.inputs.root, plan.inputs.is_folder) == ("memory://calls", False)
    store.pipe("/calls/list.csv", b"path\n0/a01.wav\n")
    with pytest.raises(OutputError, match="content has changed"):
        refuse_other_inputs(plan, places.plan, "memory://calls/list.csv")


def test_what_is_fetched_is_answered_and_removed(store: Any, make_calls: MakeCalls, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    recogniser = Recogniser.load("open")
    names = ["0/a00.wav", "broken.wav", "gone.wav"]
    rows = [
        answer(recogniser, coming, lambda: None) for coming in Fetcher("memory://calls", scratch).ahead(names)
    ]
    expected = recogniser.from_file(make_calls(1) / "a00.wav")
    assert rows[0]["probability_anger"] == pytest.approx(expected.probabilities["anger"])
    assert [row.get("error_class") for row in rows] == [None, "UnreadableAudioError", "UnreadableAudioError"]
    assert rows[1]["error"].startswith("memory://calls/broken.wav: is not audio")
    assert rows[2]["error"] == "memory://calls/gone.wav: does not exist; check the spelling"
    assert list(scratch.iterdir()) == []


def test_a_few_are_fetched_ahead_and_all_come_in_order(store: Any, tmp_path: Path) -> None:
    drawn: list[str] = []

    def names() -> Iterator[str]:
        for number in range(3 * AHEAD):
            drawn.append(f"memory://calls/{number % 2}/a0{number % 2}.wav")
            yield drawn[-1]

    coming = Fetcher("/calls", tmp_path).ahead(names())
    places = [arrived(next(coming))]
    assert len(drawn) == AHEAD + 1
    places += [arrived(each) for each in coming]
    assert [place.name for place in places] == drawn
    assert all(place.is_copy for place in places)


def test_what_lies_here_is_taken_as_it_is(tmp_path: Path) -> None:
    (coming,) = Fetcher(str(tmp_path), tmp_path).ahead(["calls/a.wav"])
    assert arrived(coming) == Place(f"{tmp_path}/calls/a.wav", tmp_path / "calls" / "a.wav")


def test_a_store_that_fails_in_the_middle_is_told(
    store: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def read(self, _: int) -> bytes:
            raise TimeoutError("nobody answers")

        def __enter__(self) -> "Broken":
            return self

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(remote, "open_remote", lambda *_: Broken())
    with pytest.raises(UnreadableAudioError, match="cannot be fetched: nobody answers; check the address"):
        fetch("memory://calls/0/a00.wav", tmp_path)
    assert list(tmp_path.glob("tmp*")) == []


def test_no_room_for_copies_ends_the_run(store: Any, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"has no room for a copy of memory://.*TMPDIR"):
        fetch("memory://calls/0/a00.wav", tmp_path / "gone")


def test_a_folder_that_is_not_there_is_told() -> None:
    with pytest.raises(CorpusError, match="memory://gone: does not exist"):
        list(walk_remote("memory://gone"))


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"memory://gone\.csv: does not exist"):
        listed("memory://gone.csv", tmp_path)


def test_an_unknown_kind_of_place_is_refused_before_any_work() -> None:
    with pytest.raises(CorpusError, match=r"nonsense://: .*; name a path"):
        refuse_unknown("nonsense")


@pytest.mark.parametrize(
    ("name", "scheme"),
    [
        ("call::1.wav", None),
        ("git::1.wav", None),
        ("C://calls/a.wav", None),
        ("calls/s3://a.wav", None),
        ("s3:/a.wav", None),
        ("S3://calls/a.wav", "s3"),
        ("zip://a.wav::s3://calls.zip", "zip"),
        ("filecache::s3://calls/a.wav", "filecache"),
        ("mycached::s3://calls/a.wav", None),
    ],
)
def test_only_what_begins_as_a_url_is_one(name: str, scheme: str | None) -> None:
    assert scheme_of(name) == scheme


def test_a_url_of_an_unknown_kind_costs_its_own_row_alone(
    make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows
) -> None:
    (tmp_path / "list.csv").write_text(f"path\n{make_calls(1) / 'a00.wav'}\nfoo://x.wav\n")
    archive(tmp_path / "list.csv", tmp_path / "results", ArchiveSettings(n_workers=1))
    answered, unknown = read_rows(tmp_path / "results")
    assert answered["error_class"] is None
    assert unknown["error_class"] == "UnreadableAudioError"
    assert unknown["error"].startswith("foo://x.wav: cannot be fetched: Protocol not known: foo")


def test_names_in_a_folder_elsewhere_are_no_urls() -> None:
    assert full_name("memory://calls", "s3://a.wav", is_folder=True) == "memory://calls/s3://a.wav"


def test_without_fsspec_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'prosodyn\[remote\]'"):
        refuse_unreachable(("s3",))


def test_workers_answer_what_lies_elsewhere(
    make_calls: MakeCalls, tmp_path: Path, read_rows: ReadRows
) -> None:
    calls = make_calls(4)
    here, there = tmp_path / "here", tmp_path / "there"
    settings = ArchiveSettings(n_workers=1)
    archive(calls, here, settings)
    archive(f"file://{calls}", there, settings)
    assert read_rows(there) == read_rows(here)
