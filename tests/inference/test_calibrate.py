"""What is promised follows from speakers who were held out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosodyn.errors import ConfigError
from prosodyn.inference.calibrate import HeldOut, fit_temperature, softmax

FEW = HeldOut((0.2, 0.6, 0.8, 0.9), (0.7, 0.6, 0.8, 0.9), (False, True, True, True))


def drawn(n: int, seed: int, sharpness: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Draw logits, and emotions with the probabilities that the logits divided by the sharpness tell."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(n, 5)) * 2
    shares = softmax(logits)
    targets = np.array([generator.choice(5, p=row) for row in shares])
    return logits * sharpness, targets


def held_out(n: int, seed: int) -> HeldOut:
    logits, targets = drawn(n, seed)
    shares = softmax(logits)
    right = shares.argmax(axis=1) == targets
    return HeldOut(
        tuple(shares[np.arange(n), targets].tolist()),
        tuple(shares.max(axis=1).tolist()),
        tuple(right.tolist()),
    )


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


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.95])
def test_sets_hold_the_truth_as_often_as_was_asked_for(coverage: float) -> None:
    least = held_out(4000, 2).least_share(coverage)
    logits, targets = drawn(4000, 3)
    shares = softmax(logits)[np.arange(4000), targets]
    assert float((shares >= least).mean()) == pytest.approx(coverage, abs=0.025)


def test_too_few_promise_nothing_but_the_set_of_everything() -> None:
    assert FEW.least_share(0.9) == 0


def test_nine_of_ten_is_the_ninth_of_nine() -> None:
    shares = tuple(np.linspace(0.1, 0.9, 9).tolist())
    assert HeldOut(shares, shares, (True,) * 9).least_share(0.9) == pytest.approx(0.1)


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.3])
def test_answers_above_the_threshold_are_wrong_no_more_often_than_accepted(rate: float) -> None:
    least = held_out(4000, 4).least_confidence(rate)
    new = held_out(4000, 5)
    given_answers = [right for share, right in zip(new.confidences, new.right, strict=True) if share >= least]
    assert 1 - np.mean(given_answers) <= rate + 0.03


def test_more_errors_accepted_is_more_answered() -> None:
    known = held_out(500, 6)
    thresholds = [known.least_confidence(rate) for rate in (0.02, 0.1, 0.3, 0.6)]
    assert thresholds == sorted(thresholds, reverse=True)


def test_where_no_threshold_keeps_the_rate_nothing_is_certain_enough() -> None:
    assert FEW.least_confidence(0.01) > 1


def test_equal_confidences_stand_or_fall_together() -> None:
    known = HeldOut((0.8,) * 20, (0.8,) * 20, (True,) * 10 + (False,) * 10)
    assert known.least_confidence(0.2) > 1


@given(st.floats(0.01, 0.99), st.integers(1, 60))
def test_the_least_share_is_one_of_those_held_out_or_nothing(coverage: float, n: int) -> None:
    known = held_out(n, n)
    assert known.least_share(coverage) in {0.0, *known.truth_shares}


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, float("nan")])
@pytest.mark.parametrize("promise", [HeldOut.least_share, HeldOut.least_confidence])
def test_shares_out_of_range_are_refused(promise: object, share: float) -> None:
    with pytest.raises(ConfigError, match="more than 0 and less than 1"):
        promise(FEW, share)  # type: ignore[operator]


def test_nobody_held_out_promises_nothing() -> None:
    with pytest.raises(ConfigError, match="at least one"):
        HeldOut((), (), ())
