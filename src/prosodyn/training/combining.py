"""Networks of several recipes that answer together, from the folds that each of them has run already."""

import dataclasses
import hashlib
import shlex
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from prosodyn import __version__
from prosodyn.evaluation.outcome import gather, together
from prosodyn.evaluation.result_file import Cost, ResultFile, write_result
from prosodyn.evaluation.scores import score
from prosodyn.training.cells import Cell
from prosodyn.training.reproduce import Workbench, kept_outcomes, read_kept
from prosodyn.types import Utterance

AND = "+"
"""Between the names of recipes that answer together."""


def partners(cells: Sequence[Cell], bench: Workbench) -> list[tuple[Cell, ...]]:
    """Group cells that differ in their recipe alone and have run the same folds.

    Returns:
        groups of two or more, each with its cells in the order of their recipes
    """
    groups: dict[Cell, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[dataclasses.replace(cell, recipe="")].append(cell)
    return [
        tuple(sorted(group, key=lambda cell: Path(cell.recipe).stem))
        for group in groups.values()
        if len(group) > 1 and _are_alike(group, bench)
    ]


def _are_alike(group: Sequence[Cell], bench: Workbench) -> bool:
    kept = [read_kept(cell, bench) for cell in group]
    return None not in kept and len({each.run.folds_done for each in kept if each is not None}) == 1


def combine(group: Sequence[Cell], utterances: tuple[Utterance, ...], bench: Workbench) -> ResultFile | None:
    """Let the networks of several recipes answer together, and write what they score.

    Every recipe counts the same, whatever the number of its seeds, and nothing is fitted: the probabilities
    of a recipe's seeds are averaged geometrically, and then those of the recipes. The result counts as one
    run, of the lowest seed.

    Args:
        group: cells that differ in their recipe alone and have results, see `partners`
        utterances: of their corpus
        bench: where they were run

    Returns:
        the result; None where the answers of a fold are no longer there

    Raises:
        TrainingError: folds of other settings, or broken ones
        EvaluationError: they did not answer about the same recordings
    """
    answered = [kept_outcomes(cell, utterances, bench) for cell in group]
    results = {cell: kept for cell in group if (kept := read_kept(cell, bench)) is not None}
    if len(results) < len(group) or None in answered:
        return None
    alone = [outcome for outcomes in answered for outcome in together(outcomes or ())]
    lowest = min(outcome.seed for outcome in alone)
    pooled = gather([dataclasses.replace(each, seed=lowest) for each in together(alone)], utterances)
    joined = dataclasses.replace(group[0], recipe=AND.join(Path(cell.recipe).stem for cell in group))
    first = results[group[0]]
    run = dataclasses.replace(
        first.run,
        recipe=joined.recipe,
        settings_sha256=joined_digest(list(results.values())),
        outside_data=tuple(sorted({name for each in results.values() for name in each.run.outside_data})),
        seconds_training=round(sum(each.run.seconds_training for each in results.values()), 1),
        command=_command(group, results),
        version=__version__,
    )
    result = ResultFile(run, score(pooled), _cost(results), first.audit)
    write_result(result, bench.results / f"{joined.name}.json")
    return result


def joined_digest(results: Sequence[ResultFile]) -> str:
    """Identify the settings and seeds of the results that answer together, in their order."""
    parts = [f"{each.run.settings_sha256}, seeds {each.scores.seeds}" for each in results]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _cost(results: Mapping[Cell, ResultFile]) -> Cost:
    """Add up what all networks cost, of which there is one a seed."""

    def total(name: str) -> float | None:
        each = [getattr(result.cost, name) for result in results.values()]
        numbers = [len(result.scores.seeds) for result in results.values()]
        known = zip(each, numbers, strict=True)
        return None if None in each else sum(value * number for value, number in known)

    latency = total("latency_ms")
    n_parameters, n_multiply_adds = total("n_parameters"), total("n_multiply_adds")
    return Cost(
        None if n_parameters is None else int(n_parameters),
        None if n_multiply_adds is None else int(n_multiply_adds),
        None if latency is None else round(latency, 1),
    )


def _command(group: Sequence[Cell], results: Mapping[Cell, ResultFile]) -> str:
    """Return what repeats it: recipes of different seeds are run one by one before."""
    seeds = {cell: result.scores.seeds for cell, result in results.items()}
    if len(set(seeds.values())) == 1:
        return _one_command(group, seeds[group[0]], "--together")
    alone = [_one_command([cell], own) for cell, own in seeds.items()]
    return " && ".join([*alone, _one_command(group, (), "--together")])


def _one_command(group: Sequence[Cell], seeds: tuple[int, ...], *more: str) -> str:
    cell = group[0]
    words = ["prosodyn", "reproduce", "--corpora", ",".join(cell.corpora)]
    words += ["--tested", cell.corpus] if cell.heard else []
    words += ["--protocol", cell.protocol, "--recipe", ",".join(each.recipe for each in group)]
    words += ["--system", cell.system]
    words += ["--adapt", cell.adaptation] if cell.adaptation != "none" else []
    words += ["--channel", cell.channel] if cell.channel else []
    words += ["--seeds", ",".join(map(str, seeds))] if seeds else []
    return shlex.join([*words, *more])
