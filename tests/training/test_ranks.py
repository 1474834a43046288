"""What each of several processes computes of a batch, and what one alone does."""

import pytest
import torch

from prosodyn.errors import TrainingError
from prosodyn.training.ranks import ALONE, Ranks

SIZES = [(1, 1), (1, 5), (2, 2), (2, 7), (3, 8), (4, 32), (3, 1), (5, 4)]


@pytest.mark.parametrize(("n_processes", "n_rows"), SIZES)
def test_every_row_weighs_alike_whoever_computes_it(n_processes: int, n_rows: int) -> None:
    weights = torch.zeros(n_rows, dtype=torch.float64)
    for rank in range(n_processes):
        portion = Ranks(rank, n_processes).portion(n_rows)
        rows = range(n_rows)[portion.rows]
        weights[list(rows)] += portion.weight / len(rows)

    torch.testing.assert_close(weights, torch.full_like(weights, 1 / n_rows))


@pytest.mark.parametrize(("n_processes", "n_rows"), SIZES)
def test_no_process_is_left_without_a_row(n_processes: int, n_rows: int) -> None:
    portions = [Ranks(rank, n_processes).portion(n_rows) for rank in range(n_processes)]

    counts = [len(range(n_rows)[portion.rows]) for portion in portions]
    assert min(counts) >= 1
    assert max(counts) - min(counts) <= 1
    assert sum(count / portion.copies for count, portion in zip(counts, portions, strict=True)) == n_rows


def test_one_alone_computes_all_and_leads() -> None:
    portion = ALONE.portion(9)

    assert (portion.rows, portion.weight, portion.copies) == (slice(0, 9), 1.0, 1)
    assert ALONE.leads
    assert not Ranks(1, 2).leads


def test_one_alone_sends_nothing() -> None:
    tensor = torch.arange(3)

    assert ALONE.total(tensor) is tensor
    assert ALONE.totals({"emotion": 0.5}) == {"emotion": 0.5}
    assert ALONE.exchange([tensor]) == [[tensor]]
    ALONE.wait()
    ALONE.check_alike(3, "differs")


def test_what_differs_between_processes_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ranks, "exchange", lambda _, own: [[torch.tensor(3)], [torch.tensor(4)]])

    with pytest.raises(TrainingError, match="not the same checkpoint"):
        Ranks(0, 2).check_alike(3, "not the same checkpoint")
