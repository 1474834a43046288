"""ESD: two languages, numbers that run through the emotions."""

import functools
from collections import Counter
from pathlib import PurePosixPath
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import esd
from prosodyn.errors import CorpusError


@functools.cache
def fields_of_all() -> list[Any]:
    """Parse the names of all 35 000 utterances."""
    return [
        esd.parse(PurePosixPath(f"{speaker}/{code}/{speaker}_{block * 350 + place:06d}.wav"))
        for speaker in esd.CORPUS.genders
        for block, code in enumerate(esd.BLOCKS)
        for place in range(1, 351)
    ]


def test_the_whole_corpus_has_35000_names_in_two_equal_halves() -> None:
    everything = fields_of_all()
    assert len({fields.id for fields in everything}) == 35_000
    assert sum(map(esd.is_mandarin, everything)) == sum(map(esd.is_english, everything)) == 17_500


def test_a_sentence_keeps_its_text_across_emotions_and_speakers_of_a_language() -> None:
    texts = Counter(fields.text for fields in fields_of_all())
    assert len(texts) == 2 * 350
    assert set(texts.values()) == {10 * 5}


def test_languages_do_not_share_texts() -> None:
    mandarin, english = (
        esd.parse(PurePosixPath(f"{speaker}/Angry/{speaker}_000351.wav")) for speaker in ("0001", "0011")
    )
    assert (mandarin.text, english.text) == ("cmn-001", "eng-001")


@pytest.mark.parametrize("part", ["train", "evaluation", "test"])
def test_folders_of_the_suggested_split_are_read_through(part: str) -> None:
    whole = esd.parse(PurePosixPath("0011/Happy/0011_000701.wav"))
    assert esd.parse(PurePosixPath(f"0011/Happy/{part}/0011_000701.wav")) == whole


def test_a_number_outside_its_emotions_block_raises(tree: Any) -> None:
    tree.add("0011/Happy/0011_000351.wav")
    with pytest.raises(CorpusError, match="its number lies outside the block of Happy"):
        corpora.load("esd", tree.root, allow_partial=True)


def test_one_language_can_be_asked_for(tree: Any) -> None:
    tree.add("0001/Sad/0001_001051.wav")
    tree.add("0020/Sad/0020_001051.wav")
    (english,) = corpora.load("esd", tree.root, variant="english", allow_partial=True)
    assert english.speaker == "0020"
