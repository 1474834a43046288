"""nEMO: names, and the table that repeats them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import nemo
from prosodyn.errors import CorpusError

HEAD = "file_id\temotion\traw_text\tspeaker_id\n"


@pytest.fixture
def small(tree: Any) -> Any:
    """Return a tree with one utterance."""
    tree.add("samples/WR0_surprised_64.wav")
    return tree


def test_names_suffice_without_the_table(small: Any) -> None:
    (utterance,) = corpora.load("nemo", small.root, allow_partial=True)
    assert (utterance.emotion, utterance.speaker, utterance.text) == ("surprise", "WR0", "64")


def test_a_table_that_agrees_changes_nothing(small: Any) -> None:
    small.add("data.tsv", f"{HEAD}WR0_surprised_64.wav\tsurprised\tUcho „słyszy\tWR0\n".encode())
    assert len(corpora.load("nemo", small.root, allow_partial=True)) == 1


@pytest.mark.parametrize("given", [".", "samples", ".."])
def test_a_table_that_disagrees_raises(small: Any, given: str) -> None:
    small.add("data.tsv", f"{HEAD}WR0_surprised_64.wav\tfear\tUcho\tWR0\n".encode())
    with pytest.raises(CorpusError, match="is 'surprised' by its name but 'fear' in the list beside it"):
        corpora.load("nemo", (small.root / given).resolve(), allow_partial=True)


@pytest.mark.parametrize(
    "table", [b"", b"name\tlabel\nWR0_surprised_64.wav\tfear\n", b"file_id\temotion\nWR0_surprised_64.wav\n"]
)
def test_a_table_without_its_columns_raises(small: Any, table: bytes) -> None:
    small.add("data.tsv", table)
    with pytest.raises(CorpusError, match=r"data\.tsv: is no table with the columns file_id and emotion"):
        corpora.load("nemo", small.root, allow_partial=True)


def test_a_table_in_another_encoding_raises(small: Any) -> None:
    small.add("data.tsv", HEAD.encode() + "WR0_surprised_64.wav\tsurprised\tdźwięki\tWR0\n".encode("cp1250"))
    with pytest.raises(CorpusError, match=r"data\.tsv: is not utf-8 text"):
        corpora.load("nemo", small.root, allow_partial=True)


@pytest.mark.corpora
def test_the_real_corpus_is_complete_and_agrees_with_its_table(corpus_root: Callable[[str], Path]) -> None:
    root = corpus_root("nemo")
    utterances = corpora.load("nemo", root)
    assert len(utterances) == 4481
    assert {utterance.id for utterance in utterances} == set(nemo.codes(root))
