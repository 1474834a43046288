"""Smoothing finds the best sequence, and decides as it goes."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.inference import TimelineSettings
from prosodyn.inference.smoothing import Smoother, best_sequence
from prosodyn.inference.windows import Cell

SEEDED = settings(max_examples=100, deadline=None, derandomize=True, database=None)

HOP = 24_000


def smooth(rows: list[list[float] | None], **changes: float) -> list[int | None]:
    smoother = Smoother(TimelineSettings(**changes))  # type: ignore[arg-type]
    decided = []
    for place, row in enumerate(rows):
        answer = None if row is None else np.array(row)
        decided += smoother.push(Cell(place * HOP, (place + 1) * HOP, answer))
    decided += smoother.flush()
    assert [cell.start for cell, _ in decided] == [place * HOP for place in range(len(rows))]
    return [emotion for _, emotion in decided]


def best_of_all(rows: list[list[float]], cost: float) -> tuple[int, ...]:
    """Return the best sequence by trying every one."""

    def score(sequence: tuple[int, ...]) -> float:
        evidence = sum(math.log(row[emotion]) for row, emotion in zip(rows, sequence, strict=True))
        return evidence - cost * sum(one != other for one, other in itertools.pairwise(sequence))

    return max(itertools.product(range(len(rows[0])), repeat=len(rows)), key=score)


probabilities = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(
    lambda odds: [odd / sum(odds) for odd in odds]
)


@SEEDED
@given(rows=st.lists(probabilities, min_size=1, max_size=6), cost=st.sampled_from([0.0, 0.5, 1.0, 3.0]))
def test_with_all_ahead_it_is_the_best_of_all_sequences(rows: list[list[float]], cost: float) -> None:
    found = smooth(rows, switch_cost=cost, look_ahead=10)  # type: ignore[arg-type]
    best = best_of_all(rows, cost)

    def score(sequence: tuple[int | None, ...]) -> float:
        evidence = sum(math.log(row[emotion or 0]) for row, emotion in zip(rows, sequence, strict=True))
        return evidence - cost * sum(one != other for one, other in itertools.pairwise(sequence))

    assert score(tuple(found)) == pytest.approx(score(best), abs=1e-9)


ANGER, NEUTRAL = [0.7, 0.3], [0.3, 0.7]


def test_one_cell_among_others_is_smoothed_away() -> None:
    assert smooth([NEUTRAL, NEUTRAL, ANGER, NEUTRAL, NEUTRAL]) == [1] * 5


def test_one_cell_is_kept_where_it_is_sure() -> None:
    assert smooth([NEUTRAL, NEUTRAL, [0.95, 0.05], NEUTRAL, NEUTRAL]) == [1, 1, 0, 1, 1]


def test_a_lasting_change_is_kept_and_begins_where_it_began() -> None:
    assert smooth([NEUTRAL] * 4 + [ANGER] * 4) == [1] * 4 + [0] * 4


def test_without_a_cost_each_cell_stands_alone() -> None:
    assert smooth([NEUTRAL, ANGER, NEUTRAL], switch_cost=0.0) == [1, 0, 1]


def test_after_a_pause_a_change_costs_nothing() -> None:
    assert smooth([NEUTRAL, NEUTRAL, None, ANGER]) == [1, 1, None, 0]


@pytest.mark.parametrize("look_ahead", [0, 1, 3])
def test_a_cell_is_decided_once_so_many_more_have_come(look_ahead: int) -> None:
    smoother = Smoother(TimelineSettings(look_ahead=look_ahead))
    n_decided = [len(smoother.push(Cell(n * HOP, (n + 1) * HOP, np.array(ANGER)))) for n in range(6)]
    assert n_decided == [0] * look_ahead + [1] * (6 - look_ahead)


def test_what_one_cell_calls_impossible_is_not_ruled_out() -> None:
    assert smooth([NEUTRAL] * 20 + [[1.0, 0.0]] + [NEUTRAL] * 20, switch_cost=8.0, look_ahead=30) == [1] * 41


def test_a_change_from_what_was_decided_before_costs_as_much() -> None:
    evidence = np.log(np.array([[0.5, 0.3, 0.2]]))
    assert best_sequence(evidence, cost=1.0, before=1) == [1]


def test_what_was_decided_is_part_of_what_is_decided_next() -> None:
    # for its own sake the first cell is of the second emotion, which all that follow contradict
    rows = [[0.2, 0.8], [0.45, 0.55], [0.9, 0.1], [0.9, 0.1]]
    assert smooth(rows, look_ahead=1) == [1, 1, 0, 0]
