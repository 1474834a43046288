"""SAVEE: two layouts, emotions of one or two letters."""

from pathlib import PurePosixPath
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import savee

NUMBERS = {"a": 15, "d": 15, "f": 15, "h": 15, "n": 30, "sa": 15, "su": 15}


@pytest.mark.parametrize("layout", ["AudioData/{speaker}/{name}.wav", "{speaker}_{name}.wav"])
def test_the_whole_corpus_loads_in_either_layout(tree: Any, layout: str) -> None:
    for speaker in savee.CORPUS.genders:
        for code, count in NUMBERS.items():
            for number in range(1, count + 1):
                tree.add(layout.format(speaker=speaker, name=f"{code}{number:02d}"))
    tree.add("AudioData/DC/Info.txt")
    assert len(corpora.load("savee", tree.root)) == 480
    assert corpora.verify(savee.CORPUS, tree.root).ok


def test_both_layouts_give_the_same_utterance() -> None:
    nested = savee.parse(PurePosixPath("AudioData/JK/sa07.wav"))
    assert nested == savee.parse(PurePosixPath("JK_sa07.wav"))
    assert (nested.id, nested.speaker, nested.code) == ("JK_sa07", "JK", "sa")


def test_no_text_is_claimed_where_names_do_not_tell() -> None:
    assert savee.parse(PurePosixPath("DC_a01.wav")).text is None
