"""The figures on the pages are those of the result files, and nothing else."""

import json
import runpy
from pathlib import Path

import pytest

from prosodyn.evaluation.channels import run_suffix
from prosodyn.evaluation.pages import render_page
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.evaluation.result_file import ResultFile, read_results
from prosodyn.model import WaveformNetwork
from prosodyn.toml_files import read_toml
from prosodyn.training.combining import AND, joined_digest
from prosodyn.training.experiment import fold_settings, load_experiment
from prosodyn.training.experiment_files import experiment_names
from prosodyn.training.identity import settings_digest

ROOT = Path(__file__).resolve().parents[1]
N_EMOTIONS = 7
"""Of EmoDB, whose networks `benchmarks/speed.py` times."""

RESULTS = read_results(ROOT / "benchmarks" / "results")
ABLATIONS = read_results(ROOT / "benchmarks" / "results" / "ablations")
PAGES = [
    ROOT / "README.md",
    *(ROOT / "docs" / name for name in ("benchmark.md", "what-worked.md", "service.md", "scale.md")),
]


def name_of(result: ResultFile) -> str:
    run = result.run
    leaky = "-selected_on_test" if run.selected_on_test else ""
    suffix = run_suffix(run.adaptation, run.channel)
    return f"{run.corpus}-{run.system}-{run.recipe}-{run.protocol}{suffix}{leaky}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_shows_the_committed_results(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert page == runpy.run_path(str(ROOT / "benchmarks" / "tables.py"))["render"](page), (
        "run: python benchmarks/tables.py"
    )


def test_another_figure_in_a_result_would_be_noticed() -> None:
    row = "<!-- table1:begin -->\n{}\n<!-- table1:end -->"
    assert render_page(row, RESULTS) != render_page(row, RESULTS[1:])


@pytest.mark.parametrize("result", RESULTS, ids=name_of)
def test_a_result_says_how_to_repeat_it(result: ResultFile) -> None:
    assert result.run.command.startswith("prosodyn ")


@pytest.mark.parametrize("result", RESULTS, ids=name_of)
def test_a_result_is_named_after_what_it_measures(result: ResultFile) -> None:
    assert (ROOT / "benchmarks" / "results" / f"{name_of(result)}.json").exists()


SHIPPED = [result for result in RESULTS if result.run.recipe in experiment_names()]


@pytest.mark.parametrize("result", SHIPPED, ids=name_of)
def test_a_result_is_of_the_settings_that_ship_today(result: ResultFile) -> None:
    run = result.run
    experiment = load_experiment(run.recipe, run.system)
    settings = fold_settings(experiment, find_protocol(run.protocol), run.adaptation)
    assert settings_digest(settings) == run.settings_sha256, "the recipe has changed; run: prosodyn reproduce"


TOGETHER = [result for result in RESULTS if AND in result.run.recipe]


@pytest.mark.parametrize("result", TOGETHER, ids=name_of)
def test_what_answers_together_are_the_networks_of_todays_results(result: ResultFile) -> None:
    by_name = {name_of(each): each for each in RESULTS}
    recipes = result.run.recipe.split(AND)
    parts = [name_of(result).replace(f"-{result.run.recipe}-", f"-{recipe}-") for recipe in recipes]
    assert joined_digest([by_name[part] for part in parts]) == result.run.settings_sha256, (
        "run: prosodyn reproduce --together"
    )


@pytest.mark.parametrize("result", ABLATIONS, ids=name_of)
def test_an_ablation_is_of_the_settings_that_lie_here_today(result: ResultFile) -> None:
    recipe, system = result.run.recipe, result.run.system
    is_file = recipe not in experiment_names()
    experiment = load_experiment(
        str(ROOT / "benchmarks" / "ablations" / f"{recipe}.toml") if is_file else recipe, system
    )
    settings = fold_settings(experiment, find_protocol(result.run.protocol), result.run.adaptation)
    assert settings_digest(settings) == result.run.settings_sha256, "run: python benchmarks/ablations.py"


@pytest.mark.parametrize("result", ABLATIONS, ids=name_of)
def test_an_ablation_is_compared_with_what_it_was_taken_from(result: ResultFile) -> None:
    is_whole = name_of(result) == "emodb-dycnn_bilstm-shortened-loso"
    path = ROOT / "benchmarks" / "ablations" / f"{result.run.recipe}.toml"
    is_network = result.run.system != "dycnn_bilstm" or not path.exists()
    whole = result.run.recipe if is_network else Path(read_toml(path)["base"]).stem
    assert [pair.rival for pair in result.paired] == ["cnn_lstm" if is_whole else f"dycnn_bilstm, {whole}"]


def test_the_speed_that_was_measured_is_that_of_todays_networks() -> None:
    measured = (ROOT / "benchmarks" / "speed" / "one-thread.json").read_text(encoding="utf-8")
    for system in ("cnn_lstm", "dycnn_bilstm"):
        experiment = load_experiment("recommended", system)
        network = WaveformNetwork(experiment.front_end, experiment.network, N_EMOTIONS)
        assert f'"n_parameters": {network.n_parameters}' in measured


def test_what_was_measured_holds_what_is_promised() -> None:
    measured = json.loads((ROOT / "benchmarks" / "speed" / "one-thread.json").read_text(encoding="utf-8"))
    assert measured["training_step"]["ratio"] <= 1.3
    assert min(measured["front_end_times_real_time"].values()) >= 500


def test_every_pair_that_is_compared_stands_in_the_file() -> None:
    script = runpy.run_path(str(ROOT / "benchmarks" / "pretraining.py"))
    rows = json.loads((ROOT / "benchmarks" / "pretraining.json").read_text(encoding="utf-8"))
    told = [(row["corpus"], row["protocol"], row["of"], row["paired"]["rival"]) for row in rows]
    assert told == [
        (corpus, protocol, one.about, other.about) for corpus, protocol, one, other in script["PAIRS"]
    ]
