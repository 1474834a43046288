"""What two sides have in common, by hand."""

import pytest

from prosodyn.corpora.base import UNKNOWN_SPEAKER
from prosodyn.errors import EvaluationError
from prosodyn.evaluation.sharing import Audit, Shared, audit, shared
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
