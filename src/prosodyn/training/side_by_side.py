"""Benchmarks of one fold at the same time, as `make demo` runs them."""

import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool

from prosodyn.errors import TrainingError
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.training.benchmark import Benchmark, run_benchmark
from prosodyn.training.cost import measure_costs
from prosodyn.training.journal import EpochReport
from prosodyn.training.watch import watch
from prosodyn.training.workers import worker_pool


def run_side_by_side(
    benchmarks: Sequence[Benchmark], progress: Callable[[str, EpochReport], None] | None = None
) -> list[ResultFile]:
    """Run benchmarks of one fold at the same time, each in a process of one thread.

    Two such processes are faster than one of two threads. What an answer costs is
    measured when all have ended, in turns.

    Args:
        benchmarks: with different folders
        progress: called with the system and its newest epoch

    Raises:
        TrainingError: one of the processes was killed
        ProsodynError: as `run_benchmark`
    """
    try:
        with worker_pool(len(benchmarks), n_threads=1) as pool:
            running = {pool.submit(run_benchmark, benchmark): benchmark for benchmark in benchmarks}
            places = {future: benchmark.tasks()[0].directory for future, benchmark in running.items()}
            for future, epoch in watch(places):
                if epoch is None:
                    future.result()
                elif progress is not None:
                    progress(running[future].experiment.system, epoch)
            results = [future.result() for future in running]
    except BrokenProcessPool as fault:
        raise TrainingError(
            f"{benchmarks[0].directory.parent}: a process was killed, most likely because memory ran out; "
            "end other programs and run it again, finished epochs are kept"
        ) from fault
    n_emotions = max(len(result.scores.labels) for result in results)
    costs = measure_costs([benchmark.settings for benchmark in benchmarks], n_emotions)
    return [dataclasses.replace(result, cost=cost) for result, cost in zip(results, costs, strict=True)]
