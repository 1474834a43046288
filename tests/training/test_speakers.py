"""Training on features that are relative to each speaker's own, and what it says on the card."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.bundle import read_card, read_weights
from prosodyn.config import Experiment
from prosodyn.errors import TrainingError
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.features import FeatureNormaliser, Listener
from prosodyn.training.experiment import fold_settings
from prosodyn.training.hearing import HeardUtterance, hear
from prosodyn.training.loop import RunPlace
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson, train_network
from prosodyn.training.writing import write_trained
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]

PLACE = RunPlace(torch.device("cpu"))
NAMING = Naming("tiny", "Knows little.", "CC0-1.0", "Two voices, which are not speech.", "prosodyn train")


@pytest.fixture(scope="module")
def lesson(experiment: Experiment, utterances: Utterances) -> Lesson:
    """Return a lesson in which it does not matter who speaks."""
    return Lesson(experiment, utterances)


@pytest.fixture(scope="module")
def relative(experiment: Experiment, utterances: Utterances) -> Lesson:
    """Return a lesson by both speakers, each relative to what is usual for them."""
    return Lesson(fold_settings(experiment, find_protocol("loso"), "all"), utterances)


@pytest.fixture(scope="module")
def relative_bundle(tmp_path_factory: pytest.TempPathFactory, relative: Lesson) -> Path:
    directory = tmp_path_factory.mktemp("bundles") / "relative"
    write_trained(directory, train_network(relative, PLACE), relative, NAMING, graph=False)
    return directory


def test_the_card_says_whether_enrolment_is_expected(
    tmp_path: Path, lesson: Lesson, relative_bundle: Path
) -> None:
    plain = write_trained(tmp_path / "plain", train_network(lesson, PLACE), lesson, NAMING, graph=False)

    assert not plain.expects_enrolment
    assert read_card(relative_bundle).expects_enrolment


def test_a_network_that_follows_speakers_keeps_a_normalisation_for_strangers(
    relative: Lesson, relative_bundle: Path
) -> None:
    expected = FeatureNormaliser(12)
    expected.fit(
        each.features for each in hear(relative.train, Listener(relative.experiment.front_end)).values()
    )

    weights = read_weights(relative_bundle, read_card(relative_bundle))
    assert np.array_equal(weights["normaliser.mean"], expected.mean.numpy())


def test_a_change_that_is_each_speakers_own_teaches_nothing(relative: Lesson, utterances: Utterances) -> None:
    heard = hear(utterances, Listener(relative.experiment.front_end))
    # one speaker twice as lively in every band, and at another level
    lively = {u.id: HeardUtterance(2 * heard[u.id].features + 5, heard[u.id].summary) for u in utterances}
    shifted = {u.id: lively[u.id] if u.speaker == "m1" else heard[u.id] for u in utterances}

    one, other = (train_network(relative, PLACE, each).network.state_dict() for each in (heard, shifted))

    for name, tensor in one.items():
        torch.testing.assert_close(other[name], tensor, atol=1e-3, rtol=1e-3)


def test_recordings_without_speakers_are_refused_before_any_is_read(
    relative: Lesson, utterances: Utterances
) -> None:
    nameless = tuple(dataclasses.replace(utterance, speaker="unknown") for utterance in utterances)

    with pytest.raises(TrainingError, match="16 of 16 recordings do not say who speaks"):
        dataclasses.replace(relative, train=nameless)


def test_who_speaks_is_part_of_a_lesson_that_is_relative_to_speakers(
    lesson: Lesson, relative: Lesson, utterances: Utterances
) -> None:
    swapped = tuple(dataclasses.replace(item, speaker="f1") for item in utterances)

    assert dataclasses.replace(relative, train=swapped).fingerprint != relative.fingerprint
    assert dataclasses.replace(lesson, train=swapped).fingerprint == lesson.fingerprint


def test_what_comes_of_a_bundle_that_expects_enrolment_expects_it_too(
    tmp_path: Path, lesson: Lesson, relative_bundle: Path
) -> None:
    tuned = dataclasses.replace(lesson, start=relative_bundle)

    card = write_trained(tmp_path / "own", train_network(tuned, PLACE), tuned, NAMING, graph=False)

    assert card.expects_enrolment
