"""What is promised follows from speakers who were held out."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.bundle import Card, HeldOut, card_from_json, card_to_json
from prosodyn.errors import BundleError, ConfigError

FEW = HeldOut((0.2, 0.6, 0.8, 0.9), (0.7, 0.6, 0.8, 0.9), (False, True, True, True))


def held_out(n: int, seed: int) -> HeldOut:
    """Draw probabilities of five emotions, and truths with just these probabilities."""
    generator = np.random.default_rng(seed)
    shares = generator.dirichlet(np.full(5, 0.4), size=n)
    truth = np.array([generator.choice(5, p=row) for row in shares])
    right = shares.argmax(axis=1) == truth
    own, top = shares[np.arange(n), truth], shares.max(axis=1)
    return HeldOut(tuple(own.tolist()), tuple(top.tolist()), tuple(right.tolist()))


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.95])
def test_sets_hold_the_truth_as_often_as_was_asked_for(coverage: float) -> None:
    least = held_out(4000, 2).least_share(coverage)
    shares = np.array(held_out(4000, 3).truth_shares)
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


@settings(deadline=None, derandomize=True)
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
    with pytest.raises(BundleError, match="at least one"):
        HeldOut((), (), ())


def test_a_card_keeps_what_was_held_out(card: Card) -> None:
    kept = replace(card, held_out=FEW)
    assert card_from_json(card_to_json(kept), "card.json") == kept


def test_a_long_list_of_numbers_takes_one_line_of_a_card(card: Card) -> None:
    shares = tuple(np.linspace(0, 1, 40).tolist())
    text = card_to_json(replace(card, held_out=HeldOut(shares, shares, (True, False) * 20)))
    (line,) = (line for line in text.splitlines() if "truth_shares" in line)
    assert line.count(",") == 40
