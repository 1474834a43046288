"""Threads that work beside the event loop: some for whoever waits, one for what takes long."""

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")

_PATIENCE = 10  # of the thread for what takes long: whoever waits goes before it


class Workers:
    """Threads that read and answer recordings; the engine computes outside of Python's lock."""

    def __init__(self, n_threads: int) -> None:
        """Start none yet; each starts when it is needed."""
        self._prompt = ThreadPoolExecutor(n_threads, "prompt")
        self._patient = ThreadPoolExecutor(1, "patient", initializer=_give_way)

    async def run(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Let a thread work for somebody who waits."""
        return await asyncio.get_running_loop().run_in_executor(self._prompt, function, *arguments)

    async def run_patiently(self, function: Callable[..., Result], *arguments: object) -> Result:
        """Let the thread for what takes long work, when its turn comes."""
        return await asyncio.get_running_loop().run_in_executor(self._patient, function, *arguments)

    def close(self) -> None:
        """Begin nothing more; what is under way is not waited for."""
        for pool in (self._prompt, self._patient):
            pool.shutdown(wait=False, cancel_futures=True)


def _give_way() -> None:
    # a system that knows no priorities of threads, or forbids them, loses nothing but that
    with suppress(AttributeError, OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _PATIENCE)
