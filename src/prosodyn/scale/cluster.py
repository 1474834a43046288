"""Workers on a Ray cluster: the same work on the same files, handed out by Ray Data.

The numbers of the shards are Ray's data set, and each of its actors answers them as a worker of this machine
does. An actor that dies is started again by Ray, and its shard done again. What counts is the files: so a run
that was begun on one machine can be ended on a cluster, and the other way round.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from types import ModuleType
from typing import Any, cast

from prosodyn.errors import ConfigError, MissingExtraError
from prosodyn.scale.shard import Task, Worker
from prosodyn.scale.steps import Fault, Step, Steps, error_of, fault_of, megabytes_held

LOCAL = "local"
"""The address of a cluster that is started for the run, on this machine alone."""

BLOCKS = 10_000
"""Pieces of work that Ray keeps account of at most; each is one shard or a few."""


def run_on_cluster(task: Task, shards: list[int], address: str, n_workers: int) -> Steps:
    """Have shards answered by the actors of a Ray cluster.

    Args:
        task: of the run; its folder must lie on a disk that all nodes share
        shards: numbers of the shards
        address: of the cluster, `auto` or `local`
        n_workers: actors, each on one core; zero for all cores that the cluster has

    Yields:
        a step for each finished shard

    Raises:
        ProsodynError: what ends the run, such as a full disk
        ConfigError: the cluster cannot be reached, or cannot do the work
        MissingExtraError: Ray is not installed
    """
    ray = _import_ray()
    with _connected(ray, address, n_workers):
        n_actors = n_workers or int(ray.cluster_resources().get("CPU", 1))
        numbers = ray.data.from_items(
            [{"shard": shard} for shard in shards], override_num_blocks=min(len(shards), BLOCKS)
        )
        answered = numbers.map_batches(
            Actor,
            fn_constructor_args=(task,),
            compute=ray.data.ActorPoolStrategy(size=min(n_actors, len(shards))),
            batch_size=1,
            num_cpus=1,
        )
        batches = iter(answered.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0))
        try:
            # closed before the connection: a thread of Ray's that finds it gone ends the whole process
            with closing(batches):
                for batch in batches:
                    yield from map(_step, batch.to_pylist())
        except ray.exceptions.RayError as fault:
            raise ConfigError(
                f"{address}: {_last_line(fault)}; see to it that every node has this version of prosodyn, "
                "and look into Ray's logs"
            ) from fault


class Actor:
    """A worker as Ray Data calls it; its answer tells what it meets, since Ray would wrap what is raised."""

    def __init__(self, task: Task) -> None:
        """Take the work; the recogniser is loaded with the first shard."""
        self._task = task
        self._worker: Worker | None = None

    def __call__(self, batch: Mapping[str, Any]) -> Mapping[str, list[Any]]:
        """Answer shards.

        Args:
            batch: holds `shard`, their numbers
        """
        fault: Fault | None = None
        answered: list[int] = []
        numbers = [int(number) for number in batch["shard"]]
        try:
            self._worker = self._worker or Worker(self._task)
            answered = [self._worker.answer(number, lambda _: None) for number in numbers]
        except Exception as error:  # noqa: BLE001 (it is raised where it is heard)
            fault = fault_of(error)
        n = len(numbers)
        return {
            "shard": numbers,
            "n_rows": answered or [0] * n,
            "megabytes": [megabytes_held() or 0.0] * n,
            "fault": ["" if fault is None else fault.name] * n,
            "told": [[] if fault is None else list(fault.told)] * n,
        }


def _step(row: Mapping[str, Any]) -> Step:
    told = tuple(map(str, row["told"]))
    if told:
        raise error_of(Fault(row["fault"], told))
    return Step(int(row["shard"]), int(row["n_rows"]), True, float(row["megabytes"]) or None)


@contextmanager
def _connected(ray: ModuleType, address: str, n_workers: int) -> Iterator[None]:
    """Be connected to a cluster as long as the block lasts; a connection that is there already is kept."""
    if ray.is_initialized():
        yield
        return
    own = {"num_cpus": n_workers or None, "include_dashboard": False} if address == LOCAL else {}
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.CRITICAL, **own)
    except (ConnectionError, RuntimeError, ValueError) as fault:
        raise ConfigError(
            f"{address}: no Ray cluster can be reached there: {_last_line(fault)}; start one by 'ray start', "
            "or take 'local'"
        ) from fault
    try:
        yield
    finally:
        ray.shutdown()


def _import_ray() -> ModuleType:
    """Load Ray, told before that nothing is to be sent, and quiet."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.data
    except ImportError as fault:
        raise MissingExtraError("ray", "scale", "working on a cluster") from fault
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    ray.data.DataContext.get_current().enable_progress_bars = False
    return cast(ModuleType, ray)


def _last_line(fault: BaseException) -> str:
    lines = [line.strip() for line in str(fault).splitlines() if line.strip()]
    return lines[-1] if lines else type(fault).__name__
