"""Speech without labels: folders, and corpora whose labels are left."""

from collections.abc import Callable
from pathlib import Path

import pytest

from prosodyn.corpora.unlabelled import find_folder, read_unlabelled
from prosodyn.errors import CorpusError, CorpusNotFoundError

WriteWav = Callable[..., Path]


@pytest.fixture
def folder(write_wav: WriteWav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("some/b/2.wav", "some/a/1.wav", "some/a/deep/1.wav", "some/0.wav", "some/a/.hidden.wav"):
        write_wav(name)
    (tmp_path / "some" / "a" / "notes.txt").write_text("Nothing to hear.", encoding="utf-8")
    monkeypatch.setenv("PROSODYN_CORPORA", str(tmp_path))
    return tmp_path / "some"


def test_every_recording_of_a_folder_is_read_in_order(folder: Path) -> None:
    found = read_unlabelled("some")

    assert [each.id for each in found] == ["0.wav", "a/1.wav", "a/deep/1.wav", "b/2.wav"]
    assert [each.path for each in found] == [folder / each.id for each in found]


def test_nothing_is_known_of_it_but_where_it_lay(folder: Path) -> None:
    found = read_unlabelled("some")

    assert {(each.emotion, each.speaker) for each in found} == {("", "unknown")}
    assert [each.corpus for each in found] == ["some", "some/a", "some/a", "some/b"]


def test_a_folder_may_lie_deeper(folder: Path) -> None:
    assert [each.corpus for each in read_unlabelled("some/a")] == ["some/a", "some/a/deep"]


def test_the_labels_of_a_corpus_are_left_and_its_speakers_stay() -> None:
    found = read_unlabelled("toy")

    assert {each.emotion for each in found} == {""}
    assert "unknown" not in {each.speaker for each in found}


def test_what_is_nowhere_is_named_with_the_places_that_were_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CorpusNotFoundError, match=r"other: no corpus, and no folder .* looked for .*other"):
        find_folder("other")


def test_a_folder_without_audio_is_refused(folder: Path) -> None:
    (folder / "empty").mkdir()

    with pytest.raises(CorpusError, match="holds no audio"):
        read_unlabelled("some/empty")


def test_a_file_that_was_copied_badly_is_named(folder: Path) -> None:
    (folder / "c.wav").write_bytes(b"")

    with pytest.raises(CorpusError, match=r"c\.wav: is empty"):
        read_unlabelled("some")
