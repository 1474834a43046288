"""Training a network that is shown two spectrograms and a summary of each utterance."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from prosodyn.bundle import read_card, read_weights
from prosodyn.config import Experiment
from prosodyn.errors import TrainingError
from prosodyn.features import Listener, UtteranceSummary
from prosodyn.inference import Recogniser
from prosodyn.model import WaveformNetwork
from prosodyn.training.hearing import HeardUtterance, hear
from prosodyn.training.loop import RunPlace
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson, build_module, train_network
from prosodyn.training.writing import write_trained
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]

PLACE = RunPlace(torch.device("cpu"))
NAMING = Naming("tiny", "Knows little.", "CC0-1.0", "Two voices, which are not speech.", "prosodyn train")
HEADS = ("network.head.", "network.summary_branch.0.head.", "network.summary_branch.1.head.")


@pytest.fixture(scope="module")
def lesson(experiment: Experiment, utterances: Utterances) -> Lesson:
    """Return a lesson by the first speaker."""
    shown = dataclasses.replace(
        experiment,
        front_end=dataclasses.replace(experiment.front_end, narrow_band=True),
        network=dataclasses.replace(experiment.network, summary_size=5, summary_members=2),
        augment=dataclasses.replace(experiment.augment, mixup=0.3),
    )
    return Lesson(shown, utterances[:8])


@pytest.fixture(scope="module")
def trained(lesson: Lesson) -> WaveformNetwork:
    return train_network(lesson, PLACE)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, lesson: Lesson, trained: WaveformNetwork) -> Path:
    directory = tmp_path_factory.mktemp("bundles") / "tiny"
    write_trained(directory, trained, lesson, NAMING)
    return directory


def own_classes(utterances: Utterances) -> Utterances:
    names = {"anger": "complaint", "sadness": "request"}
    return tuple(dataclasses.replace(each, emotion=names[each.emotion]) for each in utterances)


def test_two_spectrograms_are_not_stretched_as_if_they_were_one(lesson: Lesson) -> None:
    stretched = dataclasses.replace(lesson.experiment.augment, vocal_tract=0.1)

    with pytest.raises(TrainingError, match=r"augment\.vocal_tract stretches one spectrogram"):
        dataclasses.replace(lesson, experiment=dataclasses.replace(lesson.experiment, augment=stretched))


def test_both_branches_learn(lesson: Lesson, trained: WaveformNetwork) -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(lesson.experiment.training.seed)
        fresh = dict(build_module(lesson).named_parameters())

    moved = {name for name, weights in trained.named_parameters() if not torch.equal(weights, fresh[name])}
    assert moved == fresh.keys()


def test_a_validation_side_never_touches_the_normalisation_of_summaries(
    lesson: Lesson, trained: WaveformNetwork, utterances: Utterances
) -> None:
    module = train_network(dataclasses.replace(lesson, validation=utterances[8:]), PLACE)

    assert torch.equal(module.summary_normaliser.mean, trained.summary_normaliser.mean)
    assert torch.equal(module.summary_normaliser.scale, trained.summary_normaliser.scale)


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_a_loaded_bundle_answers_as_the_module_did(
    bundle: Path, trained: WaveformNetwork, utterances: Utterances, engine: str
) -> None:
    predictions = Recogniser.load(bundle, engine=engine).from_utterances(utterances[6:10])  # type: ignore[arg-type]

    for utterance, prediction in zip(utterances[6:10], predictions, strict=True):
        waveform = torch.tensor(utterance.waveform)[None]
        logits = trained(waveform, torch.tensor([waveform.shape[1]])).logits[0].detach()
        expected = torch.softmax(logits, dim=0).tolist()
        assert list(prediction.probabilities.values()) == pytest.approx(expected, abs=1e-4)


def test_other_classes_keep_everything_but_both_heads(
    bundle: Path, lesson: Lesson, utterances: Utterances
) -> None:
    other = dataclasses.replace(lesson, train=own_classes(utterances[:8]), start=bundle)

    state = build_module(other).state_dict()

    weights = read_weights(bundle, read_card(bundle))
    afresh = {name for name in weights if not np.array_equal(state[name].numpy(), weights[name])}
    assert state.keys() == weights.keys()
    assert afresh == {f"{head}{part}" for head in HEADS for part in ("weight", "bias")}


def test_heads_may_become_wider(bundle: Path, lesson: Lesson, utterances: Utterances) -> None:
    third = dataclasses.replace(utterances[8], emotion="praise")
    other = dataclasses.replace(lesson, train=(*utterances[:8], third), start=bundle)

    state = build_module(other).state_dict()

    assert [state[f"{head}weight"].shape for head in HEADS] == [(3, 4), (3, 5), (3, 5)]


def test_fine_tuning_keeps_the_bundles_normalisation_of_summaries(
    bundle: Path, lesson: Lesson, trained: WaveformNetwork, utterances: Utterances
) -> None:
    other = dataclasses.replace(lesson, train=own_classes(utterances[8:]), start=bundle)

    module = train_network(other, PLACE)

    assert torch.equal(module.summary_normaliser.mean, trained.summary_normaliser.mean)
    assert torch.equal(module.summary_normaliser.scale, trained.summary_normaliser.scale)


def summarise_again(lesson: Lesson, features: Tensor) -> Tensor:
    """Summarise features that were changed."""
    summary = UtteranceSummary(lesson.experiment.front_end)
    return summary(features[None], torch.tensor([features.shape[1]]))[0]


def test_a_level_that_is_each_speakers_own_teaches_nothing(lesson: Lesson, utterances: Utterances) -> None:
    training = dataclasses.replace(lesson.experiment.training, normalisation="speaker")
    relative = Lesson(dataclasses.replace(lesson.experiment, training=training), utterances)
    heard = hear(utterances, Listener(relative.experiment.front_end, with_summary=True))
    louder = {
        name: HeardUtterance(each.features + 5, summarise_again(relative, each.features + 5))
        for name, each in heard.items()
    }
    shifted = {u.id: louder[u.id] if u.speaker == "m1" else heard[u.id] for u in utterances}

    one, other = (train_network(relative, PLACE, each).network.state_dict() for each in (heard, shifted))

    # normalisation cancels a bias before it: rounding decides where that goes, and the running mean follows
    taught = {
        name for name in one if not name.endswith(("convolution.convolution.bias", "norm.running_mean"))
    }
    assert len(taught) > 25
    for name in taught:
        torch.testing.assert_close(other[name], one[name], atol=1e-3, rtol=1e-3)
