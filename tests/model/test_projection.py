"""Features without neighbours, mixed to channels."""

import pytest
import torch

from prosodyn.model.projection import BlockProjection

SIZES = (3, 4, 1)
LENGTHS = torch.tensor([6, 2])


@pytest.fixture
def features() -> torch.Tensor:
    """Draw `(2, 8, 6)` with `LENGTHS` true frames, zero behind them."""
    return torch.randn(2, sum(SIZES), 6) * (torch.arange(6) < LENGTHS[:, None])[:, None, :]


@pytest.fixture
def projection() -> BlockProjection:
    return BlockProjection(SIZES, 5, dropout=0.5).eval()


def test_channels_lie_on_one_band_and_padding_stays_zero(
    projection: BlockProjection, features: torch.Tensor
) -> None:
    channels = projection(features, LENGTHS)

    assert channels.shape == (2, 5, 1, 6)
    assert not channels[1, :, :, 2:].any()


def test_blocks_begin_alike(projection: BlockProjection) -> None:
    assert projection.weights().tolist() == pytest.approx([1.0] * sum(SIZES))


def test_every_feature_has_the_weight_of_its_block(projection: BlockProjection) -> None:
    with torch.no_grad():
        projection.block_scores.copy_(torch.tensor([0.0, 1.0, -1.0]))

    shares = [3 * share for share in torch.softmax(projection.block_scores, dim=0).tolist()]
    expected = [share for share, size in zip(shares, SIZES, strict=True) for _ in range(size)]
    assert projection.weights().tolist() == pytest.approx(expected)


def test_frames_are_mixed_one_by_one(projection: BlockProjection, features: torch.Tensor) -> None:
    together = projection(features, LENGTHS)

    for frame in range(2):
        alone = projection(features[:, :, frame : frame + 1], torch.tensor([1, 1]))
        torch.testing.assert_close(together[:, :, :, frame : frame + 1], alone)


def test_a_feature_is_dropped_over_the_whole_utterance(features: torch.Tensor) -> None:
    projection = BlockProjection(SIZES, 5, dropout=0.5).train()
    seen: list[torch.Tensor] = []
    projection.mix.register_forward_hook(lambda _, inputs, __: seen.append(inputs[0]))

    projection(features[:1], LENGTHS[:1])

    is_kept = seen[0][0] != 0  # (frame, feature)
    assert (is_kept == is_kept[:1]).all()
    assert 0 < is_kept[0].sum() < sum(SIZES)


def test_the_weights_of_the_blocks_learn(projection: BlockProjection, features: torch.Tensor) -> None:
    projection(features, LENGTHS).square().sum().backward()

    assert projection.block_scores.grad is not None
    assert projection.block_scores.grad.any()
