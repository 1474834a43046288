"""Two processes learn what one does from the same batches."""

import json
import runpy
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from prosodyn.training.launching import run_together
from prosodyn.training.place import RunPlace
from prosodyn.training.ranks import ALONE

SCRIPT = Path(__file__).with_name("together.py")
ONE = runpy.run_path(str(SCRIPT))
RECIPES = [*ONE["RECIPES"], "student"]
SAME = 1e-4


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which two processes have trained together, by every recipe."""
    place = tmp_path_factory.mktemp("together")
    ending = run_together([sys.executable, str(SCRIPT), str(place)], n_processes=2, n_threads=1)
    assert (ending.exit_code, ending.told) == (0, "")
    return place


@pytest.fixture(scope="module")
def found(folder: Path) -> list[dict[str, Any]]:
    """Return what each of the two processes found."""
    return [json.loads((folder / f"found-{rank}.json").read_text(encoding="utf-8")) for rank in (0, 1)]


def by_one(name: str) -> list[tuple[float, float | None]]:
    """Return loss and validation UA of every epoch of one process."""
    if name == "student":
        reports, _ = ONE["distil"](ALONE)
    else:
        (reports, _), _ = ONE["train"](name, RunPlace(torch.device("cpu")))
    return [(report.loss, report.validation_ua) for report in reports]


@pytest.mark.parametrize("name", RECIPES)
def test_two_processes_have_the_loss_curve_of_one(found: list[dict[str, Any]], name: str) -> None:
    two = [(report["loss"], report["validation_ua"]) for report in found[0]["reports"][name]]
    one = by_one(name)

    assert [loss for loss, _ in two] == pytest.approx([loss for loss, _ in one], abs=SAME)
    assert [ua for _, ua in two] == [ua for _, ua in one]
    assert one[-1][0] != pytest.approx(one[0][0], abs=100 * SAME)  # something was learnt


@pytest.mark.parametrize("name", RECIPES)
def test_both_end_with_the_very_same_weights(found: list[dict[str, Any]], name: str) -> None:
    assert found[0]["weights"][name] == found[1]["weights"][name]


@pytest.mark.parametrize("name", RECIPES)
def test_the_first_alone_reports(found: list[dict[str, Any]], name: str) -> None:
    assert len(found[0]["reports"][name]) == 5
    assert found[1]["reports"][name] == []


def test_what_dropout_draws_differs_between_processes_and_epochs(found: list[dict[str, Any]]) -> None:
    seeds = [seed for each in found for seed in each["seeds"]["plain"]]

    assert len(set(seeds)) == len(seeds) == 10


def test_one_process_goes_on_where_two_stopped(folder: Path, tmp_path: Path) -> None:
    left = shutil.copytree(folder / "everything" / "left", tmp_path / "left")

    (reports, _), _ = ONE["train"]("everything", RunPlace(torch.device("cpu"), left, "ours"))

    assert [report.epoch for report in reports] == [3, 4, 5]
    losses = [loss for loss, _ in by_one("everything")]
    assert [report.loss for report in reports] == pytest.approx(losses[2:], abs=SAME)


def test_each_is_told_what_the_other_has_as_it_is(found: list[dict[str, Any]]) -> None:
    expected = [
        [[str(tensor.dtype), list(tensor.shape), tensor.tolist()] for tensor in ONE["told_by"](rank)]
        for rank in (0, 1)
    ]

    assert found[0]["exchanged"] == found[1]["exchanged"] == expected
