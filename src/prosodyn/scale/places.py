"""Where everything lies in the folder of an archive's results."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PART_SHARDS = 1000
"""Shards whose recordings are listed in one file; each of them is a row group there."""


@dataclass(frozen=True, slots=True)
class Places:
    """The names of all that is written.

    Attributes:
        folder: of the results
    """

    folder: Path

    @property
    def plan(self) -> Path:
        """Return the file that says what the run is about."""
        return self.folder / "plan.json"

    @property
    def lock(self) -> Path:
        """Return the file that one run at a time holds."""
        return self.folder / "lock"

    @property
    def lists(self) -> Path:
        """Return the folder of the lists of recordings."""
        return self.folder / "list"

    @property
    def shards(self) -> Path:
        """Return the folder of the answers, which holds finished shards and nothing else for long."""
        return self.folder / "shards"

    @property
    def notes(self) -> Path:
        """Return the folder of what is being read now."""
        return self.folder / "notes"

    @property
    def summary(self) -> Path:
        """Return the file of counts."""
        return self.folder / "summary.json"

    @property
    def failed(self) -> Path:
        """Return the list of recordings without an answer."""
        return self.folder / "failed.csv"

    @property
    def plot(self) -> Path:
        """Return the picture of emotions over time."""
        return self.folder / "over-time.png"

    def part(self, number: int) -> Path:
        """Return the list that holds `PART_SHARDS` shards from that multiple on."""
        return self.lists / f"part-{number:06d}.parquet"

    def shard(self, number: int) -> Path:
        """Return the file that exists when a shard is done."""
        return self.shards / f"shard-{number:06d}.parquet"

    def note(self, number: int) -> Path:
        """Return the file that says what is being read of a shard."""
        return self.notes / f"shard-{number:06d}"

    def finished(self) -> Iterator[int]:
        """Yield the numbers of the shards that are done, in no order."""
        for path in self.shards.glob("shard-*.parquet"):
            digits = path.stem.removeprefix("shard-")
            if digits.isdecimal():
                yield int(digits)
