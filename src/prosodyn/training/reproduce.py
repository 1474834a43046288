"""The cells of tables, one by one: which results there are, and how the others come about."""

import dataclasses
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prosodyn.evaluation.outcome import Answers, Outcome, gather, together
from prosodyn.evaluation.paired import Paired, compare
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.evaluation.result_file import ResultFile, read_result, write_result
from prosodyn.evaluation.scores import Scores, score
from prosodyn.training.cells import Cell
from prosodyn.training.experiment import Settings, fold_settings, load_settings
from prosodyn.training.identity import settings_digest
from prosodyn.types import Utterance

if TYPE_CHECKING:  # torch is loaded when something is run, not when the table is printed
    from prosodyn.training.benchmark import Benchmark
    from prosodyn.training.running import FoldReport

SYSTEMS = ("cnn_lstm", "dycnn_bilstm")


@dataclass(frozen=True, slots=True)
class Workbench:
    """Where and how cells are run.

    Attributes:
        results: folder of the result files
        runs: folder of the runs, in which finished folds are kept
        n_folds: how many folds of each cell are wanted; zero for all
        device: that trains
        n_processes: folds at a time; zero for one a core
        seeds: that each cell shall be trained with; empty for the recipe's own
    """

    results: Path
    runs: Path
    n_folds: int = 0
    device: str = "cpu"
    n_processes: int = 0
    seeds: tuple[int, ...] = ()


def read_kept(cell: Cell, bench: Workbench) -> ResultFile | None:
    """Return the result that a cell has; None where it has none, or one of other settings.

    Raises:
        ConfigError: an unknown recipe or system
        EvaluationError: the file is not a result
    """
    path = _result_path(cell, bench)
    if not path.exists():
        return None
    kept = read_result(path)
    return kept if kept.run.settings_sha256 == settings_digest(_settings(cell)) else None


def is_wanting(kept: ResultFile | None, bench: Workbench) -> bool:
    """Tell whether folds have to be run for a cell to hold as many, and as many seeds, as are wanted."""
    if kept is None or not set(bench.seeds) <= set(kept.scores.seeds):
        return True
    return kept.run.folds_done < min(bench.n_folds or kept.run.folds_total, kept.run.folds_total)


def run_cell(
    cell: Cell,
    utterances: tuple[Utterance, ...],
    bench: Workbench,
    progress: "Callable[[FoldReport], None] | None" = None,
    listening: Callable[[int, int], None] | None = None,
) -> ResultFile:
    """Run what a cell lacks, and write its result: of every seed by itself, and of all of them together.

    What an answer costs is measured again for all systems of the cell's recipe
    and protocol, together, and written to the result of each.

    Raises:
        ConfigError: an unknown recipe or system
        TrainingError: the folder of the run holds folds of other settings
        ProsodynError: as `run_benchmark`
    """
    from prosodyn.training.benchmark import run_benchmark
    from prosodyn.training.leaky import run_leaky_benchmark

    run = run_leaky_benchmark if cell.selected_on_test else run_benchmark
    benchmark = _benchmark(cell, utterances, bench)
    result = run(benchmark, progress, listening)
    if not cell.selected_on_test:
        result = dataclasses.replace(result, together=answer_together(benchmark))
    write_result(result, _result_path(cell, bench))
    compare_in_pairs(cell, utterances, bench)
    return measure_in_turns(cell, bench)[cell]


def answer_together(benchmark: "Benchmark") -> Scores | None:
    """Score what the networks of several seeds answer together; None where there is one seed.

    Raises:
        TrainingError: folds of other settings, or broken ones
    """
    if len(benchmark.seeds) < 2:
        return None
    outcomes = benchmark.kept_outcomes()
    return None if outcomes is None else score(gather(together(outcomes), benchmark.utterances))


def _benchmark(cell: Cell, utterances: tuple[Utterance, ...], bench: Workbench) -> "Benchmark":
    """Describe what a cell runs: no fewer folds and seeds than it has already."""
    from prosodyn.training.benchmark import Benchmark

    bench = _extended(bench, read_kept(cell, bench))
    return Benchmark(
        experiment=load_settings(cell.recipe, cell.system),
        corpus=cell.data,
        protocol=cell.protocol,
        utterances=utterances,
        directory=bench.runs / cell.name,
        shared=bench.runs,
        command=_command(cell, bench),
        n_folds=bench.n_folds,
        seeds=bench.seeds,
        device=bench.device,
        n_processes=bench.n_processes,
        adaptation=cell.adaptation,
        twins=tuple(bench.runs / name for name in cell.twins),
        heard=cell.heard,
        channel=cell.channel,
    )


