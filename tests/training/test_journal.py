"""The journal tells each epoch once."""

import json
from pathlib import Path

import pytest

from prosodyn.training.journal import EpochReport, Journal


def report(epoch: int) -> EpochReport:
    return EpochReport(epoch, n_epochs=5, loss=0.5, learning_rate=0.01, seconds=1.25, validation_ua=0.75)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a journal of three epochs."""
    path = tmp_path / "journal.jsonl"
    for epoch in (1, 2, 3):
        Journal(path).append(report(epoch))
    return path


def epochs_in(path: Path) -> list[int]:
    return [json.loads(line)["epoch"] for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_is_an_epoch(path: Path) -> None:
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[1]) == {
        "epoch": 2,
        "n_epochs": 5,
        "loss": 0.5,
        "learning_rate": 0.01,
        "seconds": 1.25,
        "validation_ua": 0.75,
    }


@pytest.mark.parametrize(("epoch", "kept"), [(0, []), (1, [1]), (2, [1, 2]), (3, [1, 2, 3]), (9, [1, 2, 3])])
def test_rewinding_forgets_later_epochs(path: Path, epoch: int, kept: list[int]) -> None:
    Journal(path).rewind(epoch)

    assert epochs_in(path) == kept


@pytest.mark.parametrize(
    "half", ['{"epoch": 4, "n_ep', "{", '{"epoch": 4, "loss": 0.5, "validation_ua": null']
)
def test_rewinding_forgets_the_half_line_of_a_killed_run(path: Path, half: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(half)

    Journal(path).rewind(3)

    assert epochs_in(path) == [1, 2, 3]


def test_a_rewound_journal_goes_on(path: Path) -> None:
    journal = Journal(path)

    journal.rewind(1)
    journal.append(report(2))

    assert epochs_in(path) == [1, 2]


def test_a_new_run_has_nothing_to_rewind(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.jsonl").rewind(0)

    assert list(tmp_path.iterdir()) == []


def test_a_journal_without_a_file_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    journal = Journal(None)

    journal.rewind(0)
    journal.append(report(1))

    assert list(tmp_path.iterdir()) == []
