"""What every network promises, for every pooling and routing; a new one is tested by being registered."""

import dataclasses
import typing
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from prosodyn.config import NetworkConfig
from prosodyn.model import EmotionNetwork, InputShape, build_network
from prosodyn.model.build import NETWORKS
from prosodyn.model.network import convolution_shapes, stack_widest

PadFrames = Callable[..., tuple[Tensor, Tensor]]

N_FEATURES, N_EMOTIONS = 11, 3


def choices_of(setting: str) -> tuple[str, ...]:
    return typing.get_args(typing.get_type_hints(NetworkConfig)[setting])


EVERY_NETWORK = [
    pytest.param({"name": name, "pooling": pooling, "routing": routing}, id=f"{name}-{pooling}-{routing}")
    for name in sorted(NETWORKS)
    for pooling in choices_of("pooling")
    for routing in choices_of("routing")
    if name.startswith("dycnn") or routing == "softmax"  # one kernel leaves nothing to choose
]


def build(config: NetworkConfig, kind: dict[str, Any]) -> EmotionNetwork:
    """Build a network, with running statistics as after some training."""
    network = build_network(dataclasses.replace(config, **kind), InputShape(N_FEATURES), N_EMOTIONS)
    for name, buffer in network.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_()
        if name.endswith("running_var"):
            buffer.uniform_(0.5, 2.0)
    return network


def draw_spectrograms(*lengths: int) -> list[Tensor]:
    return [torch.randn(N_FEATURES, length) for length in lengths]


@pytest.mark.parametrize("kind", EVERY_NETWORK)
@pytest.mark.parametrize("extra", [0, 1, 30])
def test_an_utterance_is_answered_as_if_it_were_alone(
    small_config: NetworkConfig, pad_frames: PadFrames, kind: dict[str, Any], extra: int
) -> None:
    network = build(small_config, kind).eval()
    spectrograms = draw_spectrograms(20, 7, 12, 1)

    together = network(*pad_frames(spectrograms, extra))

    for row, spectrogram in enumerate(spectrograms):
        alone = network(*pad_frames([spectrogram]))
        n_frames = alone.frame_attention.shape[1]
        torch.testing.assert_close(together.logits[row], alone.logits[0], atol=1e-5, rtol=0)
        torch.testing.assert_close(together.embedding[row], alone.embedding[0], atol=1e-5, rtol=0)
        torch.testing.assert_close(
            together.frame_attention[row, :n_frames], alone.frame_attention[0], atol=1e-5, rtol=0
        )
        torch.testing.assert_close(
            together.kernel_attention[row], alone.kernel_attention[0], atol=1e-5, rtol=0
        )


@pytest.mark.parametrize("kind", EVERY_NETWORK)
def test_padding_changes_nothing_in_training(
    small_config: NetworkConfig, pad_frames: PadFrames, kind: dict[str, Any]
) -> None:
    network = build(small_config, kind).train()
    spectrograms = draw_spectrograms(20, 7, 12)

    tight = network(*pad_frames(spectrograms)).logits
    loose = network(*pad_frames(spectrograms, 25)).logits

    torch.testing.assert_close(loose, tight, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", EVERY_NETWORK)
def test_gradients_reach_every_parameter(
    small_config: NetworkConfig, pad_frames: PadFrames, kind: dict[str, Any]
) -> None:
    network = build(small_config, kind).train()
    batch = pad_frames(draw_spectrograms(20, 7, 12, 15))

    functional.cross_entropy(network(*batch).logits, torch.tensor([0, 1, 2, 0])).backward()

    idle = {name for name, parameter in network.named_parameters() if not parameter.grad.any()}
    # at the last frame the backward direction has only begun: it remembers nothing yet
    one_step = kind["name"].endswith("bilstm") and kind["pooling"] == "last"
    assert idle == ({"recurrence.backward_lstm.weight_hh_l0"} if one_step else set())


@pytest.mark.parametrize("kind", EVERY_NETWORK)
def test_it_learns_eight_utterances_by_heart(
    small_config: NetworkConfig, pad_frames: PadFrames, kind: dict[str, Any]
) -> None:
    network = build(small_config, kind).train()
    features, lengths = pad_frames(draw_spectrograms(16, 12, 16, 9, 14, 16, 11, 10))
    targets = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1])
    optimiser = torch.optim.Adam(network.parameters(), lr=0.02)
    for _ in range(40):
        optimiser.zero_grad()
        functional.cross_entropy(network(features, lengths).logits, targets).backward()
        optimiser.step()

    assert network(features, lengths).logits.argmax(dim=1).tolist() == targets.tolist()


