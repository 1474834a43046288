"""Normalisation by what was seen so far."""

import torch

from prosodyn.features.normalise import OUTLIER
from prosodyn.model.running_norm import SLOWEST, RunningNorm

LENGTHS = torch.tensor([9, 5])


def batch() -> torch.Tensor:
    x = 3.0 * torch.randn(2, 4, 9) + 2.0
    x[1, :, 5:] = 0.0
    return x


def true_frames(x: torch.Tensor) -> torch.Tensor:
    return torch.cat([x[0], x[1, :, :5]], dim=1)


def test_the_first_batch_is_normalised_by_itself() -> None:
    norm, x = RunningNorm(4), batch()

    y = true_frames(norm(x, LENGTHS))

    torch.testing.assert_close(y.mean(dim=1), torch.zeros(4), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.std(dim=1, correction=0), torch.ones(4), atol=1e-4, rtol=0)


def test_the_first_batches_weigh_alike_and_later_ones_a_hundredth() -> None:
    norm, batches = RunningNorm(4), [batch() for _ in range(3)]
    for x in batches:
        norm(x, LENGTHS)
    means = torch.stack([true_frames(x).mean(dim=1) for x in batches])
    torch.testing.assert_close(norm.mean, means.mean(dim=0))

    norm.n_batches.fill_(1000)
    before, x = norm.mean.clone(), batch()
    norm(x, LENGTHS)

    expected = torch.lerp(before, true_frames(x).mean(dim=1), SLOWEST)
    torch.testing.assert_close(norm.mean, expected)


def test_padding_stays_zero_and_changes_nothing() -> None:
    norm, x = RunningNorm(4), batch()
    norm(x, LENGTHS)
    norm.eval()

    y, longer = norm(x, LENGTHS), norm(torch.nn.functional.pad(x, (0, 3)), LENGTHS)

    assert not y[1, :, 5:].any()
    assert torch.equal(longer[:, :, :9], y)


def test_nothing_is_seen_in_evaluation() -> None:
    norm = RunningNorm(4).eval()

    norm(batch(), LENGTHS)

    assert int(norm.n_batches) == 0
    assert not norm.mean.any()


def test_outliers_are_drawn_in() -> None:
    norm = RunningNorm(1).eval()

    y = norm(torch.tensor([[[100.0, -100.0]]]), torch.tensor([2]))

    assert y.flatten().tolist() == [OUTLIER, -OUTLIER]
