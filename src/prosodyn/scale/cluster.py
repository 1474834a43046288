"""Workers on a Ray cluster."""

from collections.abc import Iterator

from prosodyn.scale.shard import Task
from prosodyn.scale.steps import Step


def run_on_cluster(task: Task, shards: list[int], address: str, n_workers: int) -> Iterator[Step | None]:
    """Run."""
    raise NotImplementedError
