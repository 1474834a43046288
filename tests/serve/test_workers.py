"""Pools of threads: what takes longer gives way, and keeps nobody else waiting."""

import asyncio
import os
import sys
import threading

import pytest

from prosodyn.serve.workers import PATIENCE, Pool, Workers


def priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux alone")
def test_each_pool_gives_way_as_far_as_it_says() -> None:
    async def ask() -> dict[Pool, int]:
        workers = Workers(1)
        found = {pool: await workers.run(pool, priority) for pool in PATIENCE}
        workers.close()
        return found

    own = priority()
    expected = {pool: min(19, own + patience) for pool, patience in PATIENCE.items()}
    assert asyncio.run(ask()) == expected
    assert priority() == own


def test_a_pool_that_is_full_keeps_no_other_waiting() -> None:
    async def ask() -> list[str]:
        workers, gate = Workers(1), threading.Event()
        stuck = asyncio.create_task(workers.run("steady", gate.wait))
        behind = asyncio.create_task(workers.run("steady", str, "behind"))
        answers = [await workers.run(pool, str, pool) for pool in PATIENCE if pool != "steady"]
        assert not behind.done()
        gate.set()
        await stuck
        answers.append(await behind)
        workers.close()
        return answers

    assert asyncio.run(ask())[-1] == "behind"


def test_jobs_run_one_after_the_other() -> None:
    async def ask() -> int:
        workers, n_at_once, most = Workers(4), 0, 0
        lock = threading.Lock()

        def work() -> None:
            nonlocal n_at_once, most
            with lock:
                n_at_once += 1
                most = max(most, n_at_once)
            threading.Event().wait(0.01)
            with lock:
                n_at_once -= 1

        await asyncio.gather(*(workers.run("patient", work) for _ in range(6)))
        workers.close()
        return most

    assert asyncio.run(ask()) == 1
