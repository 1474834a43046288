"""Metrics, by hand: two emotions heard ten times, one heard five times."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.errors import EvaluationError
from prosodyn.evaluation import metrics

LABELS = ["anger", "fear", "neutral"]
COUNTS = np.array([[8, 1, 1], [3, 6, 1], [0, 1, 4]])  # what is said, by what is answered
TRUTH = [LABELS[row] for row, column in np.ndindex(3, 3) for _ in range(COUNTS[row, column])]
PREDICTION = [LABELS[column] for row, column in np.ndindex(3, 3) for _ in range(COUNTS[row, column])]

seeded = settings(derandomize=True, deadline=None, max_examples=50)
Metric = Callable[[list[str], list[str]], float]
SCORES = [metrics.weighted_accuracy, metrics.unweighted_accuracy, metrics.macro_f1]
label_pairs = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=50)


def test_weighted_accuracy_by_hand() -> None:
    assert metrics.weighted_accuracy(TRUTH, PREDICTION) == pytest.approx(18 / 25)


def test_unweighted_accuracy_by_hand() -> None:
    assert metrics.unweighted_accuracy(TRUTH, PREDICTION) == pytest.approx((0.8 + 0.6 + 0.8) / 3)


def test_macro_f1_by_hand() -> None:
    anger, fear, neutral = 16 / (16 + 3 + 2), 12 / (12 + 2 + 4), 8 / (8 + 2 + 1)

    assert metrics.macro_f1(TRUTH, PREDICTION) == pytest.approx((anger + fear + neutral) / 3)


def test_recalls_by_hand() -> None:
    assert metrics.recalls(TRUTH, PREDICTION) == pytest.approx({"anger": 0.8, "fear": 0.6, "neutral": 0.8})


def test_the_confusion_matrix_counts_truth_by_prediction() -> None:
    np.testing.assert_array_equal(metrics.confusion_matrix(TRUTH, PREDICTION, LABELS), COUNTS)


def test_the_confusion_matrix_follows_the_order_of_the_labels() -> None:
    turned = metrics.confusion_matrix(TRUTH, PREDICTION, LABELS[::-1])

    np.testing.assert_array_equal(turned, COUNTS[::-1, ::-1])


def test_rows_are_normalised_by_their_sums() -> None:
    expected = [[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.0, 0.2, 0.8]]

    np.testing.assert_allclose(metrics.row_normalised(COUNTS), expected)


def test_an_emotion_that_never_occurs_has_no_recall() -> None:
    shares = metrics.row_normalised(np.array([[2, 0], [0, 0]]))

    assert np.isnan(shares[1]).all()


def test_an_answer_that_never_is_true_lowers_only_what_it_replaces() -> None:
    truth, prediction = ["anger", "anger", "fear"], ["anger", "boredom", "fear"]

    assert metrics.recalls(truth, prediction) == {"anger": 0.5, "fear": 1.0}


@pytest.mark.parametrize("score", SCORES)
def test_a_perfect_answer_scores_one(score: Metric) -> None:
    assert score(TRUTH, TRUTH) == 1.0


@pytest.mark.parametrize("score", [*SCORES, metrics.recalls])
def test_no_labels_are_refused(score: Metric) -> None:
    with pytest.raises(EvaluationError, match="at least one item"):
        score([], [])


@pytest.mark.parametrize("score", [*SCORES, metrics.recalls])
def test_unequal_lengths_are_refused(score: Metric) -> None:
    with pytest.raises(EvaluationError, match="2 true labels cannot be compared with 1 predicted"):
        score(["anger", "fear"], ["anger"])


def test_a_label_outside_the_order_is_refused() -> None:
    with pytest.raises(EvaluationError, match=r"'boredom' is not one of \['anger', 'fear'\]"):
        metrics.confusion_matrix(["anger"], ["boredom"], ["anger", "fear"])


def test_an_order_that_names_a_label_twice_is_refused() -> None:
    with pytest.raises(EvaluationError, match="stands twice"):
        metrics.confusion_matrix(["anger"], ["anger"], ["anger", "anger"])


@seeded
@given(pairs=label_pairs)
def test_scores_lie_between_nothing_and_everything(pairs: list[tuple[str, str]]) -> None:
    truth, prediction = [t for t, _ in pairs], [p for _, p in pairs]

    assert all(0 <= score(truth, prediction) <= 1 for score in SCORES)


@seeded
@given(pairs=label_pairs, times=st.integers(2, 5), label=st.sampled_from(LABELS))
def test_saying_an_emotion_more_often_leaves_unweighted_accuracy_alone(
    pairs: list[tuple[str, str]], times: int, label: str
) -> None:
    more = [pair for pair in pairs for _ in range(times if pair[0] == label else 1)]

    before = metrics.unweighted_accuracy(*map(list, zip(*pairs, strict=True)))
    after = metrics.unweighted_accuracy(*map(list, zip(*more, strict=True)))

    assert after == pytest.approx(before)


@seeded
@given(pairs=label_pairs)
def test_weighted_accuracy_is_the_recalls_weighted_by_their_counts(pairs: list[tuple[str, str]]) -> None:
    truth, prediction = [t for t, _ in pairs], [p for _, p in pairs]
    weighted = sum(
        recall * truth.count(label) for label, recall in metrics.recalls(truth, prediction).items()
    )

    assert metrics.weighted_accuracy(truth, prediction) == pytest.approx(weighted / len(truth))


@seeded
@given(pairs=label_pairs, order=st.permutations(LABELS))
def test_other_names_for_the_emotions_change_no_score(pairs: list[tuple[str, str]], order: list[str]) -> None:
    name = dict(zip(LABELS, order, strict=True))
    truth, prediction = [t for t, _ in pairs], [p for _, p in pairs]

    for score in SCORES:
        renamed = score([name[t] for t in truth], [name[p] for p in prediction])
        assert renamed == pytest.approx(score(truth, prediction))


def test_many_matrices_are_scored_like_one_at_a_time(rng: np.random.Generator) -> None:
    matrices = rng.integers(0, 3, (40, 3, 3)) + np.eye(3, dtype=np.int64)

    for score in (metrics.weighted_accuracy_of, metrics.unweighted_accuracy_of, metrics.macro_f1_of):
        np.testing.assert_allclose(score(matrices), [score(matrix) for matrix in matrices])


def test_scores_agree_with_an_independent_library(rng: np.random.Generator) -> None:
    oracle = pytest.importorskip("sklearn.metrics")
    truth = [str(label) for label in rng.choice(LABELS[:2], 200)]
    prediction = [str(label) for label in rng.choice(LABELS, 200)]

    recall = oracle.recall_score(truth, prediction, labels=LABELS[:2], average="macro")
    f1 = oracle.f1_score(truth, prediction, labels=LABELS[:2], average="macro")

    assert metrics.weighted_accuracy(truth, prediction) == pytest.approx(
        oracle.accuracy_score(truth, prediction)
    )
    assert metrics.unweighted_accuracy(truth, prediction) == pytest.approx(recall)
    assert metrics.macro_f1(truth, prediction) == pytest.approx(f1)
