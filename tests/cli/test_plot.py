"""The verbs of `plot`."""

import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.belief import Belief
from prosodyn.evaluation.calibration import ReliabilityBin
from prosodyn.evaluation.result_file import Cost, ResultFile, Run, read_result, write_result
from prosodyn.evaluation.scores import Scores
from prosodyn.evaluation.sharing import Audit

Prosodyn = Callable[..., CompletedProcess[str]]

PNG = b"\x89PNG"


@pytest.fixture
def result() -> Path:
    """Return the file of a result of two emotions."""
    scores = Scores(
        (0,), ("anger", "fear"), 75.0, 75.0, 75.0, (50.0, 90.0), (50.0, 90.0), (50.0, 90.0),
        "utterances", {"anger": 100.0, "fear": 50.0}, ((2, 0), (1, 1)),
    )  # fmt: skip
    run = Run("cnn_lstm", "own", "tiny", "", "loso", False, (), 1, 2, 1.0, "prosodyn evaluate own", "0.1.0")
    path = Path("own.json")
    write_result(ResultFile(run, scores, Cost(10, 20, 0.5), Audit("texts", 0, 1, None)), path)
    return path


def test_a_recording_is_drawn_beside_the_caller(prosodyn: Prosodyn, recordings: Path) -> None:
    done = prosodyn("plot", "recording", recordings / "f1" / "anger" / "0.wav")
    assert done.stdout == "wrote 0.png\n"
    assert Path("0.png").read_bytes().startswith(PNG)


def test_a_confusion_matrix_is_drawn_where_it_was_asked_for(prosodyn: Prosodyn, result: Path) -> None:
    done = prosodyn("plot", "confusion", result, "--out", "figures/own.svg", "--title", "Our own")
    assert done.stdout == "wrote figures/own.svg\n"
    assert "Our own" in Path("figures", "own.svg").read_text(encoding="utf-8")


def test_the_title_of_a_partial_result_says_so(prosodyn: Prosodyn, result: Path) -> None:
    prosodyn("plot", "confusion", result, "--out", "own.svg")
    assert "CNN + LSTM on own, loso, tiny, 1 of 2 folds" in Path("own.svg").read_text(encoding="utf-8")


@pytest.fixture
def report(result: Path) -> Path:
    """Return a report of two systems."""
    first = json.loads(result.read_text(encoding="utf-8"))
    path = Path("report.json")
    path.write_text(json.dumps([first, first | {"system": "dycnn_bilstm"}]), encoding="utf-8")
    return path


def test_one_system_of_a_report_is_drawn(prosodyn: Prosodyn, report: Path) -> None:
    done = prosodyn("plot", "confusion", report, "--system", "dycnn_bilstm", "--out", "own.svg")
    assert done.returncode == 0
    assert "DyCNN + Bi-LSTM on own" in Path("own.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("system", [[], ["--system", "transformer"]])
def test_a_report_of_several_results_says_which_there_are(
    prosodyn: Prosodyn, report: Path, system: list[str]
) -> None:
    done = prosodyn("plot", "confusion", report, *system)
    assert done.returncode == 5
    assert "cnn_lstm (own, loso), dycnn_bilstm (own, loso); choose one by --system" in done.stderr


def test_a_missing_result_does_not_exist(prosodyn: Prosodyn) -> None:
    assert "nosuch.json: does not exist; check" in prosodyn("plot", "confusion", "nosuch.json").stderr


def test_a_list_of_something_else_is_refused(prosodyn: Prosodyn) -> None:
    Path("numbers.json").write_text("[1, 2]")
    done = prosodyn("plot", "confusion", "numbers.json")
    assert done.returncode == 5
    assert "is a list, but not of results" in done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["recording", "nowhere.wav"], 3),
        (["recording", "own.json"], 3),
        (["confusion", "nowhere.json"], 5),
        (["confusion", "own.json", "--out", "own.jpeg"], 10),
        (["confusion", "own.json", "--out", "own.json/own.png"], 10),
    ],
)
def test_a_mistake_is_told_in_one_line(prosodyn: Prosodyn, result: Path, words: list[str], code: int) -> None:
    done = prosodyn("plot", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("prosodyn: ")
    assert done.stderr.count("\n") == 1


def test_without_matplotlib_it_says_what_to_install(
    prosodyn: Prosodyn, result: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = prosodyn("plot", "confusion", result)
    assert done.returncode == 9
    assert "prosodyn[plots]" in done.stderr


def test_a_reliability_diagram_is_drawn(prosodyn: Prosodyn, result: Path) -> None:
    belief = Belief(0.04, (0.03, 0.06), 0.9, (0.88, 0.93), 1.4, "speakers", (ReliabilityBin(0.7, 0.6, 9),))
    write_result(dataclasses.replace(read_result(result), belief=belief), result)
    done = prosodyn("plot", "reliability", result)
    assert done.stdout == "wrote own.png\n"
    assert Path("own.png").read_bytes().startswith(PNG)


def test_a_result_that_tells_nothing_of_confidence_is_refused(prosodyn: Prosodyn, result: Path) -> None:
    done = prosodyn("plot", "reliability", result)
    assert done.returncode == EvaluationError.exit_code
    assert "nobody was held out" in done.stderr
