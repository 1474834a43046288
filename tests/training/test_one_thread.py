"""A fold is trained on one thread, wherever that is, so that it ends alike."""

import dataclasses
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
import torch

from prosodyn.comparison.settings import load_comparison
from prosodyn.training import running
from prosodyn.training.benchmark import Benchmark, run_benchmark


def test_folds_are_trained_on_one_thread_each_however_many_are_left(
    benchmark: Benchmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares: list[tuple[int, int]] = []

    @contextmanager
    def counted(n_processes: int, n_threads: int) -> Iterator[ThreadPoolExecutor]:
        shares.append((n_processes, n_threads))
        with ThreadPoolExecutor(n_processes) as pool:
            yield pool

    monkeypatch.setattr("prosodyn.training.running.worker_pool", counted)
    monkeypatch.setattr("prosodyn.training.running.os.cpu_count", lambda: 16)
    run_benchmark(dataclasses.replace(benchmark, experiment=load_comparison("tree"), n_processes=0))

    assert shares == [(2, 1)]


def test_a_fold_that_is_trained_here_has_one_thread_too(
    benchmark: Benchmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []
    taught = running.run_fold

    def counted(*arguments: Any) -> Any:
        threads.append(torch.get_num_threads())
        return taught(*arguments)

    monkeypatch.setattr(running, "run_fold", counted)
    torch.set_num_threads(2)
    run_benchmark(dataclasses.replace(benchmark, experiment=load_comparison("tree"), n_processes=1))

    assert set(threads) == {1}
    assert torch.get_num_threads() == 2
