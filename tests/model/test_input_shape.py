"""What a network may be shown besides one spectrogram: a second one, and a summary of the utterance."""

import dataclasses
from collections.abc import Callable

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from prosodyn.config import NetworkConfig
from prosodyn.model import EmotionNetwork, InputShape, build_network

PadFrames = Callable[..., tuple[Tensor, Tensor]]

N_FEATURES, N_NUMBERS, N_EMOTIONS = 11, 7, 3

ONE_SPECTROGRAM = InputShape(N_FEATURES)
TWO_SPECTROGRAMS = InputShape(2 * N_FEATURES, n_spectrograms=2)
WITH_SUMMARY = InputShape(N_FEATURES, summary_size=N_NUMBERS)
EVERYTHING = InputShape(2 * N_FEATURES, n_spectrograms=2, summary_size=N_NUMBERS)

FIRST_KERNELS = "blocks.0.convolution.convolution.weight"


@pytest.fixture
def config(small_config: NetworkConfig) -> NetworkConfig:
    return dataclasses.replace(small_config, summary_size=5)


def build(config: NetworkConfig, shape: InputShape) -> EmotionNetwork:
    return build_network(config, shape, N_EMOTIONS).eval()


def draw_spectrograms(*lengths: int, n_features: int = N_FEATURES) -> list[Tensor]:
    return [torch.randn(n_features, length) for length in lengths]


def test_a_network_that_is_shown_no_summary_has_one_branch(
    config: NetworkConfig, pad_frames: PadFrames
) -> None:
    output = build(config, ONE_SPECTROGRAM)(*pad_frames(draw_spectrograms(9, 5)))

    assert torch.equal(output.votes, output.logits[:, None, :])


def test_a_network_that_is_shown_no_summary_has_the_weights_of_before(config: NetworkConfig) -> None:
    names = build(config, ONE_SPECTROGRAM).state_dict().keys()

    assert not [name for name in names if "summary" in name]
    with_both = build(config, EVERYTHING).state_dict().keys()
    assert names == {name for name in with_both if not name.startswith("summary_branch.")}


def test_the_first_branch_answers_as_if_there_were_no_second(
    config: NetworkConfig, pad_frames: PadFrames
) -> None:
    network = build(config, WITH_SUMMARY)
    alone, batch = build(config, ONE_SPECTROGRAM), pad_frames(draw_spectrograms(9, 5))
    state = network.state_dict()
    alone.load_state_dict({name: state[name] for name in alone.state_dict()})

    output = network(*batch, torch.randn(2, N_NUMBERS))

    assert torch.equal(output.votes[:, 0], alone(*batch).logits)
    assert torch.equal(output.embedding, alone(*batch).embedding)


def test_the_second_branch_hears_nothing_but_the_summary(
    config: NetworkConfig, pad_frames: PadFrames
) -> None:
    network, summary = build(config, EVERYTHING), torch.randn(2, N_NUMBERS)
    assert network.summary_branch is not None

    votes = [network(*pad_frames(draw_spectrograms(9, 5, n_features=22)), summary).votes for _ in range(2)]

    assert torch.equal(votes[0][:, 1:], network.summary_branch(summary))
    assert torch.equal(votes[0][:, 1], votes[1][:, 1])
    assert not torch.equal(votes[0][:, 0], votes[1][:, 0])


@pytest.mark.parametrize("n_members", [1, 3])
@pytest.mark.parametrize("weight", [0.0, 0.3, 0.5, 0.7])
def test_probabilities_are_the_votes_geometric_mean(
    config: NetworkConfig, pad_frames: PadFrames, weight: float, n_members: int
) -> None:
    network = build(dataclasses.replace(config, summary_weight=weight, summary_members=n_members), EVERYTHING)

    output = network(*pad_frames(draw_spectrograms(9, 5, n_features=22)), 9 * torch.randn(2, N_NUMBERS))

    for logits, votes in zip(output.logits, output.votes.softmax(dim=2), strict=True):
        assert len(votes) == 1 + n_members
        product = votes[0] ** (1 - weight) * votes[1:].prod(dim=0) ** (weight / n_members)
        torch.testing.assert_close(logits.softmax(dim=0), product / product.sum())


@pytest.mark.parametrize("extra", [0, 1, 30])
def test_what_is_shown_two_spectrograms_and_a_summary_is_answered_as_if_it_were_alone(
    config: NetworkConfig, pad_frames: PadFrames, extra: int
) -> None:
    network = build(config, EVERYTHING)
    spectrograms, summary = draw_spectrograms(20, 7, 1, n_features=22), torch.randn(3, N_NUMBERS)

    together = network(*pad_frames(spectrograms, extra), summary)

    for row, spectrogram in enumerate(spectrograms):
        alone = network(*pad_frames([spectrogram]), summary[row : row + 1])
        torch.testing.assert_close(together.votes[row], alone.votes[0], atol=1e-5, rtol=0)


def test_gradients_reach_every_parameter_of_both_branches(
    config: NetworkConfig, pad_frames: PadFrames
) -> None:
    network = build(config, EVERYTHING).train()
    batch = pad_frames(draw_spectrograms(20, 7, 12, 15, n_features=22))

    votes = network(*batch, torch.randn(4, N_NUMBERS)).votes
    torch.autograd.backward(functional.cross_entropy(votes.flatten(0, 1), torch.arange(8) // 2 % 3))

    assert all(parameter.grad is not None and parameter.grad.any() for parameter in network.parameters())


def test_a_second_spectrogram_is_more_channels_and_no_more_bands(config: NetworkConfig) -> None:
    one = build(config, ONE_SPECTROGRAM).state_dict()
    two = build(config, TWO_SPECTROGRAMS).state_dict()

    assert (one.pop(FIRST_KERNELS).shape, two.pop(FIRST_KERNELS).shape) == ((4, 2, 3, 3), (4, 4, 3, 3))
    assert {name: tensor.shape for name, tensor in one.items()} == {
        name: tensor.shape for name, tensor in two.items()
    }


def test_a_second_spectrogram_of_zeros_says_nothing(config: NetworkConfig, pad_frames: PadFrames) -> None:
    one = build(config, ONE_SPECTROGRAM)
    two = build(config, TWO_SPECTROGRAMS)
    features, lengths = pad_frames(draw_spectrograms(9, 5))
    state = one.state_dict()
    # whatever it makes of the second
    state[FIRST_KERNELS] = torch.cat([state[FIRST_KERNELS], torch.randn(4, 2, 3, 3)], dim=1)
    two.load_state_dict(state)

    answer = two(torch.cat([features, torch.zeros_like(features)], dim=1), lengths)

    torch.testing.assert_close(answer.logits, one(features, lengths).logits)
