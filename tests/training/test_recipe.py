"""From utterances to a bundle: what is learnt, from whom, and what stands on the card."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from prosodyn.bundle import read_card, read_graph, read_weights
from prosodyn.comparison.settings import load_comparison
from prosodyn.config import Experiment, FrontEndConfig, TrainingConfig
from prosodyn.errors import BundleError, TrainingError
from prosodyn.features import FeatureNormaliser
from prosodyn.inference import Recogniser
from prosodyn.model import WaveformNetwork
from prosodyn.training.comparison import ComparisonLesson, fit_comparison, write_comparison
from prosodyn.training.hearing import hear
from prosodyn.training.loop import RunPlace
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson, build_module, train_network
from prosodyn.training.writing import write_trained
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]

PLACE = RunPlace(torch.device("cpu"))
NAMING = Naming("tiny", "Knows little.", "CC0-1.0", "Two voices, which are not speech.", "prosodyn train")


@pytest.fixture(scope="module")
def lesson(experiment: Experiment, utterances: Utterances) -> Lesson:
    """Return a lesson by the first speaker."""
    return Lesson(experiment, utterances[:8])


@pytest.fixture(scope="module")
def trained(lesson: Lesson) -> WaveformNetwork:
    return train_network(lesson, PLACE)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, lesson: Lesson, trained: WaveformNetwork) -> Path:
    directory = tmp_path_factory.mktemp("bundles") / "tiny"
    write_trained(directory, trained, lesson, NAMING, graph=False)
    return directory


def renamed(utterances: Utterances, **emotions: str) -> Utterances:
    """Give emotions the names of one's own classes."""
    return tuple(dataclasses.replace(u, emotion=emotions.get(u.emotion, u.emotion)) for u in utterances)


def with_training(experiment: Experiment, **changes: Any) -> Experiment:
    return dataclasses.replace(experiment, training=dataclasses.replace(experiment.training, **changes))


def same_state(one: WaveformNetwork, other: WaveformNetwork) -> bool:
    mine, yours = one.state_dict(), other.state_dict()
    return mine.keys() == yours.keys() and all(torch.equal(mine[name], yours[name]) for name in mine)


def test_labels_are_the_training_sides_sorted(lesson: Lesson) -> None:
    assert lesson.labels == ("anger", "sadness")


def test_the_module_comes_back_ready_to_answer(trained: WaveformNetwork, utterances: Utterances) -> None:
    assert not trained.training
    waveform = torch.tensor(utterances[0].waveform)[None]
    assert trained(waveform, torch.tensor([waveform.shape[1]])).logits.shape == (1, 2)


def test_a_lesson_ends_alike_every_time(lesson: Lesson, trained: WaveformNetwork) -> None:
    torch.rand(10)  # somebody else draws

    assert same_state(train_network(lesson, PLACE), trained)


def test_spectrograms_at_hand_change_nothing(
    lesson: Lesson, trained: WaveformNetwork, utterances: Utterances
) -> None:
    heard = hear(utterances, trained.listener)  # of others, too

    assert same_state(train_network(lesson, PLACE, heard), trained)


def test_normalisation_is_fitted_on_the_training_side(lesson: Lesson, trained: WaveformNetwork) -> None:
    expected = FeatureNormaliser(12)
    expected.fit(each.features for each in hear(lesson.train, trained.listener).values())

    assert torch.equal(trained.normaliser.mean, expected.mean)
    assert torch.equal(trained.normaliser.scale, expected.scale)


def test_a_validation_side_never_touches_the_normalisation(
    lesson: Lesson, trained: WaveformNetwork, utterances: Utterances
) -> None:
    with_validation = dataclasses.replace(lesson, validation=utterances[8:])

    module = train_network(with_validation, PLACE)

    assert torch.equal(module.normaliser.mean, trained.normaliser.mean)
    assert torch.equal(module.normaliser.scale, trained.normaliser.scale)


def test_a_validation_side_teaches_nothing(
    lesson: Lesson, trained: WaveformNetwork, utterances: Utterances
) -> None:
    with_validation = dataclasses.replace(lesson, validation=utterances[8:])

    assert same_state(train_network(with_validation, PLACE), trained)


def test_one_emotion_is_not_enough(lesson: Lesson, utterances: Utterances) -> None:
    sad = dataclasses.replace(lesson, train=utterances[:4])

    with pytest.raises(TrainingError, match=r"emotions \['sadness'\]; a recogniser needs at least two"):
        train_network(sad, PLACE)


def test_the_same_lesson_has_the_same_fingerprint(lesson: Lesson, utterances: Utterances) -> None:
    again = Lesson(with_training(lesson.experiment), tuple(utterances[:8]))

    assert again.fingerprint == lesson.fingerprint


def test_another_lesson_has_another_fingerprint(lesson: Lesson, utterances: Utterances, bundle: Path) -> None:
    others = [
        dataclasses.replace(lesson, experiment=with_training(lesson.experiment, seed=1)),
        dataclasses.replace(
            lesson, experiment=dataclasses.replace(lesson.experiment, front_end=FrontEndConfig(n_mels=13))
        ),
        dataclasses.replace(lesson, train=utterances[:7]),
        dataclasses.replace(lesson, train=utterances[1:9]),
        dataclasses.replace(lesson, validation=utterances[8:]),
        dataclasses.replace(lesson, start=bundle),
    ]

    prints = {other.fingerprint for other in others} | {lesson.fingerprint}
    assert len(prints) == len(others) + 1


