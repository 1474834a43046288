"""Two sounds laid over each other: a loop over the shifts is the oracle."""

import numpy as np
import pytest

from prosodyn.evaluation.alignment import largest_difference, likeness


def test_likeness_is_that_of_the_best_shift(rng: np.random.Generator) -> None:
    first, second = rng.standard_normal(40), rng.standard_normal(25)
    wide = np.pad(first, 25)
    agreements = [abs(wide[shift : shift + 25] @ second) for shift in range(len(wide) - 24)]

    expected = max(agreements) / (np.linalg.norm(first) * np.linalg.norm(second))

    assert likeness(first, second) == pytest.approx(expected, abs=1e-5)


def test_likeness_has_no_order(rng: np.random.Generator) -> None:
    first, second = rng.standard_normal(40), rng.standard_normal(25)

    assert likeness(first, second) == pytest.approx(likeness(second, first), abs=1e-6)


@pytest.mark.parametrize("shift", [(0, 0), (13, 0), (0, 13)])
def test_a_moved_and_inverted_sound_is_itself(shift: tuple[int, int], rng: np.random.Generator) -> None:
    sound = rng.standard_normal(50)

    assert likeness(sound, np.pad(-0.2 * sound, shift)) == pytest.approx(1, abs=1e-5)


def test_nothing_is_like_silence() -> None:
    assert likeness(np.ones(5), np.zeros(5)) == 0.0


@pytest.mark.parametrize("shift", [(0, 0), (13, 4), (1, 30)])
def test_one_wrong_sample_is_the_difference(shift: tuple[int, int], rng: np.random.Generator) -> None:
    sound = rng.standard_normal(50).astype(np.float32)
    changed = np.pad(sound, shift)
    changed[shift[0] + 20] += 0.25

    assert largest_difference(sound, changed) == pytest.approx(0.25, abs=1e-6)
    assert largest_difference(changed, sound) == pytest.approx(0.25, abs=1e-6)


def test_what_only_one_holds_counts_against_silence(rng: np.random.Generator) -> None:
    sound = rng.standard_normal(50).astype(np.float32)

    longer = np.concatenate([sound, np.float32([0.5, -0.75])])

    assert largest_difference(sound, longer) == pytest.approx(0.75)
