"""Recordings that a manifest lists."""

from pathlib import Path
from typing import Any

import pytest

from prosodyn.corpora import read_listed
from prosodyn.errors import CorpusError, ManifestError


def listing(tree: Any, *emotions: str) -> Path:
    """Write one recording for each label and the manifest of all."""
    rows = ["path,emotion,speaker"]
    for number, emotion in enumerate(emotions):
        tree.add(f"{number}.wav")
        rows.append(f"{number}.wav,{emotion},anna")
    return Path(tree.add("calls.csv", "\n".join(rows).encode()))


def test_labels_are_settled_as_in_folders(tree: Any) -> None:
    utterances = read_listed(listing(tree, "Angry", "tired"))
    assert [utterance.emotion for utterance in utterances] == ["anger", "tired"]


def test_labels_can_be_kept_as_they_are(tree: Any) -> None:
    utterances = read_listed(listing(tree, "happy", "joy"), keep_names=True)
    assert [utterance.emotion for utterance in utterances] == ["happy", "joy"]


def test_two_spellings_of_one_emotion_in_a_list_raise(tree: Any) -> None:
    with pytest.raises(CorpusError, match=r"calls\.csv: \['happy', 'joy'\] all spell 'happiness'"):
        read_listed(listing(tree, "happy", "joy"))


def test_a_listed_recording_that_is_missing_raises(tree: Any) -> None:
    manifest = listing(tree, "angry", "sad")
    (tree.root / "1.wav").unlink()
    with pytest.raises(ManifestError, match=r"1\.wav"):
        read_listed(manifest)
