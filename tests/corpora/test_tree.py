"""Finding audio, and noticing what was copied badly."""

import os
from pathlib import Path
from typing import Any

import pytest

from prosodyn.corpora.tree import audio_files, check_copied, find_beside, other_files
from prosodyn.errors import CorpusError, CorpusNotFoundError


def names(tree: Any) -> list[str]:
    """List what is found, as paths below the root."""
    return [path.relative_to(tree.root).as_posix() for path in audio_files(tree.root)]


def test_audio_is_listed_in_one_order_whatever_its_depth(tree: Any) -> None:
    for path in ("b.wav", "a/c.flac", "a/b/d.OGG", "a.mp3"):
        tree.add(path)
    assert names(tree) == ["a/b/d.OGG", "a/c.flac", "a.mp3", "b.wav"]


def test_other_formats_and_hidden_files_are_passed_over(tree: Any) -> None:
    for path in ("a.txt", "a.wav.bak", ".a.wav", ".git/a.wav", "__MACOSX/a.wav", "wav"):
        tree.add(path)
    assert names(tree) == []


def test_what_is_not_named_like_audio_can_be_told(tree: Any) -> None:
    for path in ("a.wav", "b/c", "b/README.txt", ".DS_Store"):
        tree.add(path)
    assert [path.relative_to(tree.root).as_posix() for path in other_files(tree.root)] == [
        "b/README.txt",
        "b/c",
    ]


@pytest.mark.parametrize("suffix", [".caf", ".w64", ".RF64", ".mp4", ".mka", ".wma", ".amr", ".sph"])
def test_whatever_can_be_read_is_listed(suffix: str, tree: Any) -> None:
    tree.add(f"a{suffix}")
    assert names(tree) == [f"a{suffix}"]


def test_a_hidden_root_is_read_all_the_same(tree: Any) -> None:
    tree.add(".data/a.wav")
    assert len(audio_files(tree.root / ".data")) == 1


def test_a_linked_folder_is_followed(tree: Any, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.wav").write_bytes(b"x")
    tree.root.mkdir()
    (tree.root / "wav").symlink_to(tmp_path / "elsewhere")
    assert names(tree) == ["wav/a.wav"]


def test_a_link_that_leads_back_ends_no_search(tree: Any) -> None:
    tree.add("a/b.wav")
    (tree.root / "a" / "again").symlink_to(tree.root)
    assert names(tree) == ["a/b.wav"]


def test_a_folder_named_like_audio_is_a_folder(tree: Any) -> None:
    tree.add("a.wav/b.wav")
    assert names(tree) == ["a.wav/b.wav"]


def test_a_missing_root_raises(tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFoundError, match="nowhere: does not exist"):
        audio_files(tmp_path / "nowhere")


def test_a_file_for_a_root_raises(tree: Any) -> None:
    file = tree.add("emodb.zip")
    with pytest.raises(CorpusNotFoundError, match=r"emodb\.zip: is a file, not a folder"):
        audio_files(file)


def test_a_folder_that_cannot_be_listed_raises(tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tree.add("secret/a.wav")
    listing = os.scandir

    def forbid(path: Any) -> Any:
        if Path(path).name == "secret":
            raise PermissionError(13, "Permission denied", str(path))
        return listing(path)

    monkeypatch.setattr(os, "scandir", forbid)
    with pytest.raises(CorpusError, match="secret: cannot be read: Permission denied"):
        audio_files(tree.root)


def test_an_empty_file_was_not_copied(tree: Any) -> None:
    with pytest.raises(CorpusError, match=r"a\.wav: is empty \(0 bytes\); copy it again"):
        check_copied(tree.add("a.wav", b""))


def test_a_link_to_nothing_was_not_copied(tree: Any) -> None:
    tree.root.mkdir()
    (tree.root / "a.wav").symlink_to(tree.root / "gone.wav")
    with pytest.raises(CorpusError, match=r"a\.wav: cannot be read"):
        check_copied(tree.root / "a.wav")


def test_a_large_file_is_not_opened(tree: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tree.add("a.wav", bytes(1024))
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"opened {path}"))
    check_copied(file)


def test_a_list_above_the_root_counts_only_from_the_inner_folder(tree: Any) -> None:
    found = tree.add("labels.txt")
    tree.add("wav/a.wav")
    tree.add("other/a.wav")
    assert find_beside(tree.root / "wav", "labels.txt", inner="wav") == found
    assert find_beside(tree.root / "other", "labels.txt", inner="wav") is None
