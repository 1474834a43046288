"""Table 1 of the seed paper, cell by cell: which results there are, and how the others come about."""

import json
import shlex
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prosodyn.evaluation.protocols import find_protocol
from prosodyn.evaluation.result_file import ResultFile, read_result, write_result
from prosodyn.training.experiment import load_experiment
from prosodyn.training.journal import EpochReport
from prosodyn.types import Utterance

if TYPE_CHECKING:  # torch is loaded when something is run, not when the table is printed
    from prosodyn.training.benchmark import Benchmark, FoldReport

SYSTEMS = ("cnn_lstm", "dycnn_bilstm")

LOOK_AGAIN = 0.5
"""Seconds between two looks at the journals of other processes."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of the table: a system on a corpus, by a recipe, under a protocol.

    Attributes:
        corpus: name
        system: name of the network
        recipe: a shipped experiment, or the path of a TOML file
        protocol: see `evaluation.protocols`
    """

    corpus: str
    system: str
    recipe: str
    protocol: str

    @property
    def name(self) -> str:
        """Return the name of its result file, without the ending, and of the folder of its run."""
        return f"{self.corpus}-{self.system}-{Path(self.recipe).stem}-{self.protocol}"


@dataclass(frozen=True, slots=True)
class Workbench:
    """Where and how cells are run.

    Attributes:
        results: folder of the result files
        runs: folder of the runs, in which finished folds are kept
        n_folds: how many folds of each cell are wanted; zero for all
        device: that trains
        n_processes: folds at a time; zero for one a core
    """

    results: Path
    runs: Path
    n_folds: int = 0
    device: str = "cpu"
    n_processes: int = 0


def plan(
    corpora: Iterable[str], protocols: Iterable[str], recipes: Iterable[str], systems: Iterable[str]
) -> tuple[Cell, ...]:
    """List the cells of every combination, each once.

    IEMOCAP is divided by session where others are divided by speaker, because its two
    speakers of a session talk to each other.

    Raises:
        EvaluationError: an unknown protocol
    """
    protocols = [find_protocol(protocol).name for protocol in protocols]
    systems, recipes = list(systems), list(recipes)
    cells = (
        Cell(corpus, system, recipe, _protocol_of(corpus, protocol))
        for corpus in corpora
        for recipe in recipes
        for protocol in protocols
        for system in systems
    )
    return tuple(dict.fromkeys(cells))


def read_kept(cell: Cell, bench: Workbench) -> ResultFile | None:
    """Return the result that a cell has; None where it has none.

    Raises:
        EvaluationError: the file is not a result
    """
    path = _result_path(cell, bench)
    return read_result(path) if path.exists() else None


def is_wanting(kept: ResultFile | None, n_folds: int) -> bool:
    """Tell whether folds have to be run for a cell to hold as many as are wanted (zero for all)."""
    if kept is None:
        return True
    return kept.run.folds_done < min(n_folds or kept.run.folds_total, kept.run.folds_total)


def run_cell(
    cell: Cell,
    utterances: tuple[Utterance, ...],
    bench: Workbench,
    progress: "Callable[[FoldReport], None] | None" = None,
) -> ResultFile:
    """Run what a cell lacks, and write its result.

    Raises:
        ConfigError: an unknown recipe or system
        ProsodynError: as `run_benchmark`
    """
    from prosodyn.training.benchmark import Benchmark, run_benchmark

    benchmark = Benchmark(
        experiment=load_experiment(cell.recipe, cell.system),
        corpus=cell.corpus,
        protocol=cell.protocol,
        utterances=utterances,
        directory=bench.runs / cell.name,
        command=_command(cell, bench.n_folds),
        n_folds=bench.n_folds,
        device=bench.device,
        n_processes=bench.n_processes,
    )
    result = run_benchmark(benchmark, progress)
    write_result(result, _result_path(cell, bench))
    return result


def run_side_by_side(
    benchmarks: "Sequence[Benchmark]", progress: Callable[[str, EpochReport], None] | None = None
) -> list[ResultFile]:
    """Run benchmarks of one fold at the same time, each in a process of one thread.

    Two such processes are faster than one of two threads.

    Args:
        benchmarks: with different folders
        progress: called with the system and its newest epoch

    Raises:
        ProsodynError: as `run_benchmark`
    """
    from prosodyn.training.benchmark import run_benchmark
    from prosodyn.training.workers import worker_pool

    with worker_pool(len(benchmarks), n_threads=1) as pool:
        running = [pool.submit(run_benchmark, benchmark) for benchmark in benchmarks]
        waiting = set(running)
        while waiting:
            done, waiting = wait(waiting, LOOK_AGAIN, FIRST_COMPLETED)
            for future in done:
                future.result()
            for benchmark in benchmarks:
                newest = _newest_epoch(benchmark.directory)
                if progress is not None and newest is not None:
                    progress(benchmark.experiment.network.name, newest)
        return [future.result() for future in running]


def _protocol_of(corpus: str, protocol: str) -> str:
    return "leave_one_session_out" if (corpus, protocol) == ("iemocap", "loso") else protocol


def _result_path(cell: Cell, bench: Workbench) -> Path:
    return bench.results / f"{cell.name}.json"


def _command(cell: Cell, n_folds: int) -> str:
    words = ["prosodyn", "evaluate", cell.corpus, "--protocol", cell.protocol]
    words += ["--experiment", cell.recipe, "--system", cell.system]
    return shlex.join([*words, *(["--folds", str(n_folds)] if n_folds else [])])


def _newest_epoch(directory: Path) -> EpochReport | None:
    """Read what the journal of another process says last."""
    for journal in directory.glob("*/journal.jsonl"):
        lines = journal.read_text(encoding="utf-8").splitlines()
        whole = [line for line in lines if line.endswith("}")]
        if whole:
            return EpochReport(**json.loads(whole[-1]))
    return None