def compare_in_pairs(cell: Cell, utterances: tuple[Utterance, ...], bench: Workbench) -> None:
    """Compare the paper's network with its baseline on a cell's folds, and write it to the former's result.

    Where one of them was not run, or on other folds, nothing is compared.

    Raises:
        ConfigError: an unknown recipe
        TrainingError: folds of other settings, or broken ones
        EvaluationError: a file is not a result
    """
    baseline, proposed = (dataclasses.replace(cell, system=system) for system in SYSTEMS)
    kept = read_kept(proposed, bench)
    if cell.system not in SYSTEMS or cell.selected_on_test or kept is None:
        return
    first, second = (kept_answers(each, utterances, bench) for each in (proposed, baseline))
    paired: tuple[Paired, ...] = ()
    if first is not None and second is not None and first.ids == second.ids:
        paired = (compare(first, second, baseline.system),)
    write_result(dataclasses.replace(kept, paired=paired), _result_path(proposed, bench))


def kept_answers(cell: Cell, utterances: tuple[Utterance, ...], bench: Workbench) -> Answers | None:
    """Return the answers behind the result that a cell has, all folds as one; None where it has none.

    Raises:
        ProsodynError: as `kept_outcomes`
    """
    found = kept_outcomes(cell, utterances, bench)
    return None if found is None else gather(found, utterances)


def kept_outcomes(cell: Cell, utterances: tuple[Utterance, ...], bench: Workbench) -> list[Outcome] | None:
    """Return the same, fold by fold and seed by seed.

    Raises:
        ConfigError: an unknown recipe
        TrainingError: folds of other settings, or broken ones
        EvaluationError: a file is not a result
    """
    kept = read_kept(cell, bench)
    if kept is None:
        return None
    # its own folds and seeds: another that it is compared with may have more
    own = dataclasses.replace(bench, n_folds=kept.run.folds_done, seeds=kept.scores.seeds)
    return _benchmark(cell, utterances, own).kept_outcomes()


def _extended(bench: Workbench, kept: ResultFile | None) -> Workbench:
    """Want no fewer folds and seeds than there are already."""
    if kept is None:
        return bench
    seeds = tuple(sorted({*bench.seeds, *kept.scores.seeds}))
    n_folds = bench.n_folds and max(bench.n_folds, kept.run.folds_done)
    return dataclasses.replace(bench, n_folds=n_folds, seeds=seeds)


def measure_in_turns(cell: Cell, bench: Workbench) -> dict[Cell, ResultFile]:
    """Measure together what the systems cost that have a result beside a cell's, and write it there.

    Returns:
        the results, that of the cell itself among them where it has one

    Raises:
        ConfigError: an unknown recipe
        EvaluationError: a file is not a result
    """
    from prosodyn.training.cost import measure_costs

    rivals = [dataclasses.replace(cell, system=system) for system in dict.fromkeys((*SYSTEMS, cell.system))]
    kept = {rival: result for rival in rivals if (result := read_kept(rival, bench)) is not None}
    n_emotions = max((len(result.scores.labels) for result in kept.values()), default=0)
    costs = measure_costs([_settings(rival) for rival in kept], n_emotions)
    measured = {
        rival: dataclasses.replace(result, cost=cost)
        for (rival, result), cost in zip(kept.items(), costs, strict=True)
    }
    for rival, result in measured.items():
        write_result(result, _result_path(rival, bench))
    return measured


def _settings(cell: Cell) -> Settings:
    """Return what the folds of a cell are trained by."""
    return fold_settings(
        load_settings(cell.recipe, cell.system), find_protocol(cell.protocol), cell.adaptation
    )


def _result_path(cell: Cell, bench: Workbench) -> Path:
    return bench.results / f"{cell.name}.json"


def _command(cell: Cell, bench: Workbench) -> str:
    words = ["prosodyn", "evaluate", cell.corpus, "--protocol", cell.protocol]
    words += ["--experiment", cell.recipe, "--system", cell.system]
    if cell.heard:
        words = ["prosodyn", "reproduce", "--corpora", ",".join(cell.corpora), "--tested", cell.corpus]
        words += ["--protocol", cell.protocol, "--recipe", cell.recipe, "--system", cell.system]
    words += ["--adapt", cell.adaptation] if cell.adaptation != "none" else []
    words += ["--channel", cell.channel] if cell.channel else []
    words += ["--select-on-test"] if cell.selected_on_test else []
    words += ["--folds", str(bench.n_folds)] if bench.n_folds else []
    usual = (load_settings(cell.recipe, cell.system).seed,)
    words += ["--seeds", ",".join(map(str, bench.seeds))] if bench.seeds not in ((), usual) else []
    return shlex.join(words)
