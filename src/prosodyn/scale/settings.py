"""How an archive is answered."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from prosodyn.bundle import DEFAULT
from prosodyn.rules import Count, Positive, Rule, check_rules


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """How an archive is answered. The first three are the same for all of its rows, the others may change.

    Attributes:
        model: a recogniser by name, or a bundle's folder
        error_rate: of the answers that are given, how many may be wrong; None for the bundle's own threshold
        shard_size: recordings of a file of results, of which a crash costs one a worker; None for a
            thousand, for fewer where the list is short, or for what was begun with
        n_workers: processes, each on one core and in about 300 MB; zero for one a core
        cluster: address of a Ray cluster that does the work, `auto` for the one of this machine, `local` for
            one that is started for this; None for processes of this machine
        patience: seconds after which a worker that gets nowhere with a file is ended
        retries: answer once more what has failed, also in finished shards
        date: the manifest's own column with the day of a recording, as in `2025-01-31`, for the picture over
            time; None for the order of the list
    """

    model: Path | str = DEFAULT
    error_rate: float | None = None
    shard_size: Annotated[int | None, Rule("at least 1", lambda size: size is None or size >= 1)] = None
    n_workers: Count = 0
    cluster: str | None = None
    patience: Positive = 600.0
    retries: bool = False
    date: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is out of range."""
        check_rules("archive", self)

    @property
    def n_processes(self) -> int:
        """Return how many processes work on this machine."""
        if self.n_workers:
            return self.n_workers
        # a container may be allowed fewer cores than the machine has
        allowed = getattr(os, "sched_getaffinity", None)
        return len(allowed(0)) if allowed else (os.cpu_count() or 1)
