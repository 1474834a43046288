"""Training a network that begins with encoders, and what its bundle holds."""

import dataclasses
import os
import shutil
from pathlib import Path
from typing import Literal

import pytest
import torch

from prosodyn.config import Experiment
from prosodyn.encoders import find_encoder
from prosodyn.errors import ConfigError
from prosodyn.inference import Recogniser
from prosodyn.model import WaveformNetwork
from prosodyn.training.cost import measure_cost
from prosodyn.training.experiment import load_experiment, settle
from prosodyn.training.loop import RunPlace
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson, build_module, train_network
from prosodyn.training.steps import build_optimiser, parameter_groups
from prosodyn.training.writing import write_trained
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]

PLACE = RunPlace(torch.device("cpu"))
NAMING = Naming("tiny", "Knows little.", "CC0-1.0", "Two voices, which are not speech.", "prosodyn train")


@pytest.fixture
def lesson(experiment: Experiment, utterances: Utterances, small_encoders: Path) -> Lesson:
    """Return a lesson by the first speaker for a network that begins with two encoders of random weights."""
    front_end = dataclasses.replace(
        experiment.front_end,
        encoders=(find_encoder("speech-embedding"), find_encoder("yamnet")),
        encoder_view="spectrograms",
    )
    network = dataclasses.replace(
        experiment.network,
        encoder_kernels=(3, 1),
        projection=4,
        channels=(4, 4),
        band_strides=(1, 1),
        frame_strides=(1, 1),
        summary_size=5,
    )
    augment = dataclasses.replace(experiment.augment, n_masks=0)
    training = dataclasses.replace(experiment.training, encoder_rate=0.1, layer_decay=0.5)
    shown = dataclasses.replace(
        experiment, front_end=front_end, network=network, augment=augment, training=training
    )
    return Lesson(shown, utterances[:8])


def test_a_bundle_answers_alike_by_both_engines_without_the_files_of_its_encoders(
    tmp_path: Path, lesson: Lesson, small_encoders: Path
) -> None:
    write_trained(tmp_path / "tiny", train_network(lesson, PLACE), lesson, NAMING)
    shutil.rmtree(small_encoders)

    found = [Recogniser.load(tmp_path / "tiny", engine=kind) for kind in ("onnx", "torch")]
    waveform = lesson.train[0].waveform
    assert waveform is not None
    by_graph, by_torch = (each.from_waveform(waveform, 16_000) for each in found)

    for emotion, probability in by_graph.probabilities.items():
        assert by_torch.probabilities[emotion] == pytest.approx(probability, abs=1e-5)


def test_a_bundle_can_be_fine_tuned_without_the_files_of_its_encoders(
    tmp_path: Path, lesson: Lesson, small_encoders: Path
) -> None:
    trained = train_network(lesson, PLACE)
    write_trained(tmp_path / "tiny", trained, lesson, NAMING, graph=False)
    shutil.rmtree(small_encoders)

    module = build_module(dataclasses.replace(lesson, start=tmp_path / "tiny"))

    for name, tensor in trained.state_dict().items():
        assert torch.equal(module.state_dict()[name], tensor)


def test_encoders_see_spectrograms_as_they_were(lesson: Lesson) -> None:
    module = train_network(lesson, PLACE)

    trunk = module.network.trunk
    assert trunk is not None
    assert trunk.mean.any()
    assert torch.equal(trunk.mean, module.normaliser.mean)
    assert torch.equal(trunk.scale, module.normaliser.scale)


def test_every_weight_is_trained_and_counted(lesson: Lesson) -> None:
    before = build_module(lesson)

    after = train_network(lesson, PLACE)

    moved = [not torch.equal(a, b) for a, b in zip(before.parameters(), after.parameters(), strict=True)]
    assert all(moved)
    assert after.n_parameters == sum(parameter.numel() for parameter in after.parameters())


def test_its_cost_counts_what_its_encoders_compute(lesson: Lesson) -> None:
    trunk = build_module(lesson).network.trunk
    assert trunk is not None
    weights = sum(convolution.weight[0].numel() for _, convolution in trunk.convolutions_by_depth())

    cost = measure_cost(lesson.experiment, n_emotions=2)

    n_frames = 3  # of 0.96 s, the longest step of either encoder
    assert cost.n_multiply_adds > weights * n_frames


def test_lower_convolutions_learn_more_slowly_and_do_not_decay(lesson: Lesson) -> None:
    network = build_module(lesson).network

    rest, *groups = parameter_groups(network, lesson.settings.training)

    assert rest["share"] == 1.0
    assert [group["share"] for group in groups] == [0.1, 0.05, 0.025, 0.1, 0.05]
    assert {group["weight_decay"] for group in groups} == {0.0}
    assert network.trunk is not None
    uppermost = [depth for depth, _ in network.trunk.convolutions_by_depth()]
    assert uppermost == [0, 1, 2, 0, 1]


def test_every_parameter_is_in_one_group(lesson: Lesson) -> None:
    network = build_module(lesson).network

    optimiser = build_optimiser(network, lesson.settings.training)

    grouped = [id(each) for group in optimiser.param_groups for each in group["params"]]
    assert sorted(grouped) == sorted(id(each) for each in network.parameters())


@pytest.mark.parametrize("kernels", [(), (4,), (4, 1, 1)])
def test_every_encoder_that_is_shown_needs_a_number_of_kernels(
    lesson: Lesson, kernels: tuple[int, ...]
) -> None:
    network = dataclasses.replace(lesson.experiment.network, encoder_kernels=kernels)

    with pytest.raises(ConfigError, match=r"network\.encoder_kernels: expected 2, one for each"):
        dataclasses.replace(lesson.experiment, network=network)


@pytest.mark.parametrize(
    ("system", "kernels"),
    [("dycnn_bilstm", {3, 1}), ("dycnn_lstm", {3, 1}), ("cnn_bilstm", {1}), ("cnn_lstm", {1})],
)
def test_networks_of_static_kernels_choose_none_in_their_encoders(
    lesson: Lesson, system: Literal["dycnn_bilstm", "dycnn_lstm", "cnn_bilstm", "cnn_lstm"], kernels: set[int]
) -> None:
    network = dataclasses.replace(lesson.experiment.network, name=system)
    changed = dataclasses.replace(lesson.experiment, network=network)

    trunk = build_module(dataclasses.replace(lesson, experiment=changed)).network.trunk

    assert trunk is not None
    assert {each.weight.shape[0] for _, each in trunk.convolutions_by_depth()} == kernels


@pytest.mark.parametrize("rate", ["encoder_rate", "layer_decay"])
def test_a_rate_of_encoders_that_are_not_there_is_refused(experiment: Experiment, rate: str) -> None:
    training = dataclasses.replace(experiment.training, **{rate: 0.5})  # type: ignore[arg-type]

    with pytest.raises(ConfigError, match=r"encoder_rate, training\.layer_decay: expected 1\.0 where"):
        dataclasses.replace(experiment, training=training)


@pytest.mark.skipif("PROSODYN_ENCODERS" not in os.environ, reason="needs the encoders: PROSODYN_ENCODERS")
def test_the_network_that_ships_has_at_most_two_million_parameters() -> None:
    experiment = settle(load_experiment("pretrained_kernels"), "new")

    assert WaveformNetwork(experiment.front_end, experiment.network, 8).n_parameters <= 2_000_000
