"""CASIA: two layouts and two sizes."""

import functools
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import casia
from prosodyn.errors import CorpusError

CODES = tuple(casia.CORPUS.labels)


@functools.cache
def fields_of_all() -> list[Any]:
    """Parse the names of all 9600 utterances."""
    return [
        casia.parse(PurePosixPath(f"{speaker}/{code}/{number:03d}.wav"))
        for speaker in casia.GENDERS
        for code in CODES
        for number in range(1, 401)
    ]


def test_both_layouts_give_the_same_utterance() -> None:
    nested = casia.parse(PurePosixPath("ZhaoZuoxiang/angry/201.wav"))
    flat = casia.parse(PurePosixPath("201-angry-zhaozuoxiang.wav"))
    assert nested == flat
    assert nested.id == "201-angry-ZhaoZuoxiang"


def test_mixed_layouts_are_noticed_as_the_same_utterance(tree: Any) -> None:
    tree.add("wangzhe/sad/201.wav")
    tree.add("201-sad-wangzhe.wav")
    with pytest.raises(CorpusError, match="is the same utterance as"):
        corpora.load("casia", tree.root, allow_partial=True)


def test_the_flat_layout_loads(tree: Any) -> None:
    for speaker in casia.GENDERS:
        for code in CODES:
            for number in range(201, 251):
                tree.add(f"{number}-{code}-{speaker}.wav")
    assert len(corpora.load("casia", tree.root)) == 1200


def test_the_whole_corpus_has_9600_names() -> None:
    assert len({fields.id for fields in fields_of_all()}) == 9600


def test_the_1200_are_what_the_default_variant_takes_from_the_whole() -> None:
    free = [fields for fields in fields_of_all() if casia.is_free(fields)]
    assert len(free) == 1200
    assert {fields.text for fields in free} == {str(number) for number in range(201, 251)}


def test_shared_sentences_are_one_text_and_own_sentences_one_per_emotion() -> None:
    assert len({fields.text for fields in fields_of_all()}) == 300 + 6 * 100


def test_a_sentence_beyond_the_corpus_raises(tree: Any) -> None:
    tree.add("wangzhe/sad/401.wav")
    with pytest.raises(CorpusError, match="its sentence 401 is not one of 1 to 400"):
        corpora.load("casia", tree.root, allow_partial=True)


def test_the_larger_variant_is_not_satisfied_by_the_smaller_corpus(tree: Any) -> None:
    tree.add("wangzhe/sad/201.wav")
    with pytest.raises(CorpusError, match="casia has 9600 of 4"):
        corpora.load("casia", tree.root, variant="9600")


def test_the_free_sentences_can_be_taken_from_a_larger_tree(tree: Any) -> None:
    for number in (1, 201, 301):
        tree.add(f"wangzhe/sad/{number:03d}.wav")
    assert [u.id for u in corpora.load("casia", tree.root, allow_partial=True)] == ["201-sad-wangzhe"]
    assert len(corpora.load("casia", tree.root, variant="9600", allow_partial=True)) == 3


def test_a_take_under_two_labels_is_kept_with_its_fault(tree: Any) -> None:
    for code in ("fear", "sad"):
        tree.add(f"liuchanhg/{code}/201.wav")
    assert list(corpora.verify(casia.CORPUS, tree.root).faults) == ["201-fear-liuchanhg"]
    assert len(corpora.load("casia", tree.root, allow_partial=True)) == 2


@pytest.mark.corpora
def test_the_real_corpus_is_complete(corpus_root: Callable[[str], Path]) -> None:
    utterances = corpora.load("casia", corpus_root("casia"))
    assert len(utterances) == 1200
    assert len({utterance.text for utterance in utterances}) == 50
