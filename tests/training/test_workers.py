"""Processes that train side by side."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from prosodyn.training.workers import worker_pool

PARENT = """
import os, time
from prosodyn.training.workers import worker_pool

if __name__ == "__main__":
    with worker_pool(1, n_threads=1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 120).result()
"""


def is_alive(process: int) -> bool:
    state = Path(f"/proc/{process}/stat")
    return state.exists() and state.read_text().split(") ")[1][0] != "Z"


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks for processes in /proc")
def test_a_worker_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        os.kill(parent.pid, signal.SIGKILL)

    deadline = time.monotonic() + 20
    while is_alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(worker)


def test_an_error_ends_workers_that_are_busy() -> None:
    started = time.monotonic()

    with pytest.raises(RuntimeError, match="enough"), worker_pool(1, n_threads=1) as pool:  # noqa: PT012
        pool.submit(time.sleep, 120)
        raise RuntimeError("enough")
    assert time.monotonic() - started < 60


def test_a_worker_has_its_share_of_the_cores() -> None:
    with worker_pool(1, n_threads=1) as pool:
        assert pool.submit(torch.get_num_threads).result() == 1


def test_an_error_leaves_the_callers_other_processes_alone() -> None:
    other = multiprocessing.get_context("spawn").Process(target=time.sleep, args=(120,))
    other.start()
    try:
        with pytest.raises(RuntimeError, match="enough"), worker_pool(1, n_threads=1) as pool:  # noqa: PT012
            pool.submit(os.getpid).result()
            raise RuntimeError("enough")
        other.join(0.5)
        assert other.is_alive()
    finally:
        other.kill()
        other.join()
