"""How the processes that train together find each other, and what becomes of them where one is lost."""

import contextlib
import datetime
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import NoReturn

import torch
from torch import distributed

from prosodyn.errors import ConfigError, TrainingError
from prosodyn.training.ranks import ALONE, Ranks
from prosodyn.training.steps import choose_device

PLACE = "PROSODYN_MEETING"
"""Variable with the file by which processes meet that `launching` started; others meet as torchrun says."""

RANK, SIZE, LOCAL_RANK, LOCAL_SIZE = "RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE"
"""Variables that tell a process which of how many it is, in all and on its machine, as torchrun sets them."""

PATIENCE = datetime.timedelta(minutes=30)
"""For others: longer than the first of them ever works alone, writing, before all go on."""

GRACE = 30.0
"""Seconds that a process which has lost another waits for whoever started it to end it, and to say why."""


def is_rank() -> bool:
    """Tell whether this process was started as one of several."""
    return RANK in os.environ and size() > 1


def size() -> int:
    """Return how many processes train together."""
    return _number(SIZE, 1)


def local_size() -> int:
    """Return how many of the processes that train together are on this machine."""
    return _number(LOCAL_SIZE, size())


def common_device(name: str, n_here: int) -> str:
    """Return the kind of device that several processes on this machine train on, each on one of its own.

    Args:
        name: `auto`, `cpu` or `cuda`; `auto` takes GPUs where there are enough of them
        n_here: processes on this machine

    Raises:
        ConfigError: another device, or fewer of them than processes
    """
    n_gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if name == "auto":
        return "cuda" if n_gpus >= n_here else "cpu"
    if choose_device(name).type == "mps":
        raise ConfigError("device: 'mps' is one for one process; use '--device cpu', or a single process")
    if name == "cuda" and n_gpus < n_here:
        raise ConfigError(
            f"device: {n_here} processes need a GPU each, and {n_gpus} are here; "
            f"use '--processes {n_gpus}', or '--device cpu'"
        )
    return name


@contextlib.contextmanager
def joined(device: str) -> Iterator[Ranks]:
    """Join the processes that were started together, for as long as the block lasts; mostly one is alone.

    Args:
        device: `cpu` or `cuda`, as `common_device` returned it

    Raises:
        ConfigError: variables that say something else than numbers
        TrainingError: the others do not come, or one of them is lost
    """
    if not is_rank():
        yield ALONE
        return
    ranks = Ranks(_number(RANK, 0), size())
    started_by_us = PLACE in os.environ
    if started_by_us:
        _end_with_parent()
    if device == "cuda":
        torch.cuda.set_device(_number(LOCAL_RANK, 0))
    try:
        _meet(device, ranks)
        yield ranks
        ranks.wait()  # nobody leaves those who are still at work
    except RuntimeError as fault:
        if not _tells_of_others(fault):
            raise
        if started_by_us:
            time.sleep(GRACE)
        raise TrainingError(
            f"training: rank {ranks.rank} of {ranks.size} processes has lost another one, which "
            f"was killed, failed or cannot be reached ({_reason(fault)}); the same command goes on from the "
            "last checkpoint"
        ) from fault
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()


def _meet(device: str, ranks: Ranks) -> None:
    if not distributed.is_available():
        raise TrainingError("training: this build of torch has no distributed training; use one process")
    place = os.environ.get(PLACE)
    if place is None and not {"MASTER_ADDR", "MASTER_PORT"} <= os.environ.keys():
        raise ConfigError(
            f"{SIZE}: says that {ranks.size} processes train together, but not where they meet (MASTER_ADDR, "
            f"MASTER_PORT); start them by torchrun or --processes, or unset {SIZE} and {RANK}"
        )
    # what is on the CPU is exchanged by gloo in either case
    backend = "cpu:gloo,cuda:nccl" if device == "cuda" else "gloo"
    where = "env://" if place is None else f"file://{place}"
    distributed.init_process_group(
        backend, init_method=where, timeout=PATIENCE, world_size=ranks.size, rank=ranks.rank
    )


def _tells_of_others(fault: RuntimeError) -> bool:
    """Tell whether another process cannot be reached; gloo's faults have no class of their own."""
    return isinstance(fault, distributed.DistError) or "gloo" in str(fault).lower()


def _reason(fault: RuntimeError) -> str:
    """Return what a fault says, without the place in torch's sources and what it advises."""
    first = str(fault).splitlines()[0]
    return re.sub(r"^\[[^\]]*\] ", "", first).partition(". ")[0]


def _number(name: str, usual: int) -> int:
    text = os.environ.get(name, str(usual))
    if not text.isdecimal():
        raise ConfigError(f"{name}: expected a whole number, as torchrun sets it, found '{text}'")
    return int(text)


def _end_with_parent() -> None:
    """End by itself, quietly, when the one that started this process has ended, or asks for it."""
    signal.signal(signal.SIGTERM, _leave)
    threading.Thread(target=_wait_for_end_of_input, daemon=True).start()


def _leave(*_: object) -> NoReturn:
    sys.exit(128 + signal.SIGTERM)


def _wait_for_end_of_input() -> None:
    """Read nothing until the parent's end of the pipe closes, which it does even where that is killed."""
    while os.read(0, 1024):
        pass
    os._exit(1)
