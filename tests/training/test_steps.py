"""The small parts of a training step."""

import dataclasses
from collections.abc import Callable

import pytest
import torch

from prosodyn.config import NetworkConfig, TrainingConfig
from prosodyn.errors import ConfigError
from prosodyn.model import EmotionNetwork
from prosodyn.training import steps
from prosodyn.training.batches import TrainingSide

BuildSide = Callable[..., TrainingSide]
BuildNetwork = Callable[..., EmotionNetwork]


def pretend(monkeypatch: pytest.MonkeyPatch, *, cuda: bool, mps: bool) -> None:
    """Pretend that this machine has, or has not, an accelerator."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_the_fastest_device_at_hand(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, expected: str
) -> None:
    pretend(monkeypatch, cuda=cuda, mps=mps)

    assert steps.choose_device("auto") == torch.device(expected)


@pytest.mark.parametrize("name", ["cpu", "cuda", "mps"])
def test_a_device_that_is_there_is_taken_by_name(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    pretend(monkeypatch, cuda=True, mps=True)

    assert steps.choose_device(name) == torch.device(name)


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    pretend(monkeypatch, cuda=False, mps=False)

    with pytest.raises(ConfigError, match=rf"^device: no '{name}' on this machine, which has \['cpu'\]"):
        steps.choose_device(name)


@pytest.mark.parametrize("name", ["gpu", "cuda:7", ""])
def test_an_unknown_device_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"^device: expected one of .*, found '{name}'$"):
        steps.choose_device(name)


@pytest.mark.parametrize(("name", "kind"), [("rmsprop", torch.optim.RMSprop), ("adamw", torch.optim.AdamW)])
def test_the_settings_name_the_optimiser(
    build_small_network: BuildNetwork, name: str, kind: type[torch.optim.Optimizer]
) -> None:
    config = TrainingConfig(optimiser=name, learning_rate=0.3, weight_decay=0.2)  # type: ignore[arg-type]

    optimiser = steps.build_optimiser(build_small_network(), config)

    assert type(optimiser) is kind
    assert (optimiser.defaults["lr"], optimiser.defaults["weight_decay"]) == (0.3, 0.2)


def test_every_parameter_is_optimised(build_small_network: BuildNetwork) -> None:
    network = build_small_network()

    optimiser = steps.build_optimiser(network, TrainingConfig())

    optimised = {id(parameter) for group in optimiser.param_groups for parameter in group["params"]}
    assert optimised == {id(parameter) for parameter in network.parameters()}


def test_class_weights_by_hand() -> None:
    # four utterances: three of the first emotion, one of the second, none of the third
    side = TrainingSide(
        [torch.zeros(1, 1)] * 4, torch.tensor([0, 1, 0, 0]), 3, *torch.zeros(2, 4, 0), torch.ones(4, 3) > 0
    )

    weights = steps.class_weights(side)

    assert weights.tolist() == pytest.approx([4 / 3 / 2, 4 / 1 / 2, 0.0])


def test_class_weights_are_one_on_average_over_the_utterances(build_side: BuildSide) -> None:
    side = build_side(11)

    assert float(steps.class_weights(side)[side.targets].mean()) == pytest.approx(1.0)


def test_the_temperature_of_every_layer_is_set(build_small_network: BuildNetwork) -> None:
    config = NetworkConfig(channels=(2, 2, 2), band_strides=(1, 1, 1), frame_strides=(1, 1, 1), hidden_size=2)
    network = build_small_network(config)

    steps.set_temperature(network, 12.5)

    temperatures = [v for name, v in network.state_dict().items() if name.endswith("temperature")]
    assert [float(temperature) for temperature in temperatures] == [12.5, 12.5]


def test_the_average_by_hand(build_small_network: BuildNetwork) -> None:
    average, network = build_small_network(), build_small_network()
    with torch.no_grad():
        network.head.bias.copy_(torch.tensor([1.0, 2.0, 3.0]))
        average.head.bias.copy_(torch.tensor([0.0, 4.0, 3.0]))

    steps.update_average(average, network, 0.75)

    assert average.head.bias.tolist() == [0.25, 3.5, 3.0]
    assert network.head.bias.tolist() == [1.0, 2.0, 3.0]


def test_the_average_takes_over_temperature_and_counters(build_small_network: BuildNetwork) -> None:
    average, network = build_small_network(), build_small_network()
    steps.set_temperature(network, 8.0)
    for block in network.blocks:
        block.norm.num_batches_tracked.fill_(41)

    steps.update_average(average, network, 0.75)

    state = average.state_dict()
    assert {float(v) for name, v in state.items() if name.endswith("temperature")} == {8.0}
    assert {int(v) for name, v in state.items() if name.endswith("num_batches_tracked")} == {41}


def test_the_average_follows_the_running_statistics(build_small_network: BuildNetwork) -> None:
    average, network = build_small_network(), build_small_network()
    network.blocks[0].norm.running_var.fill_(5.0)

    steps.update_average(average, network, 0.75)

    assert average.blocks[0].norm.running_var.tolist() == [2.0] * 3


@pytest.mark.parametrize("batch_size", [1, 4, 64])
def test_the_answer_is_the_largest_logit(
    build_small_network: BuildNetwork, build_side: BuildSide, batch_size: int
) -> None:
    network, side = build_small_network().eval(), build_side()
    one_by_one = [network(s[None], torch.tensor([s.shape[1]])).logits for s in side.spectrograms]
    average = torch.cat(one_by_one).mean(dim=0).detach()
    with torch.no_grad():
        network.head.bias -= average  # or fresh weights would answer everything alike

    predicted = steps.predict_indices(network, side, torch.device("cpu"), batch_size=batch_size)

    expected = [int((logits[0] - average).argmax()) for logits in one_by_one]
    assert len(set(expected)) > 1
    assert predicted == expected


def test_the_answer_is_that_of_both_branches(
    build_small_network: BuildNetwork, build_side: BuildSide
) -> None:
    config = NetworkConfig(
        channels=(2, 2), band_strides=(2, 2), frame_strides=(2, 2), hidden_size=2, summary_size=4
    )
    network, side = build_small_network(config, summary_size=7).eval(), build_side(30, summary_size=7)
    loud = dataclasses.replace(
        side, summary=9 * side.summary
    )  # or fresh weights would answer everything alike

    predicted = steps.predict_indices(network, loud, torch.device("cpu"), batch_size=8)

    shown = zip(loud.spectrograms, loud.summary, strict=True)
    one_by_one = [network(s[None], torch.tensor([s.shape[1]]), summary[None]) for s, summary in shown]
    expected = [int(output.votes[0].sum(dim=0).argmax()) for output in one_by_one]  # of equal weight
    assert len(set(expected)) > 1
    assert predicted == expected


def test_names_are_grouped_by_their_prefix() -> None:
    one, two, three = (torch.tensor(float(i)) for i in range(3))

    grouped = steps.group_by_prefix({"network.head.bias": one, "network.head.weight": two, "best.x": three})

    assert grouped == {"network": {"head.bias": one, "head.weight": two}, "best": {"x": three}}


def is_denormal_kept() -> bool:
    return bool(torch.tensor([1e-30]) * 1e-10 > 0)


def test_denormals_are_zero_only_inside() -> None:
    before = is_denormal_kept()
    with steps.denormals_as_zero():
        inside = is_denormal_kept()

    assert (before, inside, is_denormal_kept()) == (True, False, True)


def fail_with_denormals_as_zero() -> None:
    with steps.denormals_as_zero():
        raise ValueError


def test_denormals_come_back_after_a_fault() -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        fail_with_denormals_as_zero()

    assert is_denormal_kept()