def test_the_card_tells_where_the_recogniser_comes_from(lesson: Lesson, bundle: Path) -> None:
    card = read_card(bundle)

    assert (card.name, card.licence, card.corpora, card.labels) == (
        "tiny",
        "CC0-1.0",
        ("toy",),
        lesson.labels,
    )
    assert (card.front_end, card.network) == (lesson.experiment.front_end, lesson.experiment.network)
    provenance = card.provenance
    assert (provenance.experiment, provenance.command, provenance.seed) == ("tiny", "prosodyn train", 0)
    assert (provenance.n_utterances, provenance.n_speakers) == (8, 1)
    assert provenance.settings["training"]["batch_size"] == 4


def test_the_card_on_disk_is_the_one_that_was_returned(
    tmp_path: Path, lesson: Lesson, trained: WaveformNetwork
) -> None:
    card = write_trained(tmp_path / "tiny", trained, lesson, NAMING, graph=False)

    assert read_card(tmp_path / "tiny") == card


def test_the_weights_on_disk_are_the_modules(bundle: Path, trained: WaveformNetwork) -> None:
    weights = read_weights(bundle, read_card(bundle))

    state = trained.state_dict()
    assert weights.keys() == state.keys()
    assert all(np.array_equal(weights[name], state[name].numpy()) for name in state)


def test_a_loaded_bundle_answers_as_the_module_did(
    bundle: Path, trained: WaveformNetwork, utterances: Utterances
) -> None:
    predictions = Recogniser.load(bundle, engine="torch").from_utterances(utterances[:3])

    for utterance, prediction in zip(utterances[:3], predictions, strict=True):
        waveform = torch.tensor(utterance.waveform)[None]
        logits = trained(waveform, torch.tensor([waveform.shape[1]])).logits[0].detach()
        expected = torch.softmax(logits, dim=0).tolist()
        assert list(prediction.probabilities.values()) == pytest.approx(expected, abs=1e-5)


def test_a_graph_is_written_where_it_is_wanted(
    tmp_path: Path, lesson: Lesson, trained: WaveformNetwork, bundle: Path
) -> None:
    card = write_trained(tmp_path / "tiny", trained, lesson, NAMING)

    assert read_graph(tmp_path / "tiny", card)
    assert read_card(bundle).graph_sha256 == ""


def test_other_classes_keep_everything_but_the_head(
    bundle: Path, lesson: Lesson, utterances: Utterances
) -> None:
    own = renamed(utterances[:8], anger="complaint", sadness="request")
    own += renamed(utterances[8:9], sadness="praise")

    module = build_module(dataclasses.replace(lesson, train=own, start=bundle))

    state, weights = module.state_dict(), read_weights(bundle, read_card(bundle))
    kept = {name for name in weights if not name.startswith("network.head.")}
    assert kept == {name for name in state if not name.startswith("network.head.")}
    assert all(np.array_equal(state[name].numpy(), weights[name]) for name in kept)
    assert state["network.head.weight"].shape == (3, 4)


def test_the_same_classes_keep_the_head_too(bundle: Path, lesson: Lesson, trained: WaveformNetwork) -> None:
    assert same_state(build_module(dataclasses.replace(lesson, start=bundle)), trained)


def test_fine_tuning_keeps_the_bundles_front_end_network_and_normalisation(
    tmp_path: Path, bundle: Path, trained: WaveformNetwork, utterances: Utterances
) -> None:
    settings = Experiment("own", front_end=FrontEndConfig(name="mfcc"), training=TrainingConfig(epochs=1))
    own = renamed(utterances[8:], anger="complaint", sadness="request")
    lesson = Lesson(settings, own, start=bundle)

    module = train_network(lesson, PLACE)
    card = write_trained(tmp_path / "own", module, lesson, NAMING, graph=False)

    assert card.labels == ("complaint", "request")
    assert card.provenance.start == f"tiny, {read_card(bundle).weights_sha256}"
    assert (card.front_end, card.network) == (read_card(bundle).front_end, read_card(bundle).network)
    assert torch.equal(module.normaliser.mean, trained.normaliser.mean)
    assert Recogniser.load(tmp_path / "own", engine="torch").from_utterances(own[:1])


def test_fine_tuning_moves_the_weights(bundle: Path, lesson: Lesson, trained: WaveformNetwork) -> None:
    module = train_network(dataclasses.replace(lesson, start=bundle), PLACE)

    assert not same_state(module, trained)


def test_fine_tuning_starts_at_the_bundles_own_temperature(bundle: Path, lesson: Lesson) -> None:
    assert dataclasses.replace(lesson, start=bundle).settings.training.temperature_epochs == 0


def test_what_the_bundle_had_heard_and_its_licence_stay_on_the_card(
    tmp_path: Path, bundle: Path, lesson: Lesson, trained: WaveformNetwork
) -> None:
    own = tuple(dataclasses.replace(utterance, corpus="own") for utterance in lesson.train)

    naming = dataclasses.replace(NAMING, licence="mine")
    card = write_trained(
        tmp_path / "own", trained, dataclasses.replace(lesson, train=own, start=bundle), naming, graph=False
    )

    assert card.corpora == ("own", "toy")
    assert card.licence == "mine; fine-tuned from 'tiny': CC0-1.0"


def test_only_a_network_can_be_fine_tuned(tmp_path: Path, lesson: Lesson, utterances: Utterances) -> None:
    classical = ComparisonLesson(load_comparison("knn"), utterances)
    write_comparison(tmp_path / "knn", fit_comparison(classical), classical, NAMING)

    with pytest.raises(BundleError, match="holds the comparison system 'knn', expected a network"):
        train_network(dataclasses.replace(lesson, start=tmp_path / "knn"), PLACE)
