"""One's own recordings in folders."""

from pathlib import Path
from typing import Any

import pytest

from prosodyn.corpora import UNKNOWN_SPEAKER, read_folder
from prosodyn.errors import CorpusError, CorpusNotFoundError


def fill(tree: Any, *paths: str) -> Path:
    """Write recordings and return the root."""
    for path in paths:
        tree.add(path)
    return Path(tree.root)


def said(root: Path, **options: Any) -> set[tuple[str, str]]:
    """Return who says what."""
    return {(utterance.speaker, utterance.emotion) for utterance in read_folder(root, **options)}


def test_a_folder_for_each_emotion_leaves_the_speaker_unknown(tree: Any) -> None:
    root = fill(tree, "angry/a.wav", "happy/a.flac")
    assert said(root) == {(UNKNOWN_SPEAKER, "anger"), (UNKNOWN_SPEAKER, "happiness")}


def test_speakers_above_emotions_are_recognised(tree: Any) -> None:
    root = fill(tree, "anna/angry/a.wav", "ben/sad/a.wav")
    assert said(root) == {("anna", "anger"), ("ben", "sadness")}


def test_emotions_above_speakers_are_recognised(tree: Any) -> None:
    root = fill(tree, "angry/anna/a.wav", "sad/ben/a.wav")
    assert said(root) == {("anna", "anger"), ("ben", "sadness")}


def test_own_classes_keep_their_names(tree: Any) -> None:
    root = fill(tree, "angry/a.wav", "tired/a.wav")
    assert {emotion for _, emotion in said(root)} == {"anger", "tired"}


def test_own_classes_beside_one_known_emotion_show_the_layout(tree: Any) -> None:
    root = fill(tree, "anna/tired/a.wav", "anna/angry/a.wav", "ben/tired/a.wav")
    assert said(root) == {("anna", "tired"), ("anna", "anger"), ("ben", "tired")}


def test_ids_are_paths_without_their_suffix(tree: Any) -> None:
    root = fill(tree, "anna/sad/b.2.wav", "anna/angry/a.wav")
    assert [utterance.id for utterance in read_folder(root)] == ["anna/angry/a", "anna/sad/b.2"]


def test_the_corpus_is_called_like_its_folder(tree: Any) -> None:
    root = fill(tree, "angry/a.wav", "sad/a.wav")
    assert {utterance.corpus for utterance in read_folder(root)} == {"corpus"}


def test_names_can_be_kept_as_they_are(tree: Any) -> None:
    root = fill(tree, "angry/a.wav", "anger/a.wav")
    assert {emotion for _, emotion in said(root, keep_names=True)} == {"angry", "anger"}


def test_a_named_layout_settles_doubts(tree: Any) -> None:
    root = fill(tree, "joy/angry/a.wav", "joy/sad/a.wav", "ben/sad/b.wav")
    assert said(root, layout="speaker/emotion") == {("joy", "anger"), ("joy", "sadness"), ("ben", "sadness")}


BROKEN: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing": ((), "holds no audio"),
    "only other files": (("angry/a.txt",), "holds no audio"),
    "no folders": (("a.wav", "b.wav"), r"'[ab]\.wav' lies directly in it; expected a folder"),
    "a single emotion": (("angry/a.wav", "angry/b.wav"), r"holds the single emotion \['angry'\]"),
    "a single emotion of two speakers": (("a/angry/a.wav", "b/angry/b.wav"), "holds the single emotion"),
    "mixed depths": (("angry/a.wav", "anna/sad/b.wav"), r"mixes layouts: 'angry/a\.wav' and 'anna/sad/b"),
    "a stray file": (("angry/a.wav", "sad/a.wav", "b.wav"), r"mixes layouts: 'b\.wav' and"),
    "too deep": (("x/anna/sad/b.wav",), r"'x/anna/sad/b\.wav' lies 3 folders deep"),
    "an empty folder": (("angry/a.wav", "sad/a.wav", "calm/notes.txt"), "no audio in calm; fill"),
    "an empty inner folder": (("a/angry/a.wav", "b/sad/a.wav", "b/calm/x.txt"), "no audio in b/calm"),
    "two spellings": (("angry/a.wav", "anger/b.wav", "sad/c.wav"), r"\['anger', 'angry'\] all spell 'anger'"),
    "speakers called like emotions": (("joy/angry/a.wav", "ben/sad/b.wav"), "cannot tell speakers from"),
    "own classes and speakers": (("anna/tired/a.wav", "ben/awake/b.wav"), "name the layout"),
    "one recording in two formats": (("angry/a.wav", "angry/a.mp3", "sad/b.wav"), r"a\.wav: is there twice"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_folder_ends_in_an_error_that_names_the_fault(tree: Any, kind: str) -> None:
    paths, message = BROKEN[kind]
    tree.root.mkdir()
    root = fill(tree, *paths)
    with pytest.raises(CorpusError, match=message):
        read_folder(root)


def test_a_missing_folder_raises(tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFoundError, match="does not exist"):
        read_folder(tmp_path / "nowhere")


def test_a_recording_that_was_not_copied_raises(tree: Any) -> None:
    root = fill(tree, "sad/a.wav")
    tree.add("angry/a.wav", b"")
    with pytest.raises(CorpusError, match="is empty"):
        read_folder(root)


def test_a_layout_that_does_not_fit_raises(tree: Any) -> None:
    root = fill(tree, "angry/a.wav", "sad/a.wav")
    with pytest.raises(
        CorpusError, match=r"its layout is not 'speaker/emotion', a recording lies in 'angry/a\.wav'"
    ):
        read_folder(root, layout="speaker/emotion")


def test_an_unknown_layout_raises(tree: Any) -> None:
    root = fill(tree, "angry/a.wav", "sad/a.wav")
    with pytest.raises(CorpusError, match="unknown layout 'speaker', expected one of"):
        read_folder(root, layout="speaker")  # type: ignore[arg-type]


def test_hidden_files_and_folders_do_not_count(tree: Any) -> None:
    root = fill(tree, "angry/a.wav", "sad/a.wav", ".trash/x/y/b.wav", "sad/._a.wav", ".DS_Store")
    assert len(read_folder(root)) == 2
