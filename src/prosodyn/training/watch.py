"""What other processes are doing, as the journals of their runs tell."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import TypeVar

from prosodyn.training.journal import EpochReport

T = TypeVar("T")

LOOK_AGAIN = 0.5
"""Seconds between two looks at the journals."""


def watch(running: Mapping[Future[T], Path]) -> Iterator[tuple[Future[T], EpochReport | None]]:
    """Yield what happens until all runs have ended: a run's newest epoch, or None as its end.

    What a journal holds from an earlier run is not told again.

    Args:
        running: runs in other processes, and the directory of each
    """
    told = {future: _newest_epoch(directory) for future, directory in running.items()}
    waiting = set(running)
    while waiting:
        ended, still_waiting = wait(waiting, LOOK_AGAIN, FIRST_COMPLETED)
        for future in waiting:
            newest = _newest_epoch(running[future])
            if newest is not None and newest != told[future]:
                told[future] = newest
                yield future, newest
        for future in ended:
            yield future, None
        waiting = still_waiting


def _newest_epoch(directory: Path) -> EpochReport | None:
    journal = directory / "journal.jsonl"
    if not journal.exists():
        return None
    # the last line may be half written
    whole = [line for line in journal.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    return EpochReport(**json.loads(whole[-1])) if whole else None
