"""Whether confidence can be believed."""

import numpy as np
import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.calibration import coverage, expected_calibration_error, reliability


def test_answers_that_are_right_as_often_as_they_say_have_no_error() -> None:
    assert expected_calibration_error([0.5] * 10, [True, False] * 5, n_bins=1) == 0


def test_answers_that_are_certain_and_wrong_have_the_whole_error() -> None:
    assert expected_calibration_error([1.0, 1.0], [False, False], n_bins=2) == 1


def test_the_error_is_what_a_loop_counts() -> None:
    generator = np.random.default_rng(0)
    confidence, right = generator.random(97), generator.random(97) < 0.6
    pairs = sorted(zip(confidence.tolist(), right.tolist(), strict=True))
    sizes = [97 // 15 + (1 if place < 97 % 15 else 0) for place in range(15)]
    error, start = 0.0, 0
    for size in sizes:
        part = pairs[start : start + size]
        error += abs(sum(hit for _, hit in part) - sum(share for share, _ in part)) / 97
        start += size
    assert expected_calibration_error(confidence, right.tolist()) == pytest.approx(error)


def test_bins_have_equal_mass_and_rising_confidence() -> None:
    bins = reliability(np.linspace(1, 0, 31), [True] * 31)
    assert {each.count for each in bins} == {2, 3}
    assert [each.confidence for each in bins] == sorted(each.confidence for each in bins)


def test_more_bins_than_answers_are_refused() -> None:
    with pytest.raises(EvaluationError, match="cannot fill 15 bins"):
        reliability([0.5], [True])


def test_a_confidence_beyond_one_is_refused() -> None:
    with pytest.raises(EvaluationError, match="beyond 0 to 1"):
        reliability([1.5], [True], n_bins=1)


def test_a_confidence_that_is_no_number_is_refused() -> None:
    with pytest.raises(EvaluationError, match="beyond 0 to 1"):
        reliability([float("nan")], [True], n_bins=1)


def test_lists_of_unequal_length_are_refused() -> None:
    with pytest.raises(EvaluationError, match="2 confidences"):
        reliability([0.5, 0.6], [True], n_bins=1)


def test_coverage_counts_the_sets_that_hold_the_truth() -> None:
    assert coverage([{"anger", "fear"}, {"fear"}, set()], ["anger", "anger", "fear"]) == pytest.approx(1 / 3)


def test_coverage_of_nothing_is_refused() -> None:
    with pytest.raises(EvaluationError, match="at least one"):
        coverage([], [])


def test_coverage_of_unequal_lists_is_refused() -> None:
    with pytest.raises(EvaluationError, match="1 sets"):
        coverage([{"anger"}], ["anger", "fear"])
