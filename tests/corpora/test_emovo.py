"""EMOVO: Italian codes, fourteen sentences."""

from pathlib import PurePosixPath
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import emovo

SENTENCES = ("b1", "b2", "b3", "d1", "d2", "l1", "l2", "l3", "l4", "n1", "n2", "n3", "n4", "n5")


def test_the_whole_corpus_loads(tree: Any) -> None:
    for speaker in emovo.CORPUS.genders:
        for code in emovo.CORPUS.labels:
            for sentence in SENTENCES:
                tree.add(f"{speaker}/{code}-{speaker}-{sentence}.wav")
    tree.add("documents/Corpus EMOVO.pdf")
    assert len(corpora.load("emovo", tree.root)) == 588
    assert corpora.verify(emovo.CORPUS, tree.root).ok


def test_a_name_holds_emotion_speaker_and_sentence() -> None:
    fields = emovo.parse(PurePosixPath("m3/gio-m3-l4.wav"))
    assert (fields.code, fields.speaker, fields.text) == ("gio", "m3", "l4")


@pytest.mark.parametrize("name", ["gio-m3", "gio-m3-x1", "gioia-m3-b1"])
def test_names_with_other_parts_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="its name is not like dis-f1-b1"):
        emovo.parse(PurePosixPath(f"m3/{name}.wav"))
