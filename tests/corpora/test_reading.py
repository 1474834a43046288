"""Trees that are broken in every way a copy can be."""

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.base import Fields, Variant
from prosodyn.corpora.naming import match_name
from prosodyn.corpora.reading import read, shortfalls
from prosodyn.errors import CorpusError, CorpusIncompleteError, CorpusNotFoundError, UnknownLabelError

EMOVO = corpora.get("emovo")
PAIR = dataclasses.replace(
    EMOVO,
    name="pair",
    parse=lambda path: Fields(id=path.stem, speaker=path.stem[0], code=path.stem[2:5]),
    genders={"a": "female", "b": "male"},
    balanced=False,
    utterances=4,
    speakers=2,
    emotions={"anger": 2, "sadness": 2},
    labels={"rab": "anger", "tri": "sadness"},
)
WHOLE = ("a-rab.wav", "a-tri.wav", "b-rab.wav", "b-tri.wav")


@pytest.fixture
def pair(tree: Any) -> Any:
    """Return a complete tree of two speakers and two emotions."""
    for name in WHOLE:
        tree.add(name)
    return tree


def test_a_complete_tree_loads(pair: Any) -> None:
    assert [utterance.id for utterance in read(PAIR, pair.root)] == ["a-rab", "a-tri", "b-rab", "b-tri"]


def remove(name: str) -> Callable[[Any], object]:
    """Return a breakage that takes a file away."""
    return lambda tree: (tree.root / name).unlink()


def add(name: str, content: bytes = b"x") -> Callable[[Any], object]:
    """Return a breakage that adds or overwrites a file."""
    return lambda tree: tree.add(name, content)


def remove_all(tree: Any) -> None:
    """Leave an empty folder."""
    for name in WHOLE:
        (tree.root / name).unlink()


def dangle(tree: Any) -> None:
    """Replace a recording by a link to nothing."""
    (tree.root / WHOLE[0]).unlink()
    (tree.root / WHOLE[0]).symlink_to("gone.wav")


BREAKAGES: dict[str, tuple[Callable[[Any], object], type[CorpusError], str]] = {
    "no audio": (remove_all, CorpusIncompleteError, "found 0 utterances of 0 speakers, pair has 4 of 2"),
    "one file missing": (
        remove("a-rab.wav"), CorpusIncompleteError, "missing: emotion anger 1 of 2; copy it again",
    ),
    "unknown code": (
        add("a-xyz.wav"), UnknownLabelError, r"unknown pair label 'xyz', expected one of \['rab', 'tri'\]",
    ),
    "unknown speaker": (
        add("c-rab.wav"), CorpusError, r"unknown pair speaker 'c', expected one of \['a', 'b'\]",
    ),
    "one utterance too many": (
        add("a-rab-2.wav"), CorpusIncompleteError, "found 5 utterances of 2 speakers, pair has 4 of 2",
    ),
    "the same in two formats": (
        add("a-rab.flac"), CorpusError, r"a-rab\.wav: is the same utterance as .*a-rab\.flac",
    ),
    "the same in two folders": (add("copy/a-rab.wav"), CorpusError, "is the same utterance as"),
    "an empty file": (add("a-rab.wav", b""), CorpusError, r"is empty \(0 bytes\)"),
    "a git-lfs pointer": (
        add("a-rab.wav", b"version https://git-lfs.github.com/spec/v1\n"), CorpusError, "git-lfs pointer",
    ),
    "a link to nothing": (dangle, CorpusError, r"a-rab\.wav: cannot be read: No such file"),
}  # fmt: skip


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_broken_tree_ends_in_an_error_that_names_the_fault(pair: Any, breakage: str) -> None:
    do, error, message = BREAKAGES[breakage]
    do(pair)
    with pytest.raises(error, match=message):
        read(PAIR, pair.root)


@pytest.mark.parametrize("breakage", sorted(set(BREAKAGES) - {"one file missing"}))
def test_allowing_a_part_forgives_only_what_is_missing(pair: Any, breakage: str) -> None:
    do, error, message = BREAKAGES[breakage]
    do(pair)
    with pytest.raises(error, match=message):
        read(PAIR, pair.root, allow_partial=True)


def test_a_part_loads_where_it_is_allowed(pair: Any) -> None:
    (pair.root / "a-rab.wav").unlink()
    assert len(read(PAIR, pair.root, allow_partial=True)) == 3


def test_a_balanced_corpus_names_the_speaker_whose_file_is_missing(pair: Any) -> None:
    (pair.root / "a-rab.wav").unlink()
    with pytest.raises(CorpusIncompleteError, match="missing: speaker a 1 of 2; emotion anger 1 of 2"):
        read(dataclasses.replace(PAIR, balanced=True), pair.root)


def test_a_missing_speaker_is_named(pair: Any) -> None:
    for name in WHOLE[2:]:
        (pair.root / name).unlink()
    with pytest.raises(
        CorpusIncompleteError, match="missing: 1 speaker: b; emotion anger 1 of 2, sadness 1 of 2"
    ):
        read(PAIR, pair.root)


def test_a_missing_root_says_how_to_get_the_corpus(tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFoundError, match=f"does not exist.*{re.escape(PAIR.how_to_get)}"):
        read(PAIR, tmp_path / "nowhere")


def test_several_problems_are_counted(pair: Any) -> None:
    for name in ("a-xyz.wav", "b-xyz.wav", "c-rab.wav"):
        pair.add(name)
    with pytest.raises(UnknownLabelError, match=r"a-xyz\.wav.*\(and 2 more problems\)"):
        read(PAIR, pair.root)


def test_an_unknown_variant_lists_the_known_ones(pair: Any) -> None:
    with pytest.raises(CorpusError, match=r"pair: unknown variant 'big', expected one of \['full'\]"):
        read(PAIR, pair.root, variant="big")


def test_an_unknown_code_raises_even_outside_the_variant(pair: Any) -> None:
    pair.add("b-xyz.wav")
    corpus = dataclasses.replace(
        PAIR, other_variants={"a": Variant(2, 1, includes=lambda fields: fields.speaker == "a")}
    )
    with pytest.raises(UnknownLabelError, match="'xyz'"):
        read(corpus, pair.root, variant="a")


def test_a_variant_without_a_count_still_needs_its_speakers(pair: Any) -> None:
    for name in WHOLE[2:]:
        (pair.root / name).unlink()
    corpus = dataclasses.replace(PAIR, other_variants={"some": Variant(None, 2)})
    with pytest.raises(CorpusIncompleteError, match=r"found 2 utterances of 1 speaker, pair has 2 speakers"):
        read(corpus, pair.root, variant="some")


def test_a_total_without_details_is_still_compared(pair: Any) -> None:
    corpus = dataclasses.replace(PAIR, emotions={}, utterances=6)
    assert shortfalls(corpus, corpus.variants["full"], read(PAIR, pair.root)) == ["2 utterances"]


def test_long_lists_of_missing_speakers_are_cut() -> None:
    corpus = corpora.get("cremad")
    (speakers, *_) = shortfalls(corpus, corpus.variants["full"], [])
    assert speakers.startswith("91 speakers: 1001, 1002")
    assert speakers.endswith("and 79 more")


def test_matching_a_name_covers_all_of_it() -> None:
    with pytest.raises(ValueError, match=r"its name is not like a1\.wav"):
        match_name(re.compile(r"[a-z]\d"), "a12", "a1.wav")