@pytest.mark.parametrize("kind", EVERY_NETWORK)
def test_a_state_brings_the_same_answers_to_another_network(
    small_config: NetworkConfig, pad_frames: PadFrames, kind: dict[str, Any]
) -> None:
    trained, fresh = build(small_config, kind).eval(), build(small_config, kind).eval()
    batch = pad_frames(draw_spectrograms(9, 5))
    assert not torch.equal(fresh(*batch).logits, trained(*batch).logits)

    fresh.load_state_dict(trained.state_dict())

    assert torch.equal(fresh(*batch).logits, trained(*batch).logits)


@pytest.mark.parametrize("kind", EVERY_NETWORK)
def test_one_frame_is_enough(
    small_config: NetworkConfig, pad_frames: PadFrames, kind: dict[str, Any]
) -> None:
    output = build(small_config, kind).eval()(*pad_frames(draw_spectrograms(1)))

    assert output.logits.shape == (1, N_EMOTIONS)
    assert torch.isfinite(output.logits).all()
    assert output.frame_attention.tolist() == [[1.0]]


@pytest.mark.parametrize("kind", EVERY_NETWORK)
def test_frame_attention_sums_to_one_over_the_true_frames(
    small_config: NetworkConfig, pad_frames: PadFrames, kind: dict[str, Any]
) -> None:
    attention = build(small_config, kind).eval()(*pad_frames(draw_spectrograms(20, 7))).frame_attention

    # strides 2, 1, 2 leave 5 of 20 frames and 2 of 7
    torch.testing.assert_close(attention.sum(dim=1), torch.ones(2))
    assert attention.shape == (2, 5)
    assert not attention[1, 2:].any()


@pytest.mark.parametrize(("name", "shape"), [("dycnn_bilstm", (2, 2, 3)), ("cnn_lstm", (2, 3, 1))])
def test_kernel_attention_has_a_row_for_every_layer_that_chooses(
    small_config: NetworkConfig, pad_frames: PadFrames, name: str, shape: tuple[int, ...]
) -> None:
    attention = build(small_config, {"name": name})(*pad_frames(draw_spectrograms(9, 5))).kernel_attention

    assert attention.shape == shape
    torch.testing.assert_close(attention.sum(dim=2), torch.ones(shape[:2]))


def test_the_features_stay_as_they_were(small_config: NetworkConfig, pad_frames: PadFrames) -> None:
    features, lengths = pad_frames(draw_spectrograms(9, 5))
    before = features.clone()

    build(small_config, {}).train()(features, lengths)

    assert torch.equal(features, before)


def test_dropout_stops_when_answering(small_config: NetworkConfig, pad_frames: PadFrames) -> None:
    network = build(small_config, {"dropout": 0.5})
    batch = pad_frames(draw_spectrograms(9, 5))

    assert not torch.equal(network.train()(*batch).logits, network(*batch).logits)
    assert torch.equal(network.eval()(*batch).logits, network(*batch).logits)


def test_convolutions_are_chained_by_their_channels(small_config: NetworkConfig) -> None:
    shapes = convolution_shapes(small_config, n_spectrograms=1)

    assert [(shape.in_channels, shape.out_channels) for shape in shapes] == [(2, 4), (4, 6), (6, 6)]
    assert [shape.stride for shape in shapes] == [(2, 2), (2, 1), (1, 2)]


def test_only_the_layers_with_the_most_kernels_are_reported() -> None:
    attentions = [torch.ones(2, 1), torch.full((2, 4), 0.25), torch.eye(4)[:2]]

    assert torch.equal(stack_widest(attentions), torch.stack(attentions[1:], dim=1))
