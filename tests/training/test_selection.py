"""Which weights a run keeps: the last, the average, or those of the best epoch."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from prosodyn.config import AugmentConfig, TrainingConfig
from prosodyn.errors import TrainingError
from prosodyn.evaluation.metrics import unweighted_accuracy
from prosodyn.model import EmotionNetwork
from prosodyn.training.batches import TrainingSide
from prosodyn.training.loop import RunPlace, Trainer
from prosodyn.training.steps import predict_indices

BuildSide = Callable[..., TrainingSide]
BuildNetwork = Callable[..., EmotionNetwork]
State = dict[str, Tensor]
Observe = Callable[..., Any]

CPU = torch.device("cpu")
BRIEF = TrainingConfig(epochs=3, batch_size=4, learning_rate=0.01)


def same(one: State, other: State) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_the_average_of_the_weights_by_hand(observe: Observe, build_side: BuildSide) -> None:
    training = dataclasses.replace(BRIEF, epochs=6, batch_size=10, weight_average=0.3)
    run = observe(training)
    name = "head.weight"
    expected = run.trainer.network.state_dict()[name].double()

    network = run.trainer.fit(build_side())

    for step, state in enumerate(run.states):  # one step an epoch
        decay = min(0.3, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * state[name].double()
    torch.testing.assert_close(network.state_dict()[name].double(), expected, atol=1e-6, rtol=0)
    assert not torch.equal(network.state_dict()[name], run.states[-1][name])


def fluctuating(build_side: BuildSide) -> tuple[TrainingSide, TrainingSide]:
    """Return two sides that have nothing in common, so that validation goes up and down."""
    return build_side(12, seed=0), build_side(30, seed=1)


@pytest.mark.parametrize("weight_average", [0.0, 0.5])
def test_the_epoch_with_the_best_validation_is_selected(
    observe: Observe, build_side: BuildSide, weight_average: float
) -> None:
    training = dataclasses.replace(
        BRIEF, epochs=8, learning_rate=0.03, selection="best_validation", weight_average=weight_average
    )
    run = observe(training)
    side, validation = fluctuating(build_side)

    network = run.trainer.fit(side, validation)

    accuracies = [report.validation_ua or 0.0 for report in run.reports]
    best = accuracies.index(max(accuracies))  # the first of the best
    assert best < len(accuracies) - 1
    assert same(network.state_dict(), (run.averages if weight_average else run.states)[best])


def test_the_last_epoch_is_kept_where_nothing_selects(observe: Observe, build_side: BuildSide) -> None:
    run = observe(dataclasses.replace(BRIEF, epochs=8, learning_rate=0.03))
    side, validation = fluctuating(build_side)

    network = run.trainer.fit(side, validation)

    assert same(network.state_dict(), run.states[-1])


def test_watching_a_validation_side_changes_no_weight(
    build_small_network: BuildNetwork, build_side: BuildSide
) -> None:
    side, validation = fluctuating(build_side)
    networks = [
        Trainer(build_small_network(), BRIEF, AugmentConfig(), RunPlace(CPU)).fit(side, watched)
        for watched in (validation, None)
    ]

    assert same(networks[0].state_dict(), networks[1].state_dict())


def test_the_validation_score_is_the_unweighted_accuracy(observe: Observe, build_side: BuildSide) -> None:
    run = observe(BRIEF)
    side, validation = fluctuating(build_side)

    network = run.trainer.fit(side, validation)

    predicted = predict_indices(network, validation, CPU)
    expected = unweighted_accuracy(
        [str(index) for index in validation.targets.tolist()], [str(index) for index in predicted]
    )
    assert run.reports[-1].validation_ua == pytest.approx(expected)


def test_selection_needs_a_validation_side(build_small_network: BuildNetwork, build_side: BuildSide) -> None:
    training = dataclasses.replace(BRIEF, selection="best_validation")
    trainer = Trainer(build_small_network(), training, AugmentConfig(), RunPlace(CPU))

    with pytest.raises(TrainingError, match="'best_validation' needs 'validation_share' above zero"):
        trainer.fit(build_side())
