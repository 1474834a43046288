"""The temperature, beside a search over a grid."""

import numpy as np
import pytest

from prosodyn.comparison.temperature import COLDEST, HOTTEST, fit_temperature


@pytest.fixture
def logits(rng: np.random.Generator) -> np.ndarray:
    return 2 * rng.standard_normal((400, 4))


@pytest.fixture
def targets(logits: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return what chance makes of the softmax of the logits: their confidence is honest."""
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return np.array([rng.choice(4, p=row) for row in shares])


def surprise(logits: np.ndarray, targets: np.ndarray, temperature: float) -> float:
    """Compute the cross entropy with Platt's targets, one utterance after the other."""
    doubt, total = 1 / (len(targets) + 2), 0.0
    for row, target in zip(logits / temperature, targets, strict=True):
        for emotion, score in enumerate(row):
            wanted = 1 - doubt if emotion == target else doubt / (len(row) - 1)
            total -= wanted * (score - np.log(np.exp(row).sum()))
    return total


def test_no_temperature_on_a_grid_is_better(logits: np.ndarray, targets: np.ndarray) -> None:
    found = surprise(logits, targets, fit_temperature(logits, targets))

    assert all(found <= surprise(logits, targets, each) for each in np.geomspace(0.05, 50, 40))


def test_honest_logits_are_left_alone(logits: np.ndarray, targets: np.ndarray) -> None:
    assert fit_temperature(logits, targets) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize("factor", [0.05, 7.0])
def test_it_undoes_a_change_of_scale(logits: np.ndarray, targets: np.ndarray, factor: float) -> None:
    expected = factor * fit_temperature(logits, targets)
    assert fit_temperature(factor * logits, targets) == pytest.approx(expected, rel=1e-5)


def test_where_all_are_recognised_it_stays_above_zero(logits: np.ndarray) -> None:
    assert fit_temperature(logits, logits.argmax(axis=1)) > 10 * COLDEST


def test_where_nothing_is_known_it_is_hot(logits: np.ndarray) -> None:
    assert fit_temperature(logits, logits.argmin(axis=1)) == pytest.approx(HOTTEST, rel=1e-3)
