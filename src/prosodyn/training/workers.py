"""Processes that train side by side, and never outlive the one that started them."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

import torch


@contextmanager
def worker_pool(n_processes: int, n_threads: int) -> Iterator[ProcessPoolExecutor]:
    """Start processes for as long as the block lasts.

    An error in the block ends them at once, whatever they are doing; so does
    the death of this process, even by `kill -9`.

    Args:
        n_processes: that work at a time
        n_threads: of each
    """
    others = set(multiprocessing.active_children())
    # fresh processes: a forked one would inherit torch's threads without their owners
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(n_processes, context, initializer=_begin_work, initargs=(n_threads,))
    try:
        yield pool
    except BaseException:
        # waiting for them would be waiting until all of their folds have been trained
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - others:
            process.terminate()
        raise
    pool.shutdown()


@contextmanager
def on_one_thread() -> Iterator[None]:
    """Compute on one thread for as long as the block lasts.

    Sums that several threads divide among them are rounded otherwise: with another number of threads, the
    same training ends with other weights.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def limit_threads(n_threads: int) -> None:
    """Give this process its share of the cores."""
    torch.set_num_threads(n_threads)


def _begin_work(n_threads: int) -> None:
    limit_threads(n_threads)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
