"""CREMA-D: the silent file, the raters' copies, the name that was corrected."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import cremad
from prosodyn.errors import CorpusError, CorpusIncompleteError

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 73000\n"


def test_a_name_holds_actor_sentence_and_emotion() -> None:
    fields = cremad.parse(PurePosixPath("AudioWAV/1001_IEO_HAP_HI.wav"))
    assert fields is not None
    assert (fields.speaker, fields.text, fields.code) == ("1001", "IEO", "HAP")


def test_the_silent_utterance_is_dropped_but_counted(tree: Any) -> None:
    tree.add("AudioWAV/1076_MTI_SAD_XX.wav")
    tree.add("AudioWAV/1076_MTI_HAP_XX.wav")
    assert [u.id for u in corpora.load("cremad", tree.root, allow_partial=True)] == ["1076_MTI_HAP_XX"]
    assert corpora.verify(cremad.CORPUS, tree.root).utterances == 2


def test_nothing_but_the_silent_utterance_is_no_corpus(tree: Any) -> None:
    tree.add("AudioWAV/1076_MTI_SAD_XX.wav")
    with pytest.raises(CorpusIncompleteError, match="found 1 utterance of 1 speaker"):
        corpora.load("cremad", tree.root, allow_partial=True)


def test_the_raters_copies_are_not_read(tree: Any) -> None:
    tree.add("AudioWAV/1001_IEO_HAP_HI.wav")
    tree.add("AudioMP3/1001_IEO_HAP_HI.mp3")
    assert len(corpora.load("cremad", tree.root, allow_partial=True)) == 1


def test_the_name_of_older_clones_is_read_as_the_corrected_one() -> None:
    old, new = (cremad.parse(PurePosixPath(f"AudioWAV/1040_ITH_SAD_{level}.wav")) for level in ("X", "XX"))
    assert old == new


def test_pointers_of_a_clone_without_git_lfs_are_recognised(tree: Any) -> None:
    tree.add("AudioWAV/1001_IEO_HAP_HI.wav", POINTER)
    with pytest.raises(CorpusError, match="is a git-lfs pointer, not audio; run 'git lfs pull'"):
        corpora.load("cremad", tree.root, allow_partial=True)


def test_women_and_men_are_as_many_as_published() -> None:
    genders = list(cremad.CORPUS.genders.values())
    assert (genders.count("female"), genders.count("male")) == (43, 48)


@pytest.mark.corpora
def test_the_real_part_loads_only_as_a_part(corpus_root: Callable[[str], Path]) -> None:
    root = corpus_root("cremad")
    n_found = corpora.verify(cremad.CORPUS, root).utterances
    if n_found == cremad.CORPUS.utterances:
        pytest.skip("this copy is whole")
    with pytest.raises(CorpusIncompleteError, match=f"found {n_found} utterances .* cremad has 7442 of 91"):
        corpora.load("cremad", root)
    assert len(corpora.load("cremad", root, allow_partial=True)) in {n_found, n_found - 1}


def test_an_open_corpus_that_cannot_be_fetched_says_why_and_how_else() -> None:
    assert cremad.CORPUS.download == ()
    assert "git-lfs" in cremad.CORPUS.how_to_get
    assert "git clone https://github.com/CheyneyComputerScience/CREMA-D" in cremad.CORPUS.how_to_get
