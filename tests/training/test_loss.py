"""What a network is fitted by, beside torch and beside a sum by hand."""

import math

import pytest
import torch
from torch.nn import functional

from prosodyn.training.loss import cross_entropy

VOTES = torch.randn(3, 2, 4, generator=torch.Generator().manual_seed(0))
TARGETS = torch.tensor([[1.0, 0, 0, 0], [0, 0.7, 0.3, 0], [0, 0, 1, 0]])
ALLOWED = torch.tensor([[True, True, False, False], [True, True, True, False], [True] * 4])


@pytest.mark.parametrize("weight", [None, torch.tensor([1.0, 2.0, 0.5, 1.5])])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_where_all_is_allowed_it_is_torchs(weight: torch.Tensor | None, smoothing: float) -> None:
    found = cross_entropy(VOTES, TARGETS, torch.ones(3, 4) > 0, weight, smoothing)

    each = [
        functional.cross_entropy(VOTES[:, vote], TARGETS, weight=weight, label_smoothing=smoothing)
        for vote in range(2)
    ]
    assert float(found) == pytest.approx(float(sum(each)) / 2, abs=1e-6)


@pytest.mark.parametrize("weight", [None, torch.tensor([1.0, 2.0, 0.5, 1.5])])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_what_is_not_allowed_takes_no_part_by_hand(weight: torch.Tensor | None, smoothing: float) -> None:
    found = cross_entropy(VOTES, TARGETS, ALLOWED, weight, smoothing)

    total = 0.0
    for row in range(3):
        here = [emotion for emotion in range(4) if ALLOWED[row, emotion]]
        for vote in range(2):
            logits = VOTES[row, vote].double()
            norm = math.log(sum(math.exp(logits[emotion]) for emotion in here))
            for emotion in here:
                wanted = (1 - smoothing) * float(TARGETS[row, emotion]) + smoothing / len(here)
                factor = 1.0 if weight is None else float(weight[emotion])
                total -= factor * wanted * (float(logits[emotion]) - norm)
    assert float(found) == pytest.approx(total / 6, abs=1e-5)


def test_what_is_not_allowed_learns_nothing() -> None:
    votes = VOTES.clone().requires_grad_()

    cross_entropy(votes, TARGETS, ALLOWED, smoothing=0.1).backward()

    assert votes.grad is not None
    assert not votes.grad.transpose(1, 2)[~ALLOWED].any()
    assert votes.grad.transpose(1, 2)[ALLOWED].all()
