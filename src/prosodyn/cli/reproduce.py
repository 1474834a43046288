"""The verb `reproduce`: the seed paper's Table 1 beside ours."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prosodyn.cli.missing import find_missing, folders_of, heard_besides, lacks
from prosodyn.cli.options import DeviceOption, FoldsOption, JobsOption, LeakyOption, SeedsOption
from prosodyn.cli.reproduce_options import (
    AdaptationsOption,
    ChannelsOption,
    CorporaOption,
    OnlyListOption,
    ProtocolsOption,
    RecipesOption,
    ResultsOption,
    RunsOption,
    SystemsOption,
    TestedOption,
    TogetherOption,
)
from prosodyn.cli.sources import Source, make_folder, read_seeds
from prosodyn.cli.summary import follow_folds, follow_listening
from prosodyn.cli.terminal import printable, remark, resumable, say, show_table
from prosodyn.errors import (
    ConfigError,
    CorpusError,
    EvaluationError,
    OutputError,
)
from prosodyn.files import reaching

if TYPE_CHECKING:
    from prosodyn.evaluation.result_file import ResultFile
    from prosodyn.training.cells import Cell
    from prosodyn.training.reproduce import Workbench
    from prosodyn.types import Utterance

EXAMPLE = """\
Examples:
prosodyn reproduce --list
prosodyn reproduce --corpora emodb,casia --recipe paper --folds 1
prosodyn reproduce --corpora emodb --protocol loso --channel telephone,opus
prosodyn reproduce --corpora emodb,casia,ravdess --protocol cross_corpus,leave_one_corpus_out
prosodyn reproduce --corpora emodb,cremad --tested emodb --protocol cross_corpus
"""


def reproduce(
    *,
    corpora: CorporaOption = "casia,emodb,iemocap",
    tested: TestedOption = "",
    protocol: ProtocolsOption = "loso,kfold10",
    recipe: RecipesOption = "recommended",
    system: SystemsOption = "cnn_lstm,dycnn_bilstm",
    adapt: AdaptationsOption = "none",
    channel: ChannelsOption = "",
    folds: FoldsOption = None,
    seeds: SeedsOption = None,
    together: TogetherOption = False,
    select_on_test: LeakyOption = False,
    results: ResultsOption = Path("benchmarks/results"),
    runs: RunsOption = Path("runs"),
    only_list: OnlyListOption = False,
    jobs: JobsOption = 0,
    device: DeviceOption = "auto",
) -> None:
    """Print the seed paper's Table 1 beside ours, and TRAIN what it lacks, which takes hours.

    `--list` shows first what would be trained, and trains nothing.
    What has a result with as many folds as are asked for is not run again; what holds fewer is extended.
    A corpus that is not here is named, with the reason and the way to get it; that is no error, and
    without any result the paper's figures stand alone.
    """
    from prosodyn.training.cells import plan
    from prosodyn.training.reproduce import Workbench, is_wanting, read_kept

    names = _listed(corpora)
    way = (_listed(protocol), _listed(recipe), _listed(system), _listed(adapt))
    cells = plan(names, *way, channels=_listed(channel) or [""])
    if together and len(_listed(recipe)) < 2:
        raise ConfigError(f"--together: takes several recipes, found '{recipe}'; name others by --recipe")
    asked = _tested(tested, names)
    cells = tuple(
        dataclasses.replace(cell, selected_on_test=select_on_test) for cell in cells if cell.corpus in asked
    )
    _check_names(cells)
    for folder in (results, runs):
        with reaching(folder, OutputError):
            (folder / "any").exists()  # in it, since a forbidden folder itself is there
    bench = Workbench(results, runs, folds or 0, device, jobs, read_seeds(seeds))
    folders = {name for cell in cells for name in folders_of(cell)}
    named = {name: None for cell in cells for name in (*cell.corpora, *heard_besides(cell))}
    missing = find_missing(named, folders)
    wanting = [cell for cell in cells if is_wanting(read_kept(cell, bench), bench)]
    if only_list:
        _show_states(cells, wanting, missing, bench)
    else:
        missing |= _run_cells([cell for cell in wanting if not lacks(cell, missing)], bench)
        if together:
            _answer_together([cell for cell in cells if not lacks(cell, missing)], bench)
        _show_table(bench)
    for reason in missing.values():
        say(printable(f"missing: {reason}"))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _tested(text: str, corpora: Sequence[str]) -> list[str]:
    """Return the corpora to be tested, by default all.

    Raises:
        ConfigError: one that is not among them
    """
    names = _listed(text) or list(corpora)
    for name in names:
        if name not in corpora:
            raise ConfigError(f"--tested: '{name}' is not among --corpora {','.join(corpora)}; name it there")
    return names


def _check_names(cells: Sequence["Cell"]) -> None:
    """Refuse an unknown name before anything is run.

    Raises:
        ConfigError: no cells, an unknown recipe or system, or what cannot be asked for together
    """
    from prosodyn.evaluation.protocols import find_protocol
    from prosodyn.training.experiment import fold_settings, load_settings

    if not cells:
        raise ConfigError(
            "reproduce: nothing was named; give at least one corpus, protocol, recipe, system, adaptation"
        )
    if any(cell.selected_on_test and cell.channel for cell in cells):
        raise ConfigError(
            "--select-on-test: tests recordings as they are, not through a channel; leave one of the two out"
        )
    asked = dict.fromkeys((cell.recipe, cell.system, cell.protocol, cell.adaptation) for cell in cells)
    for recipe, system, protocol, adaptation in asked:
        fold_settings(load_settings(recipe, system), find_protocol(protocol), adaptation)


def _show_states(
    cells: Sequence["Cell"], wanting: Sequence["Cell"], missing: Mapping[str, str], bench: "Workbench"
) -> None:
    """Say what each cell holds, and what would be run."""
    from prosodyn.training.reproduce import read_kept

    rows = []
    for cell in cells:
        kept = read_kept(cell, bench)
        plan = (lacks(cell, missing) or "to run") if cell in wanting else "done"
        holds = "—" if kept is None else _figures(kept)
        way = (cell.adaptation, cell.channel or "—")
        rows.append((cell.data, cell.system, cell.recipe, cell.protocol, *way, plan, holds))
    show_table(("corpus", "system", "recipe", "protocol", "adapt", "channel", "plan", "holds"), rows)


def _figures(result: "ResultFile") -> str:
    run, scores = result.run, result.scores
    return f"WA {scores.wa:.1f}, UA {scores.ua:.1f} ({run.folds_done} of {run.folds_total} folds)"


def _run_cells(cells: Sequence["Cell"], bench: "Workbench") -> dict[str, str]:
    """Run cells one after the other, and return which corpora and pairs cannot be used, and why."""
    from prosodyn.cli.progress import Bars
    from prosodyn.training.reproduce import run_cell

    unusable: dict[str, str] = {}
    loaded: dict[str, tuple[Utterance, ...]] = {}
    if cells:
        make_folder(bench.results)
        make_folder(bench.runs)
    tested = {cell.corpus for cell in cells}
    for name in dict.fromkeys(name for cell in cells for name in cell.corpora):
        try:
            loaded[name] = Source(name, allow_partial=name not in tested).load()
        except CorpusError as fault:
            unusable[name] = str(fault)
    for cell in cells:  # before anything is run
        if not unusable.keys() & set(cell.corpora):
            try:
                _utterances_of(cell, loaded)
            except EvaluationError as fault:
                unusable[cell.data] = str(fault)
    for number, cell in enumerate(cells, start=1):
        if unusable.keys() & {*cell.corpora, cell.data}:
            continue
        utterances = _utterances_of(cell, loaded)
        remark(f"{number} of {len(cells)}: {cell.name}")
        with resumable(), Bars() as bars:
            result = run_cell(cell, utterances, bench, follow_folds(bars), follow_listening(bars))
        remark(f"{cell.name}: {_figures(result)}")
    return unusable


def _answer_together(cells: Sequence["Cell"], bench: "Workbench") -> None:
    """Let the networks of all recipes answer together, wherever two or more have run the same folds."""
    from prosodyn.training.combining import combine, partners

    for group in partners(cells, bench):
        cell, *_ = group
        loaded = {name: Source(name, allow_partial=name != cell.corpus).load() for name in cell.corpora}
        result = combine(group, _utterances_of(cell, loaded), bench)
        told = "some answers are no longer there" if result is None else _figures(result)
        remark(
            f"{cell.data}, {cell.protocol}, {' and '.join(each.recipe for each in group)} together: {told}"
        )


def _utterances_of(cell: "Cell", loaded: Mapping[str, tuple["Utterance", ...]]) -> tuple["Utterance", ...]:
    """Return the corpus of a cell, or what is heard and what is tested as one.

    Raises:
        EvaluationError: the two sides have too few emotions in common
    """
    from prosodyn.evaluation.cross_corpus import join

    tested = loaded[cell.corpus]
    heard = [utterance for name in cell.heard for utterance in loaded[name]]
    return join(heard, tested) if heard else tested


def _show_table(bench: "Workbench") -> None:
    """Print every table that the results in the folder make."""
    from prosodyn.evaluation.pages import TABLES
    from prosodyn.evaluation.result_file import read_results

    results = read_results(bench.results)
    if not results:
        say(f"{_paper_alone()}\n")
        return
    for table in filter(None, (draw(results) for draw in TABLES.values())):
        say(f"{table}\n")


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
