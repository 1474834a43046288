"""From logits to probabilities that are true."""

import numpy as np
import pytest

from prosodyn.errors import ConfigError
from prosodyn.inference.calibrate import fit_temperature, softmax


def drawn(n: int, seed: int, sharpness: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Draw logits, and emotions with the probabilities that the logits divided by the sharpness tell."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(n, 5)) * 2
    shares = softmax(logits)
    targets = np.array([generator.choice(5, p=row) for row in shares])
    return logits * sharpness, targets


@pytest.mark.parametrize("sharpness", [0.3, 1.0, 4.0])
def test_the_temperature_undoes_how_much_too_sharp_logits_are(sharpness: float) -> None:
    assert fit_temperature(*drawn(4000, 0, sharpness)) == pytest.approx(sharpness, rel=0.08)


def test_no_other_temperature_makes_the_truth_more_probable() -> None:
    logits, targets = drawn(300, 1, 2.5)
    rows = np.arange(len(targets))

    def loss(temperature: float) -> float:
        return float(-np.log(softmax(logits, temperature)[rows, targets]).mean())

    best = loss(fit_temperature(logits, targets))
    assert best <= min(loss(each) for each in np.geomspace(0.05, 20, 400)) + 1e-9


def test_logits_that_are_not_finite_have_no_temperature() -> None:
    with pytest.raises(ConfigError, match="finite"):
        fit_temperature(np.array([[np.nan, 0.0]]), np.array([0]))
