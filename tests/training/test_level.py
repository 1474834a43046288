"""Every recording is brought to one level before it is heard, in training and ever after."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.audio import utterance_waveform
from prosodyn.audio.levelling import at_level
from prosodyn.audio.quiet import loudest
from prosodyn.bundle import read_card, read_weights, write_bundle
from prosodyn.config import Experiment
from prosodyn.features import Listener
from prosodyn.inference import Recogniser
from prosodyn.training import hearing
from prosodyn.training.hearing import HeardUtterance, hear, hear_waveform
from prosodyn.training.loop import RunPlace
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson, train_network
from prosodyn.training.writing import write_trained
from prosodyn.types import FloatArray, Utterance

Utterances = tuple[Utterance, ...]

PLACE = RunPlace(torch.device("cpu"))
NAMING = Naming("tiny", "Knows little.", "CC0-1.0", "Two voices, which are not speech.", "prosodyn train")
LEVEL = -12.0


@pytest.fixture(scope="module")
def levelled(experiment: Experiment, utterances: Utterances) -> Lesson:
    training = dataclasses.replace(experiment.training, level=LEVEL)
    return Lesson(dataclasses.replace(experiment, training=training), utterances[:8])


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, levelled: Lesson) -> Path:
    directory = tmp_path_factory.mktemp("bundles") / "tiny"
    write_trained(directory, train_network(levelled, PLACE), levelled, NAMING, graph=False)
    return directory


def at_other_levels(utterances: Utterances) -> Utterances:
    """Return every second one much quieter."""
    gains = (np.float32(1), np.float32(0.03))
    return tuple(
        dataclasses.replace(each, waveform=each.waveform * gains[place % 2])
        for place, each in enumerate(utterances)
        if each.waveform is not None
    )


def test_what_is_heard_has_the_level(levelled: Lesson) -> None:
    listener = Listener(levelled.settings.front_end)
    (first, *_) = levelled.train
    assert first.waveform is not None
    at_once = at_level(first.waveform, (LEVEL, LEVEL))
    assert loudest(at_once) == pytest.approx(LEVEL, abs=0.01)
    (expected,) = hear([dataclasses.replace(first, waveform=at_once)], listener).values()
    (found,) = hear([first], listener, levels=levelled.levels).values()
    torch.testing.assert_close(found.features, expected.features)
    (as_it_is,) = hear([first], listener).values()
    assert not torch.allclose(as_it_is.features, expected.features, atol=0.1)


def test_the_level_of_a_training_side_teaches_nothing(levelled: Lesson) -> None:
    quiet = dataclasses.replace(levelled, train=at_other_levels(levelled.train))
    one, other = (train_network(lesson, PLACE).state_dict() for lesson in (levelled, quiet))
    for name, tensor in one.items():
        torch.testing.assert_close(other[name], tensor, atol=1e-2, rtol=1e-2)


def test_a_recogniser_answers_the_same_whatever_the_level(bundle: Path, utterances: Utterances) -> None:
    assert read_card(bundle).levels == (LEVEL, LEVEL)
    recogniser = Recogniser.load(bundle, engine="torch")
    as_they_are = recogniser.from_utterances(utterances[8:])
    quiet = recogniser.from_utterances(at_other_levels(utterances[8:]))
    for one, other in zip(as_they_are, quiet, strict=True):
        assert list(other.probabilities.values()) == pytest.approx(list(one.probabilities.values()), abs=1e-3)


def test_what_selects_the_epoch_is_heard_at_the_level_too(
    levelled: Lesson, utterances: Utterances, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = dataclasses.replace(levelled.experiment.training, selection="best_validation")
    experiment = dataclasses.replace(levelled.experiment, training=training)
    selecting = Lesson(experiment, levelled.train, at_other_levels(utterances[8:]))
    heard: list[float] = []

    def watched(waveform: FloatArray, listener: Listener) -> HeardUtterance:
        heard.append(loudest(waveform))
        return hear_waveform(waveform, listener)

    monkeypatch.setattr(hearing, "hear_waveform", watched)
    train_network(selecting, PLACE)
    assert heard == pytest.approx([LEVEL] * (8 + len(utterances[8:])), abs=0.01)


def test_through_a_channel_it_is_heard_at_the_level_afterwards(levelled: Lesson) -> None:
    listener = Listener(levelled.settings.front_end)
    telephone = dataclasses.replace(levelled.train[0], channel="telephone")
    expected = hear_waveform(at_level(utterance_waveform(telephone), (LEVEL, LEVEL)), listener)
    (found,) = hear([telephone], listener, levels=levelled.levels).values()
    torch.testing.assert_close(found.features, expected.features)


def test_a_finer_tuning_hears_at_the_levels_of_the_bundle(
    bundle: Path, levelled: Lesson, experiment: Experiment
) -> None:
    assert Lesson(experiment, levelled.train, start=bundle).levels == (LEVEL, LEVEL)
    training = dataclasses.replace(experiment.training, level=-20.0)
    own = dataclasses.replace(experiment, training=training)
    assert Lesson(own, levelled.train, start=bundle).levels == (-20, -20)
    assert Lesson(experiment, levelled.train).levels is None


def test_other_levels_of_the_bundle_are_another_lesson(
    bundle: Path, levelled: Lesson, experiment: Experiment, tmp_path: Path
) -> None:
    card = read_card(bundle)
    write_bundle(tmp_path / "any", dataclasses.replace(card, levels=None), read_weights(bundle, card))
    one, other = (Lesson(experiment, levelled.train, start=each) for each in (bundle, tmp_path / "any"))
    assert one.fingerprint != other.fingerprint


def test_those_of_a_range_are_kept_too(
    bundle: Path, levelled: Lesson, experiment: Experiment, tmp_path: Path
) -> None:
    ranged = dataclasses.replace(read_card(bundle), levels=(-20.0, -5.0))
    weights = {name: tensor.numpy() for name, tensor in train_network(levelled, PLACE).state_dict().items()}
    write_bundle(tmp_path / "ranged", ranged, weights, None)
    lesson = Lesson(experiment, levelled.train, start=tmp_path / "ranged")
    assert write_trained(
        tmp_path / "tuned", train_network(lesson, PLACE), lesson, NAMING, graph=False
    ).levels == (-20, -5)
