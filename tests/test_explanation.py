"""The nouns of an explanation: the core of an attention, and how far a layer is from no choice."""

import itertools

import numpy as np
import pytest

from prosodyn.explanation import Attention


def attention(frames: list[float], kernels: list[list[float]] | None = None) -> Attention:
    times = np.cumsum([0.0, *np.linspace(0.1, 0.2, len(frames))])
    return Attention(times, np.array(frames), np.array(kernels or [[0.5, 0.5]]), 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_the_core_is_the_shortest_stretch_with_half_of_the_weight(seed: int) -> None:
    weights = np.random.default_rng(seed).dirichlet(np.full(12, 0.4)).tolist()
    found = attention(weights)
    stretches = [
        (float(found.times[last] - found.times[first]), first, last)
        for first, last in itertools.combinations(range(13), 2)
        if sum(weights[first:last]) >= 0.5
    ]
    start, end = found.core()
    assert end - start == pytest.approx(min(stretches)[0])


def test_one_frame_may_hold_half() -> None:
    found = attention([0.1, 0.8, 0.1])
    assert found.core() == pytest.approx(tuple(found.times[1:3]))


@pytest.mark.parametrize(
    ("weights", "choice"),
    [([0.25] * 4, 0.0), ([0.0, 1.0, 0.0, 0.0], 1.0), ([0.5, 0.5, 0.0, 0.0], 0.5), ([1.0], 0.0)],
    ids=["alike", "one alone", "two of four", "static"],
)
def test_a_choice_lies_between_all_alike_and_one_alone(weights: list[float], choice: float) -> None:
    assert attention([1.0], [weights]).choice() == pytest.approx([choice])


def test_each_layer_has_its_own_choice() -> None:
    assert attention([1.0], [[0.5, 0.5], [1.0, 0.0]]).choice() == pytest.approx([0.0, 1.0])
