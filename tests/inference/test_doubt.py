"""When an answer is too unsure to be given."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prosodyn.bundle import Card, Familiar, HeldOut
from prosodyn.corpora import toy
from prosodyn.errors import ConfigError
from prosodyn.inference import Recogniser
from prosodyn.inference.answers import Answerer
from prosodyn.inference.clip import Clip
from prosodyn.inference.doubt import STRANGE, Doubt, doubt_of
from prosodyn.types import NO_SPEECH, SAMPLE_RATE, UNCERTAIN, FloatArray, Prediction

SPEECH = toy.recording("anger", "f1")
NOISE = (0.1 * np.random.default_rng(3).standard_normal(48_000)).astype(np.float32)


@pytest.fixture
def calibrated(card: Card) -> Card:
    """Return a card of a recogniser that was right whenever it was 80 % sure, and half the time below."""
    sure = HeldOut(
        (0.8,) * 60 + (0.5, 0.3) * 20, (0.8,) * 60 + (0.5, 0.5) * 20, (True,) * 60 + (True, False) * 20
    )
    return dataclasses.replace(card, held_out=sure)


def test_nothing_is_uncertain_where_nobody_was_held_out(card: Card) -> None:
    assert doubt_of(card) == Doubt(0.0, None)


def test_a_rate_that_cannot_be_promised_is_refused(card: Card) -> None:
    with pytest.raises(ConfigError, match="no speakers were held out"):
        doubt_of(card, 0.1)


def test_more_errors_accepted_is_less_uncertain(calibrated: Card) -> None:
    assert doubt_of(calibrated, 0.05).least_confidence == 0.8
    assert doubt_of(calibrated, 0.5).least_confidence == 0.5


def test_where_no_confidence_keeps_the_rate_only_certainty_is_enough(calibrated: Card) -> None:
    assert 1 - 1e-9 < doubt_of(calibrated, 0.001).least_confidence < 1


def test_plausible_are_the_emotions_above_the_share_the_likeliest_first() -> None:
    doubt = Doubt(0.0, 0.25)
    assert doubt.plausible(("anger", "fear", "joy"), np.array([0.3, 0.1, 0.6])) == ("joy", "anger")


def test_the_answer_is_always_plausible() -> None:
    assert Doubt(0.0, 0.9).plausible(("anger", "fear"), np.array([0.4, 0.6])) == ("fear",)


def test_an_answer_below_the_threshold_is_uncertain() -> None:
    shares = {"anger": 0.6, "fear": 0.4}
    assert Prediction("a", "anger", shares, 1.0, least_confidence=0.7).is_uncertain
    assert not Prediction("a", "anger", shares, 1.0, least_confidence=0.6).is_uncertain


@pytest.fixture
def doubting(bundle: Path, calibrated: Card) -> Callable[[float], Recogniser]:
    engine = Recogniser.load(bundle).engine
    return lambda least: Recogniser(calibrated, engine, doubt=Doubt(least, 0.0))


def test_a_prediction_tells_its_threshold_and_what_it_might_be(
    doubting: Callable[[float], Recogniser],
) -> None:
    prediction = doubting(0.99999).from_waveform(SPEECH)
    assert prediction.is_uncertain
    assert sorted(prediction.plausible) == sorted(prediction.probabilities)
    assert prediction.plausible[0] == prediction.best_guess


def test_a_timeline_is_uncertain_where_its_segments_are(doubting: Callable[[float], Recogniser]) -> None:
    (segment,) = doubting(0.99999).timeline(SPEECH, any_sound=True).segments
    assert segment.emotion == UNCERTAIN


def test_who_is_enrolled_keeps_the_doubt(doubting: Callable[[float], Recogniser]) -> None:
    assert doubting(0.7).enrol([SPEECH] * 4).doubt == Doubt(0.7, 0.0)


@pytest.fixture
def used_to(bundle: Path, card: Card) -> Callable[[FloatArray], Recogniser]:
    """Return what gives a recogniser that has heard nothing but pieces of one sound."""
    engine = Recogniser.load(bundle).engine

    def become(sound: FloatArray) -> Recogniser:
        pieces = [sound[start : start + 8_000] for start in range(0, len(sound) - 8_000, 800)]
        means = [engine.run(piece[None], np.array([8_000])).utterance_mean for piece in pieces]
        groups = [np.concatenate(means[place::4]).astype(np.float64) for place in range(4)]
        return Recogniser(dataclasses.replace(card, familiar=Familiar.of(groups)), engine)

    return become


def test_what_sounds_unlike_all_that_was_learnt_is_uncertain(used_to: Callable[..., Recogniser]) -> None:
    prediction = used_to(NOISE).from_waveform(SPEECH)
    assert (prediction.familiarity, prediction.emotion) == (0.0, UNCERTAIN)
    assert STRANGE in prediction.remarks


def test_what_sounds_like_it_is_not_strange(used_to: Callable[..., Recogniser]) -> None:
    prediction = used_to(SPEECH).from_waveform(SPEECH)
    assert not prediction.is_strange
    assert STRANGE not in prediction.remarks


def test_a_timeline_is_strange_where_its_windows_are(used_to: Callable[..., Recogniser]) -> None:
    timeline = used_to(NOISE).timeline(SPEECH, any_sound=True)
    assert [(one.emotion, one.is_strange) for one in timeline.segments] == [(UNCERTAIN, True)]
    assert timeline.remarks == (STRANGE,)


def test_a_recogniser_that_held_nobody_out_cannot_tell(bundle: Path) -> None:
    assert Recogniser.load(bundle).from_waveform(SPEECH).familiarity is None


@pytest.mark.parametrize(("seconds", "is_strange"), [(0.04, True), (0.2, False)])
def test_hardly_a_syllable_between_quiet_is_strange(
    bundle: Path, card: Card, noise: Callable[[int], np.ndarray], *, seconds: float, is_strange: bool
) -> None:
    assert card.front_end is not None
    hears_no_quiet = dataclasses.replace(card, front_end=dataclasses.replace(card.front_end, quiet=25.0))
    # with a tenth of a second on either side
    waveform = np.pad(noise(round(seconds * SAMPLE_RATE)), 16_000)
    answerer = Answerer(hears_no_quiet, Recogniser.load(bundle).engine, None, Doubt(0.0, None))
    (answered,) = answerer.windows([Clip("a", waveform)])
    assert answered.is_strange == is_strange


@pytest.mark.parametrize(("spoken", "is_strange"), [(0.0, False), (0.8, False), (2.0, True)])
def test_little_of_what_is_said_is_strange_where_it_is_known_how_much_that_is(
    bundle: Path, card: Card, noise: Callable[[int], np.ndarray], *, spoken: float, is_strange: bool
) -> None:
    assert card.front_end is not None
    hears_no_quiet = dataclasses.replace(card, front_end=dataclasses.replace(card.front_end, quiet=25.0))
    answerer = Answerer(hears_no_quiet, Recogniser.load(bundle).engine, None, Doubt(0.0, None))
    drowned = np.concatenate([noise(8_000), 0.01 * noise(40_000)])
    (answered,) = answerer.windows([Clip("a", drowned, spoken=spoken)])
    assert answered.is_strange == is_strange


def test_where_nobody_speaks_nothing_is_plausible(
    bundle: Path, card: Card, noise: Callable[[int], np.ndarray]
) -> None:
    answer = Recogniser(card, Recogniser.load(bundle).engine).from_waveform(noise(16_000))
    assert answer.emotion == NO_SPEECH
    assert answer.plausible == ()
