"""What sounds unlike the recordings that a recogniser learnt from is told from what does not."""

from dataclasses import replace

import numpy as np
import pytest

from prosodyn.bundle import Card, Familiar, card_from_json, card_to_json
from prosodyn.errors import BundleError

N_FEATURES = 40
ALONG = np.random.default_rng(9).standard_normal((3, N_FEATURES))
"""Directions along which the recordings of one kind differ."""


def recordings(n: int, seed: int, beside: float = 0.0) -> np.ndarray:
    """Draw recordings of one kind, `(recording, feature)`, or as far beside it as is asked for."""
    rng = np.random.default_rng(seed)
    sounds = 5 + 3 * rng.standard_normal((n, 3)) @ ALONG + 0.3 * rng.standard_normal((n, N_FEATURES))
    return sounds + beside * np.random.default_rng(10).standard_normal(N_FEATURES)


@pytest.fixture(scope="module")
def familiar() -> Familiar:
    return Familiar.of([recordings(150, seed) for seed in range(4)])


@pytest.mark.parametrize("level", [0.05, 0.2, 0.5, 0.9])
def test_of_its_own_kind_a_share_is_as_familiar_as_it_says(familiar: Familiar, level: float) -> None:
    shares = familiar.familiarity(recordings(4000, 77))
    assert (shares <= level).mean() == pytest.approx(level, abs=0.03)


def test_what_lies_beside_its_kind_is_strange(familiar: Familiar) -> None:
    assert (familiar.familiarity(recordings(200, 5, beside=3.0)) < 0.05).all()


def test_what_lies_farther_out_along_its_kind_is_familiar(familiar: Familiar) -> None:
    far = 5 + 20 * np.random.default_rng(4).standard_normal((50, 3)) @ ALONG
    assert (familiar.familiarity(far) > 0.05).all()


def test_the_distance_is_what_is_left_beside_the_directions(familiar: Familiar) -> None:
    sounds = recordings(30, 6)
    units = (sounds - np.array(familiar.mean)) / np.array(familiar.scale)
    along = np.array(familiar.directions).T
    fitted = along @ np.linalg.lstsq(along, units.T, rcond=None)[0]
    expected = np.mean((units.T - fitted) ** 2, axis=0)
    ranks = [sum(one < distance for one in familiar.distances) for distance in expected]
    found = familiar.familiarity(sounds)
    # the directions are rounded, which moves a rank by one where it lies between two
    assert found == pytest.approx(1 - np.array(ranks) / len(familiar.distances), abs=0.006)


def test_a_card_keeps_it(card: Card, familiar: Familiar) -> None:
    kept = replace(card, familiar=familiar)
    assert card_from_json(card_to_json(kept), "card.json") == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [("mean", ()), ("scale", (1.0,)), ("scale", (0.0, 1.0)), ("directions", ((1.0,),)), ("distances", ())],
)
def test_what_nothing_can_be_compared_with_is_refused(field: str, value: object) -> None:
    whole = {"mean": (0.0, 1.0), "scale": (1.0, 1.0), "directions": ((1.0, 0.0),), "distances": (0.5,)}
    with pytest.raises(BundleError, match="familiar"):
        Familiar(**whole | {field: value})  # type: ignore[arg-type]


def test_a_few_recordings_have_no_directions_and_can_be_compared_with() -> None:
    few = Familiar.of([recordings(4, 1), recordings(4, 2)])
    assert few.directions == ()
    assert (few.familiarity(recordings(20, 3, beside=30.0)) < 0.05).all()
