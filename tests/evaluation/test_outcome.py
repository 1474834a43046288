"""Outcomes of folds and seeds, and how they are pooled."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.outcome import Outcome, gather, together
from prosodyn.types import Utterance

LABELS = ("anger", "fear")
CORPUS = [
    Utterance("1", "anger", "ann", "own"),
    Utterance("2", "fear", "ann", "own"),
    Utterance("3", "anger", "bob", "own"),
    Utterance("4", "fear", "bob", "own"),
]
MakeOutcome = Callable[..., Outcome]


@pytest.fixture
def two_folds(make_outcome: MakeOutcome) -> list[Outcome]:
    return [
        make_outcome(CORPUS[2:], LABELS, {"3": "fear"}, fold="bob"),
        make_outcome(CORPUS[:2], LABELS, {}, fold="ann"),
    ]


def test_folds_are_pooled_in_the_order_of_the_identifiers(two_folds: list[Outcome]) -> None:
    answers = gather(two_folds, CORPUS)

    assert answers.ids == ("1", "2", "3", "4")
    assert answers.predictions == (("anger", "fear", "fear", "fear"),)


def test_speakers_come_from_the_corpus(two_folds: list[Outcome]) -> None:
    assert gather(two_folds, CORPUS).speakers == ("ann", "ann", "bob", "bob")


def test_seeds_stay_apart(make_outcome: MakeOutcome) -> None:
    runs = [make_outcome(CORPUS, LABELS, {str(seed): "fear"}, seed=seed) for seed in (3, 1)]

    answers = gather(runs, CORPUS)

    assert answers.seeds == (1, 3)
    assert answers.predictions == (("fear", "fear", "anger", "fear"), ("anger", "fear", "fear", "fear"))


def test_each_seed_has_a_confusion_matrix(make_outcome: MakeOutcome) -> None:
    runs = [make_outcome(CORPUS, LABELS, wrong, seed=seed) for seed, wrong in enumerate(({}, {"1": "fear"}))]

    np.testing.assert_array_equal(gather(runs, CORPUS).confusions(), [[[2, 0], [0, 2]], [[1, 1], [0, 2]]])


def test_a_part_of_the_folds_may_be_pooled(two_folds: list[Outcome]) -> None:
    assert gather(two_folds[:1], CORPUS).ids == ("3", "4")


def test_no_outcomes_are_refused() -> None:
    with pytest.raises(EvaluationError, match="no outcomes"):
        gather([], CORPUS)


def test_an_utterance_answered_twice_is_refused(two_folds: list[Outcome]) -> None:
    with pytest.raises(EvaluationError, match="fold ann, seed 0: utterance '1' was answered twice"):
        gather([*two_folds, two_folds[1]], CORPUS)


def test_a_seed_that_lacks_a_fold_is_refused(two_folds: list[Outcome]) -> None:
    with pytest.raises(EvaluationError, match="seed 1: utterance '1' was not answered under every seed"):
        gather([*two_folds, replace(two_folds[0], seed=1)], CORPUS)


def test_an_utterance_outside_the_corpus_is_refused(two_folds: list[Outcome]) -> None:
    with pytest.raises(EvaluationError, match="'4' is not in the corpus"):
        gather(two_folds, CORPUS[:3])


def test_another_truth_than_the_corpus_has_is_refused(two_folds: list[Outcome]) -> None:
    corpus = [replace(item, emotion="anger") for item in CORPUS]

    with pytest.raises(EvaluationError, match="'4' was tested as 'fear', the corpus says 'anger'"):
        gather(two_folds, corpus)


def test_outcomes_of_other_labels_are_refused(two_folds: list[Outcome]) -> None:
    turned = replace(two_folds[1], labels=LABELS[::-1])

    with pytest.raises(EvaluationError, match="pool one system's outcomes"):
        gather([two_folds[0], turned], CORPUS)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ids": ("3",)}, "1 utterances, 2 true labels"),
        ({"prediction": ("joy", "fear")}, "'joy' is not one of"),
        ({"probabilities": np.ones((2, 3)) / 3}, r"shape \(2, 3\), expected \(2, 2\)"),
        ({"probabilities": np.array([[2.0, -3.0], [1.0, 0.0]])}, "do not sum to one"),
        ({"probabilities": np.full((2, 2), np.nan)}, "do not sum to one"),
    ],
)
def test_fields_that_do_not_fit_are_refused(
    two_folds: list[Outcome], change: dict[str, object], message: str
) -> None:
    with pytest.raises(EvaluationError, match=message):
        replace(two_folds[0], **change)


def certain(outcome: Outcome, *shares: float) -> Outcome:
    """Return an outcome that gives the first emotion these probabilities."""
    probabilities = np.array([[share, 1 - share] for share in shares])
    prediction = tuple(LABELS[int(share < 0.5)] for share in shares)
    return replace(outcome, probabilities=probabilities, prediction=prediction)


def test_seeds_answer_together_by_the_geometric_mean_of_their_probabilities(
    make_outcome: MakeOutcome,
) -> None:
    first = certain(make_outcome(CORPUS[:2], LABELS, {}, seed=0), 0.9, 0.6)
    second = certain(make_outcome(CORPUS[:2], LABELS, {}, seed=1), 0.2, 0.1)

    (both,) = together([second, first])

    one, other = np.sqrt(0.9 * 0.2), np.sqrt(0.1 * 0.8)
    assert both.probabilities[0, 0] == pytest.approx(one / (one + other), abs=1e-4)
    assert both.prediction == ("anger", "fear")
    assert both.seed == 0


def test_each_fold_is_answered_together_by_itself(two_folds: list[Outcome]) -> None:
    other_seed = [replace(outcome, seed=1) for outcome in two_folds]

    found = together([*two_folds, *other_seed])

    assert [each.fold for each in found] == ["bob", "ann"]
    for each, alone in zip(found, two_folds, strict=True):
        np.testing.assert_allclose(each.probabilities, alone.probabilities, atol=1e-5)


def test_an_emotion_that_one_seed_rules_out_is_not_lost(make_outcome: MakeOutcome) -> None:
    first = certain(make_outcome(CORPUS[:1], LABELS, {}, seed=0), 0.0)
    second = certain(make_outcome(CORPUS[:1], LABELS, {}, seed=1), 1.0)

    (both,) = together([first, second])

    assert both.probabilities[0, 0] == pytest.approx(0.5)


def test_seeds_of_other_utterances_do_not_answer_together(make_outcome: MakeOutcome) -> None:
    one, other = (
        make_outcome(part, LABELS, {}, seed=seed) for seed, part in enumerate((CORPUS[:2], CORPUS[2:]))
    )

    with pytest.raises(EvaluationError, match="networks of seeds 0 and 1 answered about other"):
        together([one, other])


def test_answers_about_some_speakers_leave_the_others_out(two_folds: list[Outcome]) -> None:
    own = gather(two_folds, CORPUS).of_speakers({"bob"})

    assert (own.ids, own.speakers, own.truth) == (("3", "4"), ("bob", "bob"), ("anger", "fear"))
    assert own.predictions == (("fear", "fear"),)


def test_answers_of_some_seeds_leave_the_others_out(two_folds: list[Outcome]) -> None:
    again = [replace(each, seed=1, prediction=("fear",) * len(each.ids)) for each in two_folds]
    both = gather([*two_folds, *again], CORPUS)

    assert both.of_seeds({1}).seeds == (1,)
    assert both.of_seeds({1}).predictions == (("fear",) * len(both.ids),)
    assert both.of_seeds({0, 1}) == both
