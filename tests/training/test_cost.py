"""What an answer costs, counted by hand."""

import dataclasses
from collections.abc import Callable

import pytest
import torch

from prosodyn.comparison.settings import load_comparison
from prosodyn.config import Experiment, NetworkConfig
from prosodyn.model import EmotionNetwork, InputShape, WaveformNetwork, build_network
from prosodyn.training.cost import N_TIMED, count_multiply_adds, measure_cost, measure_costs

BuildNetwork = Callable[..., EmotionNetwork]

CONFIG = NetworkConfig(
    channels=(3, 4),
    band_strides=(2, 2),
    frame_strides=(2, 2),
    n_kernels=2,
    hidden_size=4,
    pooling="attentive",
)

# 12 features by 20 frames become 6 by 10, then 3 by 5
FIRST_LAYER = 3 * 1 * 9 * (6 * 10)
SECOND_LAYER = 4 * 3 * 9 * (3 * 5)
MIXING = 2 * (4 * 3 * 9)
KERNEL_ATTENTION = 3 * 4 + 4 * 2  # never less than four hidden units
BAND_ATTENTION = (4 * 3 * 3 + 2 * 4) * 6  # three bands wide, for each of six
ONE_WAY = 4 * 4 * (12 + 4) * 5  # four gates, 12 inputs and 4 states, 5 frames
BOTH_WAYS = 2 * (4 * 2 * (12 + 2) * 5)
POOLING = (4 * 4 + 4) * 5
HEAD = 4 * 3
SUMMARY_BRANCH = 7 * 5 + 5 * 3  # seven numbers, five hidden units
NO_SUMMARY = torch.zeros(1, 0)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"name": "cnn_lstm"}, FIRST_LAYER + SECOND_LAYER + ONE_WAY + POOLING + HEAD),
        ({"name": "cnn_lstm", "pooling": "mean"}, FIRST_LAYER + SECOND_LAYER + ONE_WAY + HEAD),
        ({}, FIRST_LAYER + SECOND_LAYER + MIXING + KERNEL_ATTENTION + BOTH_WAYS + POOLING + HEAD),
        (
            {"routing": "frequency"},
            FIRST_LAYER + 2 * SECOND_LAYER + BAND_ATTENTION + BOTH_WAYS + POOLING + HEAD,
        ),
    ],
    ids=["baseline", "mean pooling", "dynamic", "dynamic by band"],
)
def test_multiply_adds_by_hand(changes: dict[str, str], expected: int) -> None:
    network = build_network(dataclasses.replace(CONFIG, **changes), InputShape(12), 3).eval()  # type: ignore[arg-type]

    found = count_multiply_adds(network, torch.randn(1, 12, 20), torch.tensor([20]), NO_SUMMARY)
    assert found == expected


def test_the_multiply_adds_of_a_second_branch_come_on_top() -> None:
    network = build_network(dataclasses.replace(CONFIG, summary_size=5), InputShape(12, 1, 7), 3).eval()
    shown = (torch.randn(1, 12, 20), torch.tensor([20]))

    found = count_multiply_adds(network, *shown, torch.randn(1, 7))

    without = build_network(CONFIG, InputShape(12), 3).eval()
    assert found == count_multiply_adds(without, *shown, NO_SUMMARY) + SUMMARY_BRANCH


def test_counting_leaves_no_trace(build_small_network: BuildNetwork) -> None:
    network = build_small_network().eval()

    count_multiply_adds(network, torch.randn(1, 6, 20), torch.tensor([20]), NO_SUMMARY)

    assert not any(module._forward_hooks for module in network.modules())


@pytest.mark.parametrize("summary_size", [0, 5])
def test_the_cost_is_that_of_three_seconds(experiment: Experiment, summary_size: int) -> None:
    network = dataclasses.replace(experiment.network, summary_size=summary_size)
    experiment = dataclasses.replace(experiment, network=network)
    module = WaveformNetwork(experiment.front_end, experiment.network, 3).eval()

    cost = measure_cost(experiment, 3)

    heard = module.listener(torch.zeros(1, 48_000), torch.tensor([48_000]))
    assert cost.n_parameters == module.n_parameters
    assert cost.n_multiply_adds == count_multiply_adds(module.network, *heard)
    assert cost.latency_ms is not None
    assert cost.latency_ms > 0


def test_measuring_leaves_threads_and_the_global_generator_alone(experiment: Experiment) -> None:
    threads, before = torch.get_num_threads(), torch.get_rng_state()

    measure_cost(experiment, 3)

    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), before)


def test_networks_are_measured_in_turns(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    baseline = dataclasses.replace(
        experiment, network=dataclasses.replace(experiment.network, name="cnn_lstm")
    )
    answered: list[str] = []
    answer = WaveformNetwork.forward

    def noted(module: WaveformNetwork, *inputs: torch.Tensor) -> object:
        answered.append(type(module.network).__name__)
        return answer(module, *inputs)

    monkeypatch.setattr(WaveformNetwork, "forward", noted)
    costs = measure_costs([baseline, experiment], 3)

    assert [cost.n_parameters for cost in costs] == [
        measure_cost(each, 3).n_parameters for each in (baseline, experiment)
    ]
    turns = answered[: 2 * N_TIMED]
    assert turns == turns[:2] * N_TIMED
    assert turns[0] != turns[1]


def test_nothing_is_stated_of_classical_systems(experiment: Experiment) -> None:
    classical, network = measure_costs([load_comparison("svm"), experiment], 3)

    assert (classical.n_parameters, classical.n_multiply_adds, classical.latency_ms) == (None, None, None)
    assert network.n_parameters == measure_cost(experiment, 3).n_parameters
