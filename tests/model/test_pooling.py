"""From frames to an utterance."""

import numpy as np
import pytest
import torch
from torch import Tensor

from prosodyn.features.functional import length_mask
from prosodyn.model.pooling import (
    SMALLEST_VARIANCE,
    AttentivePooling,
    build_pooling,
    pool_mean,
    pool_statistics,
)

LENGTHS = torch.tensor([4, 7, 1])
NAMES = ["attentive", "mean", "last", "statistics", "attentive_statistics"]


@pytest.fixture
def frames() -> Tensor:
    """Draw frames that are anything but zero on padding, as those of an LSTM are."""
    return torch.randn(3, 7, 5)


@pytest.mark.parametrize("name", NAMES)
def test_weights_sum_to_one(frames: Tensor, name: str) -> None:
    torch.testing.assert_close(build_pooling(name, 5)(frames, LENGTHS).sum(dim=1), torch.ones(3))


@pytest.mark.parametrize("name", NAMES)
def test_weights_are_zero_on_padding(frames: Tensor, name: str) -> None:
    assert not build_pooling(name, 5)(frames, LENGTHS)[~length_mask(LENGTHS, 7)].any()


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_on_padding_does_not_matter(frames: Tensor, name: str) -> None:
    pooling = build_pooling(name, 5)
    other = torch.where(length_mask(LENGTHS, 7)[:, :, None], frames, 100 * torch.randn_like(frames))

    torch.testing.assert_close(pooling(other, LENGTHS), pooling(frames, LENGTHS))


def test_the_mean_weighs_all_true_frames_alike(frames: Tensor) -> None:
    embedding = pool_mean(frames, build_pooling("mean", 5)(frames, LENGTHS))

    expected = [row[:length].mean(dim=0) for row, length in zip(frames, LENGTHS, strict=True)]
    torch.testing.assert_close(embedding, torch.stack(expected))


def test_last_is_the_last_true_frame(frames: Tensor) -> None:
    embedding = pool_mean(frames, build_pooling("last", 5)(frames, LENGTHS))

    assert torch.equal(embedding, torch.stack([frames[0, 3], frames[1, 6], frames[2, 0]]))


def test_attentive_weights_by_hand(frames: Tensor) -> None:
    pooling = build_pooling("attentive", 5)
    assert isinstance(pooling, AttentivePooling)

    weights = pooling(frames, LENGTHS).detach()

    state = {name: tensor.double().numpy() for name, tensor in pooling.state_dict().items()}
    for row, length in enumerate(LENGTHS.tolist()):
        true = frames[row, :length].double().numpy()
        hidden = np.tanh(true @ state["project.weight"].T + state["project.bias"])
        scores = np.exp(hidden @ state["score.weight"][0])
        np.testing.assert_allclose(weights[row, :length], scores / scores.sum(), atol=1e-6)


def test_frames_are_summed_by_their_weights(frames: Tensor) -> None:
    weights = torch.rand(3, 7)

    embedding = pool_mean(frames, weights)

    for row in range(3):
        expected = sum(weights[row, frame] * frames[row, frame] for frame in range(7))
        torch.testing.assert_close(embedding[row], expected, atol=1e-5, rtol=0)


def test_statistics_are_mean_and_deviation_of_the_true_frames(frames: Tensor) -> None:
    embedding = pool_statistics(frames, build_pooling("statistics", 5)(frames, LENGTHS))

    for row, length in enumerate(LENGTHS.tolist()):
        true = frames[row, :length].double().numpy()
        deviation = np.sqrt(true.var(axis=0) + SMALLEST_VARIANCE)
        np.testing.assert_allclose(embedding[row], np.concatenate([true.mean(axis=0), deviation]), atol=1e-5)


def test_the_deviation_of_a_single_frame_has_a_finite_slope(frames: Tensor) -> None:
    frames.requires_grad_()

    pool_statistics(frames, build_pooling("statistics", 5)(frames, LENGTHS)).sum().backward()

    assert frames.grad is not None
    assert frames.grad.isfinite().all()
