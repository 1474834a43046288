"""The inner folds of a training side."""

import pytest

from prosodyn.corpora import UNKNOWN_SPEAKER
from prosodyn.errors import TrainingError
from prosodyn.training.inner import N_INNER_FOLDS, inner_folds
from prosodyn.types import Utterance


def corpus(speakers: str, emotions: str = "xyz", n_takes: int = 2) -> list[Utterance]:
    """Return every speaker's takes of every emotion."""
    return [
        Utterance(f"{who}-{how}-{take}", how, who, "own")
        for who in speakers
        for how in emotions
        for take in range(n_takes)
    ]


@pytest.mark.parametrize("speakers", ["ab", "abc", "abcdefgh"])
def test_every_utterance_is_held_back_once(speakers: str) -> None:
    utterances = corpus(speakers)

    folds = inner_folds(utterances, seed=0)

    assert sorted(place for fold in folds for place in fold.held) == list(range(len(utterances)))
    assert all(sorted((*fold.kept, *fold.held)) == list(range(len(utterances))) for fold in folds)


@pytest.mark.parametrize("speakers", ["abc", "abcd", "abcdefgh"])
def test_no_speaker_stands_on_both_sides(speakers: str) -> None:
    utterances = corpus(speakers)

    for kept, held in inner_folds(utterances, seed=0):
        assert not {utterances[place].speaker for place in kept} & {
            utterances[place].speaker for place in held
        }


@pytest.mark.parametrize("speakers", ["a", "ab"])
def test_where_speakers_are_too_few_utterances_are_dealt(speakers: str) -> None:
    folds = inner_folds(corpus(speakers, n_takes=3), seed=0)

    assert len(folds) == N_INNER_FOLDS
    assert len({len(fold.held) for fold in folds}) == 1


def test_where_a_speaker_is_unknown_utterances_are_dealt() -> None:
    utterances = [*corpus("abcd"), *(Utterance(f"?-{how}", how, UNKNOWN_SPEAKER, "own") for how in "xyz")]

    folds = inner_folds(utterances, seed=0)

    assert {"a", "b", "c", "d"} <= {utterances[place].speaker for place in folds[0].kept}


def test_the_order_of_the_utterances_does_not_matter() -> None:
    utterances = corpus("abcdef")
    backwards = utterances[::-1]

    forth = [{utterances[place].id for place in fold.held} for fold in inner_folds(utterances, seed=1)]
    back = [{backwards[place].id for place in fold.held} for fold in inner_folds(backwards, seed=1)]

    assert forth == back


def test_a_fold_that_loses_an_emotion_is_left_out() -> None:
    utterances = [*corpus("abc", "xy"), Utterance("a-z", "z", "a", "own")]

    folds = inner_folds(utterances, seed=0)

    assert len(folds) == N_INNER_FOLDS - 1
    assert all("a-z" in {utterances[place].id for place in fold.kept} for fold in folds)


def test_where_every_fold_loses_an_emotion_it_is_a_named_error() -> None:
    utterances = [Utterance(name, name, name, "own") for name in "abc"]

    with pytest.raises(TrainingError, match="3 utterances cannot be divided"):
        inner_folds(utterances, seed=0)
