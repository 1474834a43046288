"""The most telling rectangles: found by trying all of them as well, apart from each other."""

import itertools

import numpy as np
import pytest

from prosodyn.inference.regions import telling_rectangles


def best_by_trying_all(cells: np.ndarray) -> float:
    n_bands, n_moments = cells.shape
    return max(
        float(cells[low:high, start:end].sum())
        for low, high in itertools.combinations(range(n_bands + 1), 2)
        for start, end in itertools.combinations(range(n_moments + 1), 2)
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_first_is_the_best_of_all_rectangles(seed: int) -> None:
    cells = np.random.default_rng(seed).standard_normal((5, 7))
    above = cells - cells.max() / 2
    first = next(telling_rectangles(cells, 1))
    assert above[first].sum() == pytest.approx(best_by_trying_all(above))


@pytest.mark.parametrize("seed", range(5))
def test_none_touches_another(seed: int) -> None:
    cells = np.random.default_rng(seed).standard_normal((6, 12))
    seen = np.zeros((8, 14), dtype=int)  # with a border
    for bands, moments in telling_rectangles(cells, 9):
        assert not seen[bands.start : bands.stop + 2, moments.start : moments.stop + 2].any()
        seen[bands.start + 1 : bands.stop + 1, moments.start + 1 : moments.stop + 1] += 1
    assert seen.max() == 1


def test_all_alike_are_one_region() -> None:
    assert list(telling_rectangles(np.ones((3, 4)), 2)) == [(slice(0, 3), slice(0, 4))]


@pytest.mark.parametrize("cost", [0.0, -1.0, 0.005])
def test_where_nothing_costs_anything_nothing_is_told(cost: float) -> None:
    assert list(telling_rectangles(np.full((3, 4), cost), 2, least=0.01)) == []


def test_no_more_are_told_than_asked_for() -> None:
    assert len(list(telling_rectangles(np.eye(9), 2))) == 2
