"""The cells of tables: which are wanting, what a run leaves."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from prosodyn.corpora import toy
from prosodyn.errors import TrainingError
from prosodyn.evaluation.cross_corpus import join
from prosodyn.evaluation.result_file import ResultFile, read_result, write_result
from prosodyn.training.cells import Cell
from prosodyn.training.experiment import load_experiment
from prosodyn.training.identity import settings_digest
from prosodyn.training.reproduce import Workbench, is_wanting, measure_in_turns, read_kept, run_cell
from prosodyn.types import Utterance


@pytest.fixture
def utterances(six_utterances: tuple[Utterance, ...]) -> tuple[Utterance, ...]:
    return six_utterances


@pytest.fixture
def recipe(tiny: Path) -> str:
    """Return the tiny recipe as `--experiment` names it."""
    return str(tiny)


def change(recipe: Path, old: str, new: str) -> None:
    """Change a word of a recipe."""
    recipe.write_text(recipe.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    return Workbench(tmp_path / "results", tmp_path / "runs", n_folds=1, n_processes=1)


def test_one_corpus_is_trained_on_and_another_tested(
    utterances: tuple[Utterance, ...], recipe: str, bench: Workbench
) -> None:
    other = tuple(
        dataclasses.replace(
            item, corpus="own", speaker="x", waveform=toy.recording(item.emotion, item.speaker, seed=7)
        )
        for item in utterances
    )
    cell = Cell("own", "cnn_lstm", recipe, "cross_corpus", heard=("toy",))
    result = run_cell(cell, join(utterances, other), bench)
    assert (result.run.corpus, result.run.folds_total) == ("toy-to-own", 1)
    assert sum(map(sum, result.scores.confusion)) == len(other)
    assert result.audit.speakers == 0
    assert "--corpora toy,own --tested own --protocol cross_corpus" in result.run.command


def test_a_cell_without_a_result_is_wanting(bench: Workbench) -> None:
    kept = read_kept(Cell("toy", "cnn_lstm", "tiny", "loso"), bench)
    assert kept is None
    assert is_wanting(kept, dataclasses.replace(bench, n_folds=1))


@pytest.fixture
def result(utterances: tuple[Utterance, ...], recipe: str, bench: Workbench) -> ResultFile:
    """Return the result of one fold of three."""
    return run_cell(Cell("toy", "cnn_lstm", recipe, "loso"), utterances, bench)


def test_a_result_lies_where_it_is_looked_for(result: ResultFile, recipe: str, bench: Workbench) -> None:
    assert read_kept(Cell("toy", "cnn_lstm", recipe, "loso"), bench) == result
    assert read_result(bench.results / "toy-cnn_lstm-tiny-loso.json") == result


def test_a_result_holds_the_command_that_repeats_it(result: ResultFile, recipe: str) -> None:
    options = f"--protocol loso --experiment {recipe} --system cnn_lstm --folds 1"
    assert result.run.command == f"prosodyn evaluate toy {options}"


def test_both_adaptations_share_one_training_and_are_kept_apart(
    utterances: tuple[Utterance, ...], recipe: str, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.evaluation.adaptation.N_CLIPS", 1)
    monkeypatch.setattr("prosodyn.inference.enrolment.LEAST_SECONDS", 1.0)
    adapted = Cell("toy", "cnn_lstm", recipe, "loso", "all")
    enrolled = Cell("toy", "cnn_lstm", recipe, "loso", "enrolment")

    one = run_cell(adapted, utterances, bench)
    monkeypatch.delattr("prosodyn.training.recipe.train_network")
    other = run_cell(enrolled, utterances, bench)

    assert (one.run.n_scored, other.run.n_scored) == (2, 1)
    assert one.run.command.endswith("--system cnn_lstm --adapt all --folds 1")
    assert (read_kept(adapted, bench), read_kept(enrolled, bench)) == (one, other)
    assert read_kept(Cell("toy", "cnn_lstm", recipe, "loso"), bench) is None


def test_through_a_channel_the_networks_of_the_plain_cell_answer(
    result: ResultFile,
    utterances: tuple[Utterance, ...],
    recipe: str,
    bench: Workbench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr("prosodyn.training.recipe.train_network")
    cell = Cell("toy", "cnn_lstm", recipe, "loso", channel="telephone")

    sent = run_cell(cell, utterances, bench)

    assert (sent.run.channel, result.run.channel) == ("telephone", "")
    assert sent.run.settings_sha256 == result.run.settings_sha256
    assert sent.run.command.endswith("--system cnn_lstm --channel telephone --folds 1")
    assert read_kept(cell, bench) == sent
    assert read_kept(Cell("toy", "cnn_lstm", recipe, "loso"), bench) == result
    assert not list((bench.runs / cell.name).glob("*/bundle"))


@pytest.mark.parametrize(("wanted", "wanting"), [(1, False), (2, True), (3, True), (9, True), (0, True)])
def test_a_result_of_fewer_folds_is_wanting(
    result: ResultFile, bench: Workbench, wanted: int, wanting: bool
) -> None:
    assert (result.run.folds_done, result.run.folds_total) == (1, 3)
    assert is_wanting(result, dataclasses.replace(bench, n_folds=wanted)) is wanting


@pytest.mark.parametrize("wanted", [0, 1, 3, 9])
def test_a_complete_result_is_never_wanting(result: ResultFile, bench: Workbench, wanted: int) -> None:
    whole = dataclasses.replace(result, run=dataclasses.replace(result.run, folds_done=3))
    assert not is_wanting(whole, dataclasses.replace(bench, n_folds=wanted))


@pytest.mark.parametrize(("seeds", "wanting"), [((), False), ((0,), False), ((0, 1), True), ((1,), True)])
def test_a_result_without_a_wanted_seed_is_wanting(
    result: ResultFile, bench: Workbench, seeds: tuple[int, ...], wanting: bool
) -> None:
    assert is_wanting(result, dataclasses.replace(bench, seeds=seeds)) is wanting


def test_another_seed_keeps_the_seeds_and_folds_that_are_there(
    result: ResultFile, utterances: tuple[Utterance, ...], recipe: str, bench: Workbench
) -> None:
    cell = Cell("toy", "cnn_lstm", recipe, "loso")
    two = run_cell(cell, utterances, dataclasses.replace(bench, n_folds=2))
    more = run_cell(cell, utterances, dataclasses.replace(bench, seeds=(1,)))

    assert (result.scores.seeds, two.scores.seeds, more.scores.seeds) == ((0,), (0,), (0, 1))
    assert more.run.folds_done == 2
    assert more.run.command.endswith("--folds 2 --seeds 0,1")
    assert (result.together, more.together is None) == (None, False)


def test_what_is_selected_on_the_test_side_is_not_answered_together(
    utterances: tuple[Utterance, ...], recipe: str, bench: Workbench
) -> None:
    cell = Cell("toy", "cnn_lstm", recipe, "loso", selected_on_test=True)

    found = run_cell(cell, utterances, dataclasses.replace(bench, seeds=(0, 1)))

    assert (found.scores.seeds, found.together) == ((0, 1), None)


def test_networks_of_several_seeds_answer_together(
    utterances: tuple[Utterance, ...], recipe: str, bench: Workbench
) -> None:
    bench = dataclasses.replace(bench, seeds=(0, 1))
    cell = Cell("toy", "cnn_lstm", recipe, "loso")

    found = run_cell(cell, utterances, bench).together

    assert found is not None
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(bench.runs.rglob("outcome.json"))]
    products = np.prod([np.array(each["probabilities"]) for each in kept], axis=0)
    n_right = sum(
        kept[0]["labels"][best] == truth
        for best, truth in zip(products.argmax(axis=1), kept[0]["truth"], strict=True)
    )
    assert len(kept) == 2
    assert found.wa == pytest.approx(100 * n_right / len(products))
    assert found.seeds == (0,)


def test_one_seed_that_is_not_the_recipe_s_is_in_the_command(
    utterances: tuple[Utterance, ...], recipe: str, bench: Workbench
) -> None:
    bench = dataclasses.replace(bench, seeds=(5,))
    other = run_cell(Cell("toy", "cnn_lstm", recipe, "loso"), utterances, bench)
    assert other.run.command.endswith("--folds 1 --seeds 5")


def test_extending_a_result_keeps_the_folds_that_are_there(
    result: ResultFile, utterances: tuple[Utterance, ...], recipe: str, bench: Workbench
) -> None:
    finished = bench.runs / "toy-cnn_lstm-tiny-loso" / "speaker-f1" / "outcome.json"
    written = finished.stat().st_mtime_ns
    more = run_cell(
        Cell("toy", "cnn_lstm", recipe, "loso"), utterances, dataclasses.replace(bench, n_folds=2)
    )
    assert (result.run.folds_done, more.run.folds_done) == (1, 2)
    assert finished.stat().st_mtime_ns == written


def test_a_result_of_other_settings_is_wanting(result: ResultFile, recipe: str, bench: Workbench) -> None:
    change(Path(recipe), "epochs = 2", "epochs = 1")
    kept = read_kept(Cell("toy", "cnn_lstm", recipe, "loso"), bench)
    assert kept is None
    assert is_wanting(kept, dataclasses.replace(bench, n_folds=1))


def test_a_result_of_the_same_settings_said_otherwise_is_kept(
    result: ResultFile, recipe: str, bench: Workbench
) -> None:
    change(Path(recipe), "The smallest network", "A network")
    assert read_kept(Cell("toy", "cnn_lstm", recipe, "loso"), bench) == result


def test_a_file_of_the_same_name_elsewhere_has_no_part_in_the_result(
    result: ResultFile, recipe: str, tmp_path: Path, bench: Workbench
) -> None:
    other = tmp_path / "elsewhere" / "tiny.toml"
    other.parent.mkdir()
    shutil.copy(recipe, other)
    change(other, "hidden_size = 8", "hidden_size = 4")
    assert read_kept(Cell("toy", "cnn_lstm", str(other), "loso"), bench) is None


def test_folds_of_other_settings_are_never_scored(
    result: ResultFile, utterances: tuple[Utterance, ...], recipe: str, bench: Workbench
) -> None:
    change(Path(recipe), "epochs = 2", "epochs = 1")
    with pytest.raises(TrainingError, match="other settings or recordings; choose another directory"):
        run_cell(Cell("toy", "cnn_lstm", recipe, "loso"), utterances, bench)


def test_the_systems_of_a_row_are_measured_together(
    result: ResultFile, recipe: str, bench: Workbench
) -> None:
    cell = Cell("toy", "cnn_lstm", recipe, "loso")
    rival = dataclasses.replace(cell, system="dycnn_bilstm")
    digest = settings_digest(load_experiment(recipe, "dycnn_bilstm"))
    run = dataclasses.replace(result.run, system="dycnn_bilstm", settings_sha256=digest)
    write_result(dataclasses.replace(result, run=run), bench.results / f"{rival.name}.json")

    measured = measure_in_turns(cell, bench)

    assert measured == {each: read_kept(each, bench) for each in (cell, rival)}
    assert measured[rival].scores == measured[cell].scores
    assert measured[rival].cost.n_parameters != measured[cell].cost.n_parameters


@pytest.mark.parametrize("seeds", [(), (0, 1)])
def test_the_paper_s_network_is_compared_with_its_baseline_whatever_the_seeds(
    result: ResultFile, utterances: tuple[Utterance, ...], recipe: str, bench: Workbench, seeds: tuple[int]
) -> None:
    cell = Cell("toy", "dycnn_bilstm", recipe, "loso")
    proposed = run_cell(cell, utterances, dataclasses.replace(bench, seeds=seeds))

    (paired,) = proposed.paired
    assert paired.rival == "cnn_lstm"
    assert paired.wa_difference == pytest.approx(proposed.scores.wa - result.scores.wa)
    assert paired.verdict == "too few speakers"
    assert set(paired.by_speaker) == {"f1"}


def test_a_baseline_that_comes_later_is_compared_with_too(
    utterances: tuple[Utterance, ...], recipe: str, bench: Workbench
) -> None:
    proposed, baseline = (Cell("toy", system, recipe, "loso") for system in ("dycnn_bilstm", "cnn_lstm"))
    assert run_cell(proposed, utterances, bench).paired == ()
    assert run_cell(baseline, utterances, bench).paired == ()
    kept = read_kept(proposed, bench)
    assert kept is not None
    assert [paired.rival for paired in kept.paired] == ["cnn_lstm"]


def test_other_folds_are_not_compared(
    result: ResultFile, utterances: tuple[Utterance, ...], recipe: str, bench: Workbench
) -> None:
    proposed = Cell("toy", "dycnn_bilstm", recipe, "loso")
    assert run_cell(proposed, utterances, dataclasses.replace(bench, n_folds=2)).paired == ()


def test_a_classical_system_is_a_cell_like_any_other(
    utterances: tuple[Utterance, ...], bench: Workbench
) -> None:
    cell = Cell("toy", "knn", "classical", "loso")

    result = run_cell(cell, utterances, bench)

    assert read_kept(cell, bench) == result
    options = "--protocol loso --experiment classical --system knn --folds 1"
    assert result.run.command == f"prosodyn evaluate toy {options}"
