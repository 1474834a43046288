"""What two sides have in common, by hand."""

import pytest

from prosodyn.corpora.base import UNKNOWN_SPEAKER
from prosodyn.errors import EvaluationError
from prosodyn.evaluation.duplicates import Duplicate
from prosodyn.evaluation.sharing import Audit, Shared, audit, common, shared, straddling
from prosodyn.types import Split, Utterance

CORPUS = [
    Utterance("1", "anger", "ann", "own", text="x", session="s"),
    Utterance("2", "anger", "ann", "own", text="y", session="s"),
    Utterance("3", "anger", "bob", "own", text="x", session="s"),
    Utterance("4", "anger", "cay", "own", text="y", session="t"),
]


def test_shared_speakers_texts_and_sessions_are_counted() -> None:
    split = Split("fold", train=("1", "4"), validation=(), test=("2", "3"))

    assert shared(split, CORPUS) == Shared(speakers=1, texts=2, sessions=1)


def test_validation_counts_as_heard() -> None:
    split = Split("fold", train=("4",), validation=("1",), test=("2",))

    assert shared(split, CORPUS).speakers == 1


def test_nothing_in_common_is_zero() -> None:
    split = Split("fold", train=("1",), validation=(), test=("4",))

    assert shared(split, CORPUS) == Shared(speakers=0, texts=0, sessions=0)


def test_what_the_corpus_does_not_say_is_unknown() -> None:
    corpus = [Utterance("1", "anger", UNKNOWN_SPEAKER, "own"), Utterance("2", "anger", "ann", "own")]

    assert shared(Split("fold", ("1",), (), ("2",)), corpus) == Shared(
        speakers=None, texts=None, sessions=None
    )


def test_an_utterance_outside_the_corpus_is_refused() -> None:
    with pytest.raises(EvaluationError, match="fold: utterance '9' is not in the corpus"):
        shared(Split("fold", ("1",), (), ("9",)), CORPUS)


def test_an_audit_keeps_the_worst_fold() -> None:
    folds = [Split("a", ("1",), (), ("4",)), Split("b", ("1", "4"), (), ("2", "3"))]

    assert audit("texts", folds, CORPUS) == Audit("texts", speakers=1, texts=2, sessions=1)


def test_an_audit_of_nothing_is_refused() -> None:
    with pytest.raises(EvaluationError, match="no folds were given"):
        audit("texts", [], CORPUS)


def test_what_is_common_is_named() -> None:
    split = Split("fold", train=("1", "4"), validation=(), test=("2", "3"))

    assert common(split, CORPUS, "speaker") == {"ann"}
    assert common(split, CORPUS, "text") == {"x", "y"}


@pytest.mark.parametrize(
    ("split", "crosses"),
    [
        (Split("a", ("1",), (), ("2",)), True),
        (Split("a", ("2",), (), ("1",)), True),
        (Split("a", ("3",), ("1",), ("2",)), True),
        (Split("a", ("1", "2"), (), ("3",)), False),
        (Split("a", ("3",), (), ("1", "2")), False),
        (Split("a", ("3",), (), ("1",)), False),
    ],
)
def test_a_pair_straddles_where_one_is_heard_and_the_other_tested(split: Split, crosses: bool) -> None:
    pair = Duplicate("1", "2", exact=True, likeness=1.0)

    assert straddling([pair], [split]) == (((pair, split),) if crosses else ())


def test_an_audit_counts_exact_and_near_pairs() -> None:
    folds = [Split("a", ("1",), (), ("4",)), Split("b", ("1", "4"), (), ("2", "3"))]
    pairs = [
        Duplicate("1", "4", exact=True, likeness=1.0),
        Duplicate("1", "2", exact=False, likeness=0.9),
        Duplicate("3", "4", exact=False, likeness=0.8),
        Duplicate("2", "3", exact=True, likeness=1.0),
    ]

    found = audit("texts", folds, CORPUS, pairs)

    assert (found.exact_duplicates, found.near_duplicates) == (1, 2)
    assert found.duplicates == "duplicate recordings on both sides: 1 exact, 2 near"


def test_an_audit_without_listening_says_so() -> None:
    found = audit("texts", [Split("a", ("1",), (), ("4",))], CORPUS)

    assert found.duplicates == "duplicate recordings were not looked for"
