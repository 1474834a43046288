"""Where a training happens, and with whom."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from prosodyn.training.hearing import HeardUtterance
from prosodyn.training.journal import EpochReport
from prosodyn.training.ranks import ALONE, Ranks

Progress = Callable[[EpochReport], None]
Listening = Callable[[int, int], None]
Memory = dict[str, HeardUtterance]


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run happens and what it leaves there.

    Attributes:
        device: that computes
        directory: for checkpoint and journal; None keeps neither
        fingerprint: of settings and training side, so that no other run's checkpoint is taken up
        progress: called after each epoch
        listening: called before, with how many utterances have been heard, and how many there are
        ranks: the processes that train together; the first alone keeps files and reports
        memory: keeps what has been heard for other trainings that hear alike; None: each hears for itself
    """

    device: torch.device
    directory: Path | None = None
    fingerprint: str = ""
    progress: Progress | None = None
    listening: Listening | None = None
    ranks: Ranks = ALONE
    memory: Memory | None = None

    @property
    def keeps(self) -> Path | None:
        """Return the directory, where it is this process that keeps files in it; else None."""
        return self.directory if self.ranks.leads else None
