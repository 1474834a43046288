"""Networks of several recipes that answer together: the mean of their votes, from folds that are there."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from prosodyn.evaluation.result_file import ResultFile, read_result
from prosodyn.training.cells import Cell
from prosodyn.training.combining import combine, partners
from prosodyn.training.reproduce import Workbench, run_cell
from prosodyn.types import Utterance


@pytest.fixture
def utterances(six_utterances: tuple[Utterance, ...]) -> tuple[Utterance, ...]:
    return six_utterances


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path / "results", tmp_path / "runs", n_processes=1)


@pytest.fixture
def cells(tiny: Path) -> tuple[Cell, Cell]:
    """Return the cells of two recipes, of which the second trains otherwise."""
    other = tiny.with_name("other.toml")
    other.write_text(tiny.read_text(encoding="utf-8") + "\n[augment]\nmixup = 0.3\n", encoding="utf-8")
    return (
        Cell("toy", "cnn_lstm", str(tiny), "loso"),
        Cell("toy", "cnn_lstm", str(other), "loso"),
    )


@pytest.fixture
def results(
    cells: tuple[Cell, Cell], utterances: tuple[Utterance, ...], bench: Workbench
) -> tuple[ResultFile, ResultFile]:
    """Run both, the second with two seeds."""
    first, second = cells
    two_seeds = dataclasses.replace(bench, seeds=(0, 1))
    return run_cell(first, utterances, bench), run_cell(second, utterances, two_seeds)


def votes(folder: Path) -> dict[str, np.ndarray]:
    """Return the mean logarithm of the probabilities of each recording, over the seeds in a folder."""
    found: dict[str, list[np.ndarray]] = {}
    for path in folder.rglob("outcome.json"):
        kept = json.loads(path.read_text(encoding="utf-8"))
        for name, shares in zip(kept["ids"], kept["probabilities"], strict=True):
            found.setdefault(name, []).append(np.log(np.array(shares) + 1e-6))
    return {name: np.mean(each, axis=0) for name, each in found.items()}


def test_every_recipe_has_the_same_weight(
    cells: tuple[Cell, Cell],
    results: tuple[ResultFile, ResultFile],
    utterances: tuple[Utterance, ...],
    bench: Workbench,
) -> None:
    assert partners(cells, bench) == [cells[::-1]]
    joined = combine(cells[::-1], utterances, bench)
    assert joined is not None
    first, second = (votes(bench.runs / cell.name) for cell in cells)
    labels = joined.scores.labels
    right = [labels[int((first[item.id] + second[item.id]).argmax())] == item.emotion for item in utterances]
    assert joined.scores.wa == pytest.approx(100 * np.mean(right))
    assert joined == read_result(bench.results / "toy-cnn_lstm-other+tiny-loso.json")


def test_it_costs_what_all_networks_cost_and_says_how_it_was_made(
    cells: tuple[Cell, Cell],
    results: tuple[ResultFile, ResultFile],
    utterances: tuple[Utterance, ...],
    bench: Workbench,
) -> None:
    joined = combine(cells[::-1], utterances, bench)
    assert joined is not None
    one = results[0].cost.n_parameters
    assert one is not None
    assert joined.cost.n_parameters == 3 * one
    assert joined.run.recipe == "other+tiny"
    second, first, both = joined.run.command.split(" && ")
    assert first.endswith("--recipe " + cells[0].recipe + " --system cnn_lstm --seeds 0")
    assert second.endswith("--recipe " + cells[1].recipe + " --system cnn_lstm --seeds 0,1")
    assert both.endswith(f"--recipe {cells[1].recipe},{cells[0].recipe} --system cnn_lstm --together")
    assert joined.run.seconds_training == pytest.approx(sum(each.run.seconds_training for each in results))


def test_cells_are_partners_where_their_recipe_alone_differs_and_both_were_run(
    cells: tuple[Cell, Cell], utterances: tuple[Utterance, ...], bench: Workbench
) -> None:
    first, second = cells
    run_cell(first, utterances, bench)
    assert partners(cells, bench) == []
    run_cell(second, utterances, dataclasses.replace(bench, n_folds=1))
    assert partners(cells, bench) == []  # of the second there is one fold
    assert partners([first, dataclasses.replace(second, protocol="kfold3")], bench) == []


def test_without_the_answers_of_a_fold_there_is_nothing(
    cells: tuple[Cell, Cell],
    results: tuple[ResultFile, ResultFile],
    utterances: tuple[Utterance, ...],
    bench: Workbench,
) -> None:
    shutil.rmtree(bench.runs / cells[1].name)
    assert combine(cells, utterances, bench) is None
    assert sorted(path.name for path in bench.results.iterdir()) == [
        f"{cell.name}.json" for cell in sorted(cells, key=lambda cell: cell.name)
    ]
