"""Each utterance in several versions: as it is, and through channels."""

import dataclasses
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
import torch

from prosodyn.audio import through
from prosodyn.config import AugmentConfig, Experiment, FrontEndConfig, NetworkConfig
from prosodyn.errors import ConfigError
from prosodyn.features import FeatureNormaliser, Listener
from prosodyn.mapping import from_mapping
from prosodyn.model import WaveformNetwork
from prosodyn.training.batches import TrainingSide, batches_per_epoch, shuffled
from prosodyn.training.fold import FoldTask
from prosodyn.training.hearing import hear, in_versions
from prosodyn.training.loop import RunPlace
from prosodyn.training.recipe import Lesson, train_network
from prosodyn.training.side import fit_normalisation, own_statistics, training_side, voice_places
from prosodyn.training.steps import class_weights
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]
BuildSide = Callable[..., TrainingSide]
RunWatched = Callable[[FoldTask], tuple[list[str], list[str]]]

PLACE = RunPlace(torch.device("cpu"))
FRONT_END = FrontEndConfig(n_mels=12)
LISTENER = Listener(FRONT_END, with_summary=True)
LABELS = ("anger", "sadness")


@pytest.fixture(scope="module")
def lesson(experiment: Experiment, utterances: Utterances) -> Lesson:
    """Return a lesson by the first speaker, heard as he is and over the telephone."""
    augment = dataclasses.replace(experiment.augment, channels=("telephone",))
    return Lesson(dataclasses.replace(experiment, augment=augment), utterances[:8])


def build_module() -> WaveformNetwork:
    """Build a module whose normalisation can be fitted."""
    network = NetworkConfig(
        channels=(3, 4), band_strides=(2, 2), frame_strides=(2, 2), hidden_size=4, summary_size=5
    )
    return WaveformNetwork(FRONT_END, network, len(LABELS))


@pytest.fixture
def numbered_side(build_side: BuildSide) -> TrainingSide:
    """Return thirty utterances in three versions; each row's summary is its number."""
    side = build_side(30, n_versions=3)
    return dataclasses.replace(side, summary=torch.arange(90.0)[:, None])


def epoch_of(side: TrainingSide, epoch: int = 0, seed: int = 0) -> list[int]:
    """Return the rows of an epoch in their order."""
    return [int(row) for batch in shuffled(side, 4, epoch, seed) for row in batch.summary[:, 0]]


def test_each_utterance_is_there_as_it_is_and_through_each_channel(utterances: Utterances) -> None:
    versions = in_versions(utterances[:2], ("telephone", "opus"))

    assert versions[:2] == utterances[:2]
    assert [each.channel for each in versions] == ["", "", "telephone", "telephone", "opus", "opus"]
    assert len({each.id for each in versions}) == 6


def test_a_version_is_heard_through_its_channel(utterances: Utterances) -> None:
    waveform = utterances[0].waveform
    assert waveform is not None
    sent = dataclasses.replace(utterances[0], waveform=through(waveform, "opus"))

    found, expected = (
        list(hear(each, LISTENER).values())[-1] for each in (in_versions(utterances[:1], ["opus"]), [sent])
    )

    assert torch.equal(found.features, expected.features)
    assert torch.equal(found.summary, expected.summary)


def test_of_each_utterance_one_version_comes_an_epoch(numbered_side: TrainingSide) -> None:
    rows = epoch_of(numbered_side)

    assert sorted(row % 30 for row in rows) == list(range(30))


