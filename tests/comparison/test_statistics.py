"""The statistics over time, by counting."""

import itertools

import numpy as np
import pytest

from prosodyn.comparison.statistics import statistics_over_time


@pytest.fixture
def features(rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((3, 41))


def test_each_statistic_is_what_its_name_says(features: np.ndarray) -> None:
    means, deviations, low, middle, high, liveliness = statistics_over_time(features).reshape(6, 3)
    for row, frames in enumerate(features):
        ordered = sorted(frames)
        steps = [abs(later - earlier) for earlier, later in itertools.pairwise(frames)]
        assert means[row] == pytest.approx(sum(frames) / 41)
        assert deviations[row] == pytest.approx((sum((frames - means[row]) ** 2) / 41) ** 0.5)
        assert [low[row], middle[row], high[row]] == pytest.approx([ordered[4], ordered[20], ordered[36]])
        assert liveliness[row] == pytest.approx(sum(steps) / 40)


def test_a_single_frame_neither_deviates_nor_moves() -> None:
    assert statistics_over_time(np.array([[3.0]])).ravel().tolist() == [3, 0, 3, 3, 3, 0]


def test_only_the_liveliness_knows_the_order_of_the_frames(
    features: np.ndarray, rng: np.random.Generator
) -> None:
    shuffled = features[:, rng.permutation(41)]
    kept, other = statistics_over_time(features), statistics_over_time(shuffled)
    np.testing.assert_allclose(other[:15], kept[:15])
    assert not np.allclose(other[15:], kept[15:])


def test_the_features_stay_as_they_were(features: np.ndarray) -> None:
    before = features.copy()
    statistics_over_time(features)
    np.testing.assert_array_equal(features, before)
