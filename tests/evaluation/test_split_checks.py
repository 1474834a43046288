"""The checks that a new protocol would meet, on splits made wrong by hand."""

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.split_checks import check_coverage, check_splits
from prosodyn.types import Split, Utterance

CORPUS = {name: Utterance(name, "anger", "ann", "own") for name in "abcd"}


def test_two_folds_of_one_name_are_refused() -> None:
    fold = Split("x", ("a", "b"), (), ("c", "d"))

    with pytest.raises(EvaluationError, match="own: 2 folds are called 'x'"):
        check_splits("own", [fold, fold], CORPUS)


def test_an_utterance_that_is_both_trained_on_and_validated_is_refused() -> None:
    with pytest.raises(EvaluationError, match="own, x: utterance 'b' stands 2 times"):
        check_splits("own", [Split("x", ("a", "b"), ("b",), ("c",))], CORPUS)


@pytest.mark.parametrize(("tests", "name", "times"), [(["ab", "bcd"], "b", 2), (["ab", "c"], "d", 0)])
def test_an_utterance_that_is_not_tested_once_is_refused(tests: list[str], name: str, times: int) -> None:
    folds = [Split(test, (), (), tuple(test)) for test in tests]

    with pytest.raises(EvaluationError, match=f"own: utterance '{name}' is tested {times} times, not once"):
        check_coverage("own", folds, CORPUS)