def test_versions_are_drawn_alike_over_many_epochs(numbered_side: TrainingSide) -> None:
    drawn = Counter(row // 30 for epoch in range(60) for row in epoch_of(numbered_side, epoch))

    # 1800 draws: 600 of each, ± 5 standard deviations of 20
    assert all(500 < drawn[version] < 700 for version in range(3))


def test_the_same_seed_and_epoch_draw_the_same_versions(numbered_side: TrainingSide) -> None:
    before = epoch_of(numbered_side, epoch=3, seed=7)
    torch.rand(10)  # somebody else draws

    assert epoch_of(numbered_side, epoch=3, seed=7) == before


@pytest.mark.parametrize(("epoch", "seed"), [(1, 0), (0, 1)])
def test_another_epoch_or_seed_draws_other_versions(
    numbered_side: TrainingSide, epoch: int, seed: int
) -> None:
    one, other = (
        {row % 30: row // 30 for row in rows}
        for rows in (epoch_of(numbered_side), epoch_of(numbered_side, epoch, seed))
    )

    assert one != other


def test_whatever_the_chances_any_version_is_drawn(numbered_side: TrainingSide) -> None:
    chances = torch.tensor([1.0] * 3 + [0.0] * 27)

    rows = epoch_of(dataclasses.replace(numbered_side, chances=chances))

    assert {row % 30 for row in rows} <= {0, 1, 2}
    assert {row // 30 for row in rows} == {0, 1, 2}


def test_versions_make_an_epoch_no_longer(build_side: BuildSide) -> None:
    one, three = build_side(30), build_side(30, n_versions=3)

    assert len(three) == len(one)
    assert batches_per_epoch(three, 4) == batches_per_epoch(one, 4)


def test_versions_leave_the_weights_of_classes_alone(build_side: BuildSide) -> None:
    assert torch.equal(class_weights(build_side(11, n_versions=3)), class_weights(build_side(11)))


def test_normalisation_is_fitted_on_all_versions(lesson: Lesson) -> None:
    trained = train_network(lesson, PLACE)

    expected = FeatureNormaliser(12)
    versions = hear(in_versions(lesson.train, ["telephone"]), trained.listener)
    expected.fit(each.features for each in versions.values())
    assert torch.equal(trained.normaliser.mean, expected.mean)
    assert torch.equal(trained.normaliser.scale, expected.scale)


def test_a_speaker_is_normalised_by_recordings_of_the_same_channel(utterances: Utterances) -> None:
    versions = in_versions((*utterances[:3], *utterances[8:12]), ["telephone"])
    heard = hear(versions, LISTENER)

    found = own_statistics(versions, heard, "speaker")

    for each in versions:
        alike = [u for u in versions if (u.speaker, u.channel) == (each.speaker, each.channel)]
        frames = torch.cat([heard[u.id].features.double() for u in alike], dim=1)
        np.testing.assert_allclose(found[each.id].mean, frames.mean(dim=1).numpy(), atol=1e-6)
        assert found[each.id].n_recordings == len(alike)


def test_what_a_channel_does_to_a_level_is_gone_once_a_speaker_is_followed(utterances: Utterances) -> None:
    versions, module = in_versions(utterances, ["telephone"]), build_module()
    heard = hear(versions, LISTENER)

    side = training_side(module, versions, LABELS, heard, "speaker")

    means = [
        torch.cat(list(part), dim=1).mean(dim=1) for part in (side.spectrograms[:8], side.spectrograms[16:24])
    ]
    for mean in means:
        torch.testing.assert_close(mean, torch.zeros(12), atol=1e-4, rtol=0)


def test_a_corpus_is_normalised_by_all_of_its_versions(utterances: Utterances) -> None:
    versions = in_versions(utterances, ["telephone"])
    heard = hear(versions, LISTENER)

    found = own_statistics(versions, heard, "each_corpus")

    frames = torch.cat([heard[each.id].features.double() for each in versions], dim=1)
    for each in versions:
        np.testing.assert_allclose(found[each.id].mean, frames.mean(dim=1).numpy(), atol=1e-6)


def test_a_voice_has_its_place_among_those_that_are_heard_through_the_same_channel(
    utterances: Utterances,
) -> None:
    versions = in_versions((utterances[0], utterances[8]), ["telephone"])  # f1 and m1
    summary = torch.tensor([[4.0], [2.0], [10.0], [16.0]])

    assert voice_places(versions, summary).tolist() == [[1.0], [-1.0], [-3.0], [3.0]]


def test_a_version_is_told_from_the_emotions_of_its_utterance(utterances: Utterances) -> None:
    versions, module = in_versions(utterances, ["telephone"]), build_module()
    heard = hear(versions, LISTENER)
    fit_normalisation(module, versions, heard)

    side = training_side(module, versions, LABELS, heard)

    assert torch.equal(side.targets[:16], side.targets[16:])
    assert torch.equal(side.allowed[:16], side.allowed[16:])


def test_a_lesson_through_channels_ends_alike_every_time_and_otherwise_than_without(lesson: Lesson) -> None:
    plain = dataclasses.replace(lesson.experiment, augment=AugmentConfig(**without_channels(lesson)))

    one, again, other = (
        train_network(each, PLACE).network.state_dict()
        for each in (lesson, lesson, dataclasses.replace(lesson, experiment=plain))
    )

    assert all(torch.equal(again[name], tensor) for name, tensor in one.items())
    assert not all(torch.equal(other[name], tensor) for name, tensor in one.items())


def without_channels(lesson: Lesson) -> dict[str, float]:
    """Return the other changes of a lesson."""
    augment = lesson.experiment.augment
    names = (field.name for field in dataclasses.fields(augment) if field.name != "channels")
    return {name: getattr(augment, name) for name in names}


def test_channels_are_part_of_a_lesson(lesson: Lesson) -> None:
    plain = dataclasses.replace(lesson.experiment, augment=AugmentConfig(**without_channels(lesson)))

    assert dataclasses.replace(lesson, experiment=plain).fingerprint != lesson.fingerprint


def test_what_is_held_back_and_what_is_tested_are_heard_as_they_are(
    task: FoldTask, lesson: Lesson, run_watched: RunWatched
) -> None:
    before, after = run_watched(dataclasses.replace(task, experiment=lesson.experiment))

    train = list(task.split.train)
    assert before == [*train, *(f"{name} through telephone" for name in train), *task.split.validation]
    assert after == list(task.split.test)


def test_an_unknown_channel_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        ConfigError,
        match=r"augment.channels: expected one of .*'noise'\], found 'radio'",
    ):
        from_mapping(Experiment, {"name": "own", "augment": {"channels": ["radio"]}}, "own.toml")
