"""Threads that work beside the event loop, in pools: what takes longer gives way to what takes less."""

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from types import MappingProxyType
from typing import Literal, TypeVar

Result = TypeVar("Result")

Pool = Literal["live", "reading", "prompt", "brief", "steady", "patient"]

PATIENCE: Mapping[Pool, int] = MappingProxyType(
    {"live": 0, "reading": 0, "prompt": 1, "brief": 2, "steady": 4, "patient": 10}
)
"""How far each pool gives way, as `nice` counts: pieces of live sound; short recordings, which are read and
then answered; their timelines; longer ones; jobs. With a pool for each, ten minutes of somebody's sound keep
nobody's second waiting."""


class Workers:
    """Threads that read and answer recordings; the engine computes outside of Python's lock.

    Attributes:
        n_busy: threads that are at work
    """

    def __init__(self, n_threads: int) -> None:
        """Start none yet; each starts when it is needed.

        Args:
            n_threads: of each pool, but for jobs, which run one after the other
        """
        self.n_busy = 0
        self._lock = threading.Lock()
        self._pools = {
            name: ThreadPoolExecutor(1 if name == "patient" else n_threads, name, _give_way, (patience,))
            for name, patience in PATIENCE.items()
        }

    async def run(self, pool: Pool, function: Callable[..., Result], *arguments: object) -> Result:
        """Let a thread of a pool work, when its turn comes."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pools[pool], self._work, function, *arguments)

    def close(self) -> None:
        """Begin nothing more; what is under way is not waited for."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)

    def _work(self, function: Callable[..., Result], *arguments: object) -> Result:
        self._count(1)
        try:
            return function(*arguments)
        finally:
            self._count(-1)

    def _count(self, n_more: int) -> None:
        with self._lock:
            self.n_busy += n_more


def _give_way(patience: int) -> None:
    if sys.platform != "linux":  # elsewhere a thread has no priority of its own; nothing else is lost
        return
    with suppress(OSError):  # forbidden
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + patience)
