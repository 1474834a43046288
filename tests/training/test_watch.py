"""What other processes are doing, as their journals tell."""

from concurrent.futures import Future
from pathlib import Path

import pytest

from prosodyn.training import watch as watching
from prosodyn.training.journal import EpochReport, Journal
from prosodyn.training.watch import watch


def epoch(number: int) -> EpochReport:
    return EpochReport(number, 9, loss=1.0, learning_rate=0.1, seconds=2.0)


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "LOOK_AGAIN", 0.01)


def test_every_new_epoch_is_told_once_and_then_the_end(tmp_path: Path) -> None:
    ended, run = Future[None](), Future[None]()
    ended.set_result(None)
    happenings = watch({ended: tmp_path / "none", run: tmp_path})
    assert next(happenings) == (ended, None)
    for number in (1, 2, 3):
        Journal(tmp_path / "journal.jsonl").append(epoch(number))
        assert next(happenings) == (run, epoch(number))
    run.set_result(None)

    assert list(happenings) == [(run, None)]


def test_what_an_earlier_run_left_is_not_told(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.jsonl").append(epoch(1))
    run: Future[None] = Future()
    run.set_result(None)

    assert list(watch({run: tmp_path})) == [(run, None)]


def test_half_a_line_is_not_read(tmp_path: Path) -> None:
    first, second = Future[None](), Future[None]()
    first.set_result(None)
    happenings = watch({first: tmp_path / "none", second: tmp_path})
    assert next(happenings) == (first, None)
    Journal(tmp_path / "journal.jsonl").append(epoch(1))
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write('{"epoch": 2, "n_ep')
    second.set_result(None)

    assert list(happenings) == [(second, epoch(1)), (second, None)]
