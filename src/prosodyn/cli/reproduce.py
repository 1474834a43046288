"""The verb `reproduce`: the seed paper's Table 1 beside ours."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli.options import DeviceOption, FoldsOption, JobsOption
from prosodyn.cli.sources import Source, make_folder
from prosodyn.cli.summary import follow_folds
from prosodyn.cli.terminal import printable, remark, resumable, say, show_table
from prosodyn.errors import ConfigError, CorpusError, CorpusNotFoundError

if TYPE_CHECKING:
    from prosodyn.evaluation.result_file import ResultFile
    from prosodyn.training.reproduce import Cell, Workbench
    from prosodyn.types import Utterance

EXAMPLE = """\
Examples:
prosodyn reproduce --list
prosodyn reproduce --corpora emodb,casia --recipe paper --folds 1
"""


def reproduce(
    *,
    corpora: Annotated[
        str, typer.Option("--corpora", help="Names, separated by commas.")
    ] = "casia,emodb,iemocap",
    protocol: Annotated[str, typer.Option("--protocol", help="Names, separated by commas.")] = "loso,kfold10",
    recipe: Annotated[
        str, typer.Option("--recipe", help="Experiments, separated by commas.")
    ] = "recommended",
    system: Annotated[
        str,
        typer.Option("--system", help="Names, separated by commas; classical ones need --recipe classical."),
    ] = "cnn_lstm,dycnn_bilstm",
    folds: FoldsOption = None,
    results: Annotated[Path, typer.Option("--results", help="Folder of the result files.")] = Path(
        "benchmarks/results"
    ),
    runs: Annotated[Path, typer.Option("--runs", help="Folder in which finished folds are kept.")] = Path(
        "runs"
    ),
    only_list: Annotated[
        bool, typer.Option("--list", "--dry-run", help="Say what there is and what would be run.")
    ] = False,
    jobs: JobsOption = 0,
    device: DeviceOption = "auto",
) -> None:
    """Print the seed paper's Table 1 beside ours, and TRAIN what it lacks, which takes hours.

    `--list` shows first what would be trained, and trains nothing.
    What has a result with as many folds as are asked for is not run again; what holds fewer is extended.
    A corpus that is not here is named, with the reason and the way to get it; that is no error, and
    without any result the paper's figures stand alone.
    """
    from prosodyn.training.reproduce import Workbench, is_wanting, plan, read_kept

    names = _listed(corpora)
    cells = plan(names, _listed(protocol), _listed(recipe), _listed(system))
    _check_names(cells)
    bench = Workbench(results, runs, folds or 0, device, jobs)
    missing = _find_missing(names)
    wanting = [cell for cell in cells if is_wanting(read_kept(cell, bench), bench.n_folds)]
    if only_list:
        _show_states(cells, wanting, missing, bench)
    else:
        missing |= _run_cells([cell for cell in wanting if cell.corpus not in missing], bench)
        _show_table(bench)
    for reason in missing.values():
        say(printable(f"missing: {reason}"))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _check_names(cells: Sequence["Cell"]) -> None:
    """Refuse an unknown name before anything is run.

    Raises:
        ConfigError: no cells, an unknown recipe or system
    """
    from prosodyn.training.experiment import load_settings

    if not cells:
        raise ConfigError("reproduce: nothing was named; give at least one corpus, protocol, recipe, system")
    for recipe, system in dict.fromkeys((cell.recipe, cell.system) for cell in cells):
        load_settings(recipe, system)


def _find_missing(names: Sequence[str]) -> dict[str, str]:
    """Return why each corpus that is not here is not here.

    Raises:
        CorpusError: an unknown name
    """
    from prosodyn.corpora import TOY, find_root

    missing = {}
    for name in names:
        try:
            if name != TOY:
                find_root(name)
        except CorpusNotFoundError as fault:
            missing[name] = str(fault)
    return missing


def _show_states(
    cells: Sequence["Cell"], wanting: Sequence["Cell"], missing: Mapping[str, str], bench: "Workbench"
) -> None:
    """Say what each cell holds, and what would be run."""
    from prosodyn.training.reproduce import read_kept

    rows = []
    for cell in cells:
        kept = read_kept(cell, bench)
        plan = ("no corpus" if cell.corpus in missing else "to run") if cell in wanting else "done"
        holds = "—" if kept is None else _figures(kept)
        rows.append((cell.corpus, cell.system, cell.recipe, cell.protocol, plan, holds))
    show_table(("corpus", "system", "recipe", "protocol", "plan", "holds"), rows)


def _figures(result: "ResultFile") -> str:
    run, scores = result.run, result.scores
    return f"WA {scores.wa:.1f}, UA {scores.ua:.1f} ({run.folds_done} of {run.folds_total} folds)"


def _run_cells(cells: Sequence["Cell"], bench: "Workbench") -> dict[str, str]:
    """Run cells one after the other, and return which corpora turned out to be unusable, and why."""
    from prosodyn.cli.progress import Bars
    from prosodyn.training.reproduce import run_cell

    unusable: dict[str, str] = {}
    loaded: dict[str, tuple[Utterance, ...]] = {}
    if cells:
        make_folder(bench.results)
        make_folder(bench.runs)
    for number, cell in enumerate(cells, start=1):
        if cell.corpus not in loaded | unusable:
            try:
                loaded[cell.corpus] = Source(cell.corpus).load()
            except CorpusError as fault:
                unusable[cell.corpus] = str(fault)
        if cell.corpus in unusable:
            continue
        remark(f"{number} of {len(cells)}: {cell.name}")
        with resumable(), Bars() as bars:
            result = run_cell(cell, loaded[cell.corpus], bench, follow_folds(bars))
        remark(f"{cell.name}: {_figures(result)}")
    return unusable


def _show_table(bench: "Workbench") -> None:
    """Print Table 1 from every result in the folder, also of corpora that are not here."""
    from prosodyn.evaluation.result_file import read_results
    from prosodyn.evaluation.tables import table1

    results = read_results(bench.results)
    say(table1(results) if results else _paper_alone())
    say()


def _paper_alone() -> str:
    """Return the paper's Table 1 with nothing of ours beside it."""
    from prosodyn.evaluation.reference import PAPER_SPLIT, PAPER_WA, TITLES
    from prosodyn.evaluation.tables import markdown_table

    rows = [
        [TITLES.get(corpus, corpus), TITLES.get(system, system), f"{wa:.2f}", "—"]
        for corpus, systems in PAPER_WA.items()
        for system, wa in systems.items()
    ]
    table = markdown_table(["corpus", "system", "paper: WA", "ours: WA / UA"], rows)
    return f"{table}\n\n- —: not run.\n- {PAPER_SPLIT}"
