"""Workers on this machine: processes that are replaced when they die, and die with the one that started them.

Each has one shard at a time and a pipe of its own, so that a death is known to be of that shard and disturbs
no other.
"""

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from typing import Any

from prosodyn.errors import ConfigError
from prosodyn.scale.shard import Task, Worker
from prosodyn.scale.steps import Fault, Step, Steps, error_of, fault_of, megabytes_held

STILLBORN = 3
"""Workers in a row that may die before they are ready."""

LAST_WAIT = 10.0
"""Seconds that are given to a killed process to be gone."""

BREATH = 0.5
"""Seconds between two reports of a worker, and the longest that nothing is heard of the run."""


def run_locally(task: Task, shards: Iterable[int], n_workers: int) -> Steps:
    """Have shards answered by processes of this machine.

    Args:
        task: of the run
        shards: numbers of the shards
        n_workers: processes

    Yields:
        what happens, as it happens; None where nothing has happened for a while

    Raises:
        ProsodynError: what ends the run, such as a full disk; all workers are then stopped
        ConfigError: workers die before they begin
    """
    waiting = deque(shards)
    hands = [_Hand(task, waiting.popleft()) for _ in range(min(n_workers, len(waiting)))]
    n_stillborn = 0
    try:
        while any(hand.shard is not None for hand in hands):
            ready = wait([hand.connection for hand in hands if hand.shard is not None], BREATH)
            if not ready:
                yield None
            for place, hand in enumerate(hands):
                if hand.connection not in ready or hand.shard is None:
                    continue
                shard, heard = hand.shard, hand.hear()
                n_stillborn = 0 if hand.is_ready else n_stillborn + (heard is None)
                if heard is None:
                    if n_stillborn == STILLBORN:
                        raise ConfigError(f"{n_stillborn} workers died before they began; take fewer workers")
                    hand.end()
                    hands[place] = _Hand(task, shard)
                    heard = Step(shard, has_died=True)
                elif heard.is_done and waiting:
                    hand.give(waiting.popleft())
                yield heard
    finally:
        for hand in hands:
            hand.end()


class _Hand:
    """A worker, seen from outside."""

    def __init__(self, task: Task, shard: int) -> None:
        """Start a process, and give it its first shard."""
        # a fresh process: a forked one would inherit threads without their owners
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, task), daemon=True)
        with _one_thread():
            self._process.start()
        theirs.close()
        self.is_ready = False
        self.shard: int | None = None
        self.give(shard)

    def give(self, shard: int) -> None:
        """Hand out a shard; whether the process is still there is found out when it is heard."""
        self.shard = shard
        with suppress(OSError):
            self.connection.send(shard)

    def hear(self) -> Step | None:
        """Return what the process says; None where it has died.

        Raises:
            ProsodynError: that it has met
        """
        try:
            heard: Step | Fault = self.connection.recv()
        except (EOFError, OSError):
            return None
        if isinstance(heard, Fault):
            raise error_of(heard)
        self.is_ready = True
        if heard.is_done:
            self.shard = None
        return heard

    def end(self) -> None:
        """Stop the process at once, whatever it is doing."""
        self._process.kill()
        self._process.join(LAST_WAIT)  # one that hangs in a dead disk would never end
        self.connection.close()


def work(connection: Any, task: Task) -> None:
    """Answer shards as they are handed out, in a process of its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever has started it decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        worker = Worker(task)
        while True:
            shard: int = connection.recv()
            n_rows = worker.answer(shard, _Reporter(connection, shard))
            connection.send(Step(shard, n_rows, is_done=True, megabytes=megabytes_held()))
    except (EOFError, ConnectionError):
        return  # nobody is there to hear
    except Exception as fault:  # noqa: BLE001 (it is told, and raised where it is heard)
        connection.send(fault_of(fault))


class _Reporter:
    """Tells now and then how many rows of a shard are ready."""

    def __init__(self, connection: "Connection[Any, Any]", shard: int) -> None:
        self._connection, self._shard = connection, shard
        self._told = 0.0

    def __call__(self, n_rows: int) -> None:
        if time.monotonic() - self._told > BREATH:
            self._told = time.monotonic()
            self._connection.send(Step(self._shard, n_rows))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Have processes that are started here compute on one thread each, whatever library they use."""
    name = "OMP_NUM_THREADS"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
