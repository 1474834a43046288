"""The perceptron on the summary, beside numpy."""

import dataclasses

import numpy as np
import pytest
import torch

from prosodyn.config import NetworkConfig
from prosodyn.model.summary_branch import SummaryBranch, SummaryPerceptron

N_NUMBERS, N_EMOTIONS = 7, 3


@pytest.fixture
def config(small_config: NetworkConfig) -> NetworkConfig:
    return dataclasses.replace(small_config, summary_size=5)


def test_it_is_one_hidden_layer_by_numpy(config: NetworkConfig) -> None:
    branch = SummaryPerceptron(config, N_NUMBERS, N_EMOTIONS).eval()
    summary = torch.randn(4, N_NUMBERS)

    logits = branch(summary).detach()

    state = {name: tensor.numpy() for name, tensor in branch.state_dict().items()}
    hidden = np.maximum(summary.numpy() @ state["hidden.weight"].T + state["hidden.bias"], 0)
    np.testing.assert_allclose(logits, hidden @ state["head.weight"].T + state["head.bias"], atol=1e-6)


def test_its_hidden_layer_is_as_wide_as_it_is_told(config: NetworkConfig) -> None:
    shapes = {
        name: tuple(p.shape)
        for name, p in SummaryPerceptron(config, N_NUMBERS, N_EMOTIONS).named_parameters()
    }

    assert shapes == {"hidden.weight": (5, 7), "hidden.bias": (5,), "head.weight": (3, 5), "head.bias": (3,)}


@pytest.mark.parametrize("layer", ["hidden", "head"])
def test_summary_and_hidden_layer_are_dropped_in_training(config: NetworkConfig, layer: str) -> None:
    config = dataclasses.replace(config, summary_size=400, summary_dropout=0.4)
    branch = SummaryPerceptron(config, 400, N_EMOTIONS).train()
    with torch.no_grad():
        branch.hidden.weight.copy_(torch.eye(400))
        branch.hidden.bias.zero_()
    seen: list[torch.Tensor] = []
    branch.get_submodule(layer).register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))

    branch(torch.ones(50, 400))

    kept = float((seen[0] > 0).float().mean())
    assert kept == pytest.approx({"hidden": 0.6, "head": 0.6 * 0.6}[layer], abs=0.02)


def test_nothing_is_dropped_when_answering(config: NetworkConfig) -> None:
    branch = SummaryPerceptron(dataclasses.replace(config, summary_dropout=0.9), N_NUMBERS, N_EMOTIONS)
    summary = torch.randn(4, N_NUMBERS)

    assert torch.equal(branch.eval()(summary), branch(summary))
    assert not torch.equal(branch.train()(summary), branch(summary))


def test_every_member_answers_for_itself(config: NetworkConfig) -> None:
    branch = SummaryBranch(dataclasses.replace(config, summary_members=3), N_NUMBERS, N_EMOTIONS).eval()
    summary = torch.randn(4, N_NUMBERS)

    logits = branch(summary)

    assert logits.shape == (4, 3, N_EMOTIONS)
    for number, member in enumerate(branch):
        assert torch.equal(logits[:, number], member(summary))
    assert not torch.allclose(logits[:, 0], logits[:, 1])
