"""Scores of a result file: pooled over utterances, averaged over seeds, in percent."""

from collections.abc import Callable

import pytest

from prosodyn.evaluation.metrics import macro_f1, recalls, unweighted_accuracy, weighted_accuracy
from prosodyn.evaluation.outcome import Answers
from prosodyn.evaluation.scores import score

MakeAnswers = Callable[..., Answers]


@pytest.fixture
def by_hand() -> Answers:
    """Two seeds: the first misses one of two angers, the second one of three fears."""
    return Answers(
        labels=("anger", "boredom", "fear"),
        seeds=(0, 1),
        ids=("1", "2", "3", "4", "5"),
        speakers=("ann", "ann", "bob", "bob", "bob"),
        truth=("anger", "anger", "fear", "fear", "fear"),
        predictions=(
            ("anger", "boredom", "fear", "fear", "fear"),
            ("anger", "anger", "fear", "fear", "anger"),
        ),
    )


def test_weighted_accuracy_is_averaged_over_seeds(by_hand: Answers) -> None:
    assert score(by_hand).wa == pytest.approx(100 * (4 / 5 + 4 / 5) / 2)


def test_unweighted_accuracy_is_averaged_over_seeds(by_hand: Answers) -> None:
    assert score(by_hand).ua == pytest.approx(100 * ((1 / 2 + 1) / 2 + (1 + 2 / 3) / 2) / 2)


def test_macro_f1_is_averaged_over_seeds(by_hand: Answers) -> None:
    assert score(by_hand).macro_f1 == pytest.approx(100 * ((2 / 3 + 1) / 2 + (4 / 5 + 4 / 5) / 2) / 2)


def test_recalls_are_averaged_over_seeds(by_hand: Answers) -> None:
    assert score(by_hand).recalls == pytest.approx({"anger": 75, "fear": 100 * 5 / 6})


def test_confusions_are_added_up_over_seeds(by_hand: Answers) -> None:
    assert score(by_hand).confusion == ((3, 1, 0), (0, 0, 0), (1, 0, 5))


def test_one_seed_scores_like_the_plain_metrics(make_answers: MakeAnswers) -> None:
    answers = make_answers()
    truth, prediction = answers.truth, answers.predictions[0]
    scores = score(answers)

    assert scores.wa == pytest.approx(100 * weighted_accuracy(truth, prediction))
    assert scores.ua == pytest.approx(100 * unweighted_accuracy(truth, prediction))
    assert scores.macro_f1 == pytest.approx(100 * macro_f1(truth, prediction))
    assert scores.recalls == pytest.approx({k: 100 * v for k, v in recalls(truth, prediction).items()})


def test_intervals_hold_their_scores(make_answers: MakeAnswers) -> None:
    scores = score(make_answers(n_seeds=2))

    for value, (low, high) in (
        (scores.wa, scores.wa_interval),
        (scores.ua, scores.ua_interval),
        (scores.macro_f1, scores.macro_f1_interval),
    ):
        assert 0 <= low < value < high <= 100


def test_few_speakers_are_named_as_the_limit_of_the_intervals(by_hand: Answers) -> None:
    assert score(by_hand).interval_unit == "utterances"
