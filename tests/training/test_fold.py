"""One fold: what is tested is not touched before the bundle is written, and is answered once."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

import prosodyn.inference.clip
import prosodyn.training.hearing
from prosodyn.audio import utterance_waveform
from prosodyn.bundle import read_card
from prosodyn.comparison.settings import load_comparison
from prosodyn.config import Experiment
from prosodyn.errors import EvaluationError, TrainingError
from prosodyn.inference import Recogniser
from prosodyn.training import fold
from prosodyn.training.fold import FoldTask, run_fold
from prosodyn.training.journal import EpochReport
from prosodyn.types import FloatArray, Split, Utterance

Utterances = tuple[Utterance, ...]


@pytest.fixture
def task(tmp_path: Path, experiment: Experiment, utterances: Utterances) -> FoldTask:
    """Return a fold that tests the second speaker."""
    ids = [utterance.id for utterance in utterances]
    split = Split("speaker-m1", tuple(ids[:7]), (ids[7],), tuple(reversed(ids[8:])))
    return FoldTask(experiment, split, utterances, tmp_path / "fold", "cpu", "prosodyn evaluate")


@pytest.fixture(scope="module")
def finished(
    tmp_path_factory: pytest.TempPathFactory, experiment: Experiment, utterances: Utterances
) -> FoldTask:
    """Return a fold that has been run."""
    ids = [utterance.id for utterance in utterances]
    split = Split("speaker-m1", tuple(ids[:8]), (), tuple(ids[8:]))
    directory = tmp_path_factory.mktemp("folds") / "speaker-m1"
    task = FoldTask(experiment, split, utterances, directory, "cpu", "prosodyn evaluate")
    run_fold(task)
    return task


def test_the_test_side_is_answered_in_its_order(task: FoldTask, utterances: Utterances) -> None:
    outcome = run_fold(task).outcome

    by_id = {utterance.id: utterance for utterance in utterances}
    assert outcome.ids == task.split.test
    assert outcome.truth == tuple(by_id[name].emotion for name in task.split.test)
    assert (outcome.fold, outcome.seed, outcome.labels) == ("speaker-m1", 0, ("anger", "sadness"))


def test_the_answers_are_those_of_the_bundle_on_disk(finished: FoldTask, utterances: Utterances) -> None:
    outcome = run_fold(finished).outcome

    predictions = Recogniser.load(finished.directory / "bundle", engine="torch").from_utterances(
        utterances[8:]
    )
    assert outcome.prediction == tuple(prediction.emotion for prediction in predictions)
    expected = [list(prediction.probabilities.values()) for prediction in predictions]
    np.testing.assert_allclose(outcome.probabilities, expected, atol=1e-5)


def test_the_test_side_is_read_only_after_the_bundle_is_written(
    task: FoldTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[str, bool]] = []

    def watched(utterance: Utterance) -> FloatArray:
        read.append((utterance.id, (task.directory / "bundle" / "card.json").exists()))
        return utterance_waveform(utterance)

    monkeypatch.setattr(prosodyn.training.hearing, "utterance_waveform", watched)
    monkeypatch.setattr(prosodyn.inference.clip, "utterance_waveform", watched)
    run_fold(task)

    before = [name for name, written in read if not written]
    after = [name for name, written in read if written]
    assert before == [*task.split.train, *task.split.validation]
    assert sorted(after) == sorted(task.split.test)


def test_the_card_knows_nothing_of_the_test_side(task: FoldTask) -> None:
    run_fold(task)

    provenance = read_card(task.directory / "bundle").provenance
    assert (provenance.n_utterances, provenance.n_speakers) == (7, 1)


def test_a_finished_fold_is_not_trained_again(finished: FoldTask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(fold, "train_network")
    monkeypatch.delattr(fold, "hear")

    first, second = run_fold(finished), run_fold(finished)

    assert second == first
    np.testing.assert_array_equal(second.outcome.probabilities, first.outcome.probabilities)


def test_a_second_run_says_what_the_first_said(task: FoldTask) -> None:
    first, second = run_fold(task), run_fold(task)

    assert second.outcome == first.outcome
    np.testing.assert_allclose(second.outcome.probabilities, first.outcome.probabilities, atol=1e-6)


def test_a_finished_fold_leaves_no_checkpoint(finished: FoldTask) -> None:
    assert sorted(entry.name for entry in finished.directory.iterdir()) == [
        "bundle",
        "journal.jsonl",
        "outcome.json",
    ]


def test_every_epoch_is_told(task: FoldTask) -> None:
    told: list[EpochReport] = []

    run_fold(task, told.append)

    assert [report.epoch for report in told] == [1, 2]
    assert all(report.validation_ua is not None for report in told)


def test_another_tasks_fold_is_refused(finished: FoldTask) -> None:
    training = dataclasses.replace(finished.experiment.training, seed=1)
    other = dataclasses.replace(
        finished, experiment=dataclasses.replace(finished.experiment, training=training)
    )

    with pytest.raises(TrainingError, match=r"outcome\.json: was run with other settings or recordings"):
        run_fold(other)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"fingerprint": "ours"}'])
def test_a_broken_outcome_is_a_named_error(task: FoldTask, content: str) -> None:
    task.directory.mkdir()
    (task.directory / "outcome.json").write_text(content, encoding="utf-8")

    with pytest.raises(TrainingError, match=r"outcome\.json: holds no finished fold .* delete it"):
        run_fold(task)


def test_an_outcome_that_contradicts_itself_is_a_named_error(task: FoldTask) -> None:
    run_fold(task)
    path = task.directory / "outcome.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(values | {"truth": []}), encoding="utf-8")

    with pytest.raises(EvaluationError, match="0 true labels"):
        run_fold(task)


def test_a_fold_that_was_killed_before_its_answers_goes_on(
    task: FoldTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    unbroken = run_fold(dataclasses.replace(task, directory=task.directory.with_name("unbroken")))
    with monkeypatch.context() as patched:
        patched.delattr(fold, "write_answers")
        with pytest.raises(NameError):
            run_fold(task)

    assert run_fold(task).outcome == unbroken.outcome


@pytest.fixture
def classical(task: FoldTask) -> FoldTask:
    """Return the fold of a classical system."""
    return dataclasses.replace(task, experiment=load_comparison("tree"))


def test_a_classical_system_is_held_to_the_same_seal(
    classical: FoldTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[tuple[str, bool]] = []

    def watched(utterance: Utterance) -> FloatArray:
        read.append((utterance.id, (classical.directory / "bundle" / "card.json").exists()))
        return utterance_waveform(utterance)

    monkeypatch.setattr(prosodyn.training.hearing, "utterance_waveform", watched)
    monkeypatch.setattr(prosodyn.inference.clip, "utterance_waveform", watched)
    run_fold(classical)

    before = [name for name, written in read if not written]
    after = [name for name, written in read if written]
    assert before == [*classical.split.train, *classical.split.validation]
    assert sorted(after) == sorted(classical.split.test)


def test_the_answers_of_a_classical_system_are_those_of_its_bundle(
    classical: FoldTask, utterances: Utterances
) -> None:
    outcome = run_fold(classical).outcome

    by_id = {utterance.id: utterance for utterance in utterances}
    predictions = Recogniser.load(classical.directory / "bundle").from_utterances(
        by_id[name] for name in classical.split.test
    )
    assert outcome.prediction == tuple(prediction.emotion for prediction in predictions)
    assert (outcome.ids, outcome.seed) == (classical.split.test, 0)


def test_a_classical_fold_is_not_fitted_again(classical: FoldTask, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_fold(classical)
    monkeypatch.delattr(fold, "fit_comparison")

    assert run_fold(classical).outcome == first.outcome


def test_another_systems_fold_is_refused(classical: FoldTask) -> None:
    run_fold(classical)

    with pytest.raises(TrainingError, match="was run with other settings or recordings"):
        run_fold(dataclasses.replace(classical, experiment=load_comparison("knn")))
