"""The training loop: what it computes, and what it refuses."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from prosodyn.config import AugmentConfig, NetworkConfig, TrainingConfig
from prosodyn.errors import TrainingError
from prosodyn.model import EmotionNetwork
from prosodyn.training.batches import TrainingSide
from prosodyn.training.journal import EpochReport
from prosodyn.training.loop import RunPlace, Trainer
from prosodyn.training.schedule import Schedule
from prosodyn.training.steps import class_weights

BuildSide = Callable[..., TrainingSide]
BuildNetwork = Callable[..., EmotionNetwork]
State = dict[str, Tensor]
Observe = Callable[..., Any]

CPU = torch.device("cpu")
BRIEF = TrainingConfig(epochs=3, batch_size=4, learning_rate=0.01)
EVERYTHING = AugmentConfig(crop_frames=9, speed=0.1, vocal_tract=0.1, gain=0.2, n_masks=1, mixup=0.3)
WITHOUT_CHANCE = NetworkConfig(
    channels=(3, 4), band_strides=(2, 2), frame_strides=(2, 2), n_kernels=2, hidden_size=4, dropout=0.0
)
TWO_BRANCHES = dataclasses.replace(WITHOUT_CHANCE, summary_size=4, summary_dropout=0.0)


def same(one: State, other: State) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_the_loss_falls(observe: Observe, build_side: BuildSide) -> None:
    training = dataclasses.replace(BRIEF, epochs=25, learning_rate=0.02, temperature_epochs=0)
    run = observe(training, WITHOUT_CHANCE)

    run.trainer.fit(build_side())

    assert run.reports[-1].loss < 0.5 * run.reports[0].loss


def test_the_network_comes_back_ready_to_answer(
    build_small_network: BuildNetwork, build_side: BuildSide
) -> None:
    network = Trainer(build_small_network(), BRIEF, AugmentConfig(), RunPlace(CPU)).fit(build_side())

    assert not network.training


def test_the_same_seed_gives_the_same_weights(
    build_small_network: BuildNetwork, build_side: BuildSide
) -> None:
    def train() -> State:
        return Trainer(build_small_network(), BRIEF, EVERYTHING, RunPlace(CPU)).fit(build_side()).state_dict()

    first = train()
    torch.rand(10)  # somebody else draws

    assert same(train(), first)


def test_another_seed_gives_other_weights(build_small_network: BuildNetwork, build_side: BuildSide) -> None:
    other = dataclasses.replace(BRIEF, seed=1)
    networks = [
        Trainer(build_small_network(), config, AugmentConfig(), RunPlace(CPU)).fit(build_side())
        for config in (BRIEF, other)
    ]

    assert not same(networks[0].state_dict(), networks[1].state_dict())


def test_training_leaves_the_global_generator_alone(
    build_small_network: BuildNetwork, build_side: BuildSide
) -> None:
    trainer = Trainer(build_small_network(), BRIEF, AugmentConfig(mixup=0.3), RunPlace(CPU))
    before = torch.get_rng_state()

    trainer.fit(build_side())

    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize(("weighted", "smoothing"), [(False, 0.0), (True, 0.0), (False, 0.1)])
def test_the_first_loss_by_hand(
    build_small_network: BuildNetwork,
    observe: Observe,
    build_side: BuildSide,
    weighted: bool,
    smoothing: float,
) -> None:
    network, side = build_small_network(WITHOUT_CHANCE).train(), build_side(11)
    batch = side.batch(range(11))
    for module in network.modules():
        if hasattr(module, "temperature"):
            module.temperature.fill_(30.0)
    log_probabilities = network(batch.features, batch.lengths).logits.log_softmax(dim=1).tolist()
    weights = class_weights(side).tolist() if weighted else [1.0] * 3
    total = 0.0
    for row, truth in zip(log_probabilities, side.targets.tolist(), strict=True):
        targets = [smoothing / 3 + (1 - smoothing) * (emotion == truth) for emotion in range(3)]
        total -= sum(w * t * p for w, t, p in zip(weights, targets, row, strict=True))

    training = TrainingConfig(
        epochs=1, batch_size=11, class_weights=weighted, label_smoothing=smoothing, temperature=30.0
    )
    run = observe(training, WITHOUT_CHANCE)
    run.trainer.fit(side)

    assert run.reports[0].loss == pytest.approx(total / 11, abs=1e-5)


def test_each_branch_has_its_own_loss(
    build_small_network: BuildNetwork, observe: Observe, build_side: BuildSide
) -> None:
    network, side = build_small_network(TWO_BRANCHES, 7).train(), build_side(11, summary_size=7)
    batch = side.batch(range(11))
    for module in network.modules():
        if hasattr(module, "temperature"):
            module.temperature.fill_(30.0)
    votes = network(batch.features, batch.lengths, batch.summary).votes.log_softmax(dim=2).tolist()
    truths = side.targets.tolist()
    losses = [
        -sum(row[branch][truth] for row, truth in zip(votes, truths, strict=True)) / 11 for branch in (0, 1)
    ]

    run = observe(TrainingConfig(epochs=1, batch_size=11, temperature=30.0), TWO_BRANCHES, summary_size=7)
    run.trainer.fit(side)

    assert losses[0] != pytest.approx(losses[1], abs=1e-3)
    assert run.reports[0].loss == pytest.approx(sum(losses) / 2, abs=1e-5)


def test_how_the_branches_vote_teaches_nothing(
    build_small_network: BuildNetwork, build_side: BuildSide
) -> None:
    fitted = []
    for weight in (0.1, 0.9):
        network = build_small_network(dataclasses.replace(TWO_BRANCHES, summary_weight=weight), 7)
        trainer = Trainer(network, BRIEF, EVERYTHING, RunPlace(CPU))
        fitted.append(trainer.fit(build_side(summary_size=7)).state_dict())

    assert same(*fitted)


@pytest.mark.parametrize(
    ("counted", "n_epochs", "n_steps"),
    [
        ({"steps": 0, "epochs": 3}, 3, 9),
        ({"steps": 7, "epochs": 0}, 3, 7),
        ({"steps": 1, "epochs": 0}, 1, 1),
        ({"steps": 9, "epochs": 0}, 3, 9),
    ],
)
def test_steps_and_epochs_are_counted(
    observe: Observe,
    build_side: BuildSide,
    counted: dict[str, int],
    n_epochs: int,
    n_steps: int,
) -> None:
    run = observe(dataclasses.replace(BRIEF, **counted))

    run.trainer.fit(build_side())  # ten utterances in batches of four

    assert [report.epoch for report in run.reports] == list(range(1, n_epochs + 1))
    assert {report.n_epochs for report in run.reports} == {n_epochs}
    assert int(run.trainer.optimiser.state_dict()["state"][0]["step"]) == n_steps


def test_rate_and_temperature_follow_the_schedule(observe: Observe, build_side: BuildSide) -> None:
    training = dataclasses.replace(BRIEF, temperature=10.0, temperature_epochs=2)
    run = observe(training)

    run.trainer.fit(build_side())

    schedule = Schedule(training, n_steps=9, steps_per_epoch=3)
    last_steps = (2, 5, 8)
    name = "blocks.1.convolution.attention.temperature"
    assert [report.learning_rate for report in run.reports] == [schedule.learning_rate(s) for s in last_steps]
    assert [float(state[name]) for state in run.states] == pytest.approx(
        [schedule.temperature(step) for step in last_steps]
    )


def test_the_gradient_is_clipped(build_small_network: BuildNetwork, build_side: BuildSide) -> None:
    norms = []
    for clip in (0.0, 0.01):
        training = dataclasses.replace(BRIEF, epochs=1, gradient_clip=clip)
        network = Trainer(build_small_network(), training, AugmentConfig(), RunPlace(CPU)).fit(build_side())
        gradients = [p.grad.flatten() for p in network.parameters() if p.grad is not None]
        norms.append(float(torch.cat(gradients).norm()))

    assert norms[0] > 0.02
    assert norms[1] == pytest.approx(0.01, rel=1e-3)


def test_the_gradients_of_pieces_add_up_to_the_batchs(
    build_small_network: BuildNetwork, build_side: BuildSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted = []
    for size in (3, 10):
        network = build_small_network().eval()
        # it stays in evaluation mode: no dropout, and statistics that no batch changes
        monkeypatch.setattr(network, "train", lambda *_, network=network: network)
        training = TrainingConfig(optimiser="rmsprop", epochs=1, batch_size=10, micro_batch_size=size)
        trainer = Trainer(network, training, AugmentConfig(), RunPlace(CPU))
        fitted.append(trainer.fit(build_side(10)).state_dict())

    for name, tensor in fitted[0].items():
        assert torch.allclose(tensor, fitted[1][name], atol=1e-5), name


def test_steps_or_epochs_must_count(build_small_network: BuildNetwork, build_side: BuildSide) -> None:
    training = dataclasses.replace(BRIEF, steps=0, epochs=0)
    trainer = Trainer(build_small_network(), training, AugmentConfig(), RunPlace(CPU))

    with pytest.raises(TrainingError, match="one of 'steps' and 'epochs' must be above zero, or both"):
        trainer.fit(build_side())


@pytest.mark.parametrize(("steps", "epochs", "n_epochs"), [(7, 2, 3), (5, 2, 2), (0, 2, 2), (4, 0, 2)])
def test_the_longer_of_steps_and_epochs_counts(
    build_small_network: BuildNetwork, build_side: BuildSide, steps: int, epochs: int, n_epochs: int
) -> None:
    training = dataclasses.replace(BRIEF, steps=steps, epochs=epochs, batch_size=4)  # three steps an epoch
    reports: list[EpochReport] = []
    place = RunPlace(CPU, progress=reports.append)

    Trainer(build_small_network(), training, AugmentConfig(), place).fit(build_side())

    assert [report.n_epochs for report in reports] == [n_epochs] * n_epochs


def test_an_empty_training_side_is_refused(build_small_network: BuildNetwork) -> None:
    trainer = Trainer(build_small_network(), BRIEF, AugmentConfig(), RunPlace(CPU))

    with pytest.raises(TrainingError, match="the training side is empty"):
        trainer.fit(TrainingSide([], torch.tensor([]), 3, *torch.zeros(2, 0, 0), torch.zeros(0, 3)))


def test_a_loss_that_is_no_number_ends_the_run(
    build_small_network: BuildNetwork, build_side: BuildSide
) -> None:
    side = build_side()
    side.spectrograms[3][0, 0] = float("nan")
    trainer = Trainer(build_small_network(), BRIEF, AugmentConfig(), RunPlace(CPU))

    with pytest.raises(TrainingError, match=r"the loss is nan at step \d; lower the learning rate"):
        trainer.fit(side)


def test_the_training_side_stays_as_it_was(build_small_network: BuildNetwork, build_side: BuildSide) -> None:
    side, untouched = build_side(), build_side()

    Trainer(build_small_network(), BRIEF, AugmentConfig(gain=0.5, n_masks=2), RunPlace(CPU)).fit(side)

    assert all(
        torch.equal(now, then) for now, then in zip(side.spectrograms, untouched.spectrograms, strict=True)
    )


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_a_cuda_device_trains_with_everything_switched_on(
    build_small_network: BuildNetwork, build_side: BuildSide
) -> None:
    training = dataclasses.replace(BRIEF, class_weights=True, weight_average=0.5, selection="best_validation")
    place = RunPlace(torch.device("cuda"))

    network = Trainer(build_small_network(), training, EVERYTHING, place).fit(
        build_side(), build_side(seed=1)
    )

    assert all(torch.isfinite(parameter).all() for parameter in network.parameters())
