"""One fold: what is tested is not touched before the bundle is written, and is answered once."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prosodyn.bundle import read_card
from prosodyn.config import Experiment
from prosodyn.corpora.toy import recording
from prosodyn.errors import EvaluationError, TrainingError
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.inference import Recogniser
from prosodyn.training import fold
from prosodyn.training.experiment import fold_settings
from prosodyn.training.fold import FoldTask, run_fold
from prosodyn.training.journal import EpochReport
from prosodyn.training.running import FoldReport, run_folds
from prosodyn.types import Split, Utterance

RunWatched = Callable[[FoldTask], tuple[list[str], list[str]]]
Utterances = tuple[Utterance, ...]


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
    assert outcome.prediction == tuple(prediction.best_guess for prediction in predictions)
    expected = [list(prediction.probabilities.values()) for prediction in predictions]
    np.testing.assert_allclose(outcome.probabilities, expected, atol=1e-5)


def test_the_test_side_is_read_only_after_the_bundle_is_written(
    task: FoldTask, run_watched: RunWatched
) -> None:
    before, after = run_watched(task)

    assert before == [*task.split.train, *task.split.validation]
    assert sorted(after) == sorted(task.split.test)


def test_the_card_knows_nothing_of_the_test_side(task: FoldTask) -> None:
    run_fold(task)

    provenance = read_card(task.directory / "bundle").provenance
    assert (provenance.n_utterances, provenance.n_speakers) == (7, 1)


def test_a_finished_fold_is_not_trained_again(finished: FoldTask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("prosodyn.training.recipe.train_network")

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
        "taught.json",
    ]


def test_every_epoch_is_told(task: FoldTask) -> None:
    told: list[EpochReport] = []

    run_fold(task, told.append)

    assert [report.epoch for report in told] == [1, 2]
    assert all(report.validation_ua is not None for report in told)


def test_every_recording_that_is_heard_is_told(task: FoldTask) -> None:
    told: list[FoldReport] = []

    run_folds([task], 1, told.append)

    heard = [report.heard for report in told if report.heard is not None]
    n_heard = len({*task.split.train, *task.split.validation})
    assert heard == [(number, n_heard) for number in range(1, n_heard + 1)]
    assert [report.epoch is None for report in told[: n_heard + 1]] == [True] * n_heard + [False]


def test_another_tasks_fold_is_refused(finished: FoldTask) -> None:
    training = dataclasses.replace(finished.experiment.training, seed=1)
    other = dataclasses.replace(
        finished, experiment=dataclasses.replace(finished.experiment, training=training)
    )

    with pytest.raises(TrainingError, match=r"outcome\.json: was run with other settings or recordings"):
        run_fold(other)


def test_another_sound_under_a_tested_name_is_refused(finished: FoldTask, utterances: Utterances) -> None:
    assert utterances[-1].waveform is not None
    softer = dataclasses.replace(utterances[-1], waveform=0.5 * utterances[-1].waveform)

    with pytest.raises(TrainingError, match="was tested on other recordings"):
        run_fold(dataclasses.replace(finished, utterances=(*utterances[:-1], softer)))


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
def adapted(tmp_path: Path, experiment: Experiment) -> FoldTask:
    """Return a fold that tests twelve recordings of a third speaker, all of which are heard first."""
    spoken = tuple(
        Utterance(f"{speaker}-{emotion}-{take}", emotion, speaker, "toy", waveform=waveform)
        for speaker, takes in (("f1", 2), ("m1", 2), ("f2", 6))
        for emotion in ("anger", "sadness")
        for take in range(takes)
        for waveform in (recording(emotion, speaker, "ba-ti-so", take),)
    )
    ids = [utterance.id for utterance in spoken]
    settings = fold_settings(experiment, find_protocol("loso"), "all")
    split = Split("speaker-f2", tuple(ids[:8]), (), tuple(ids[8:]))
    return FoldTask(
        settings, split, spoken, tmp_path / "all", "cpu", "prosodyn evaluate", "all", (tmp_path / "enrolled",)
    )


@pytest.fixture
def enrolled(adapted: FoldTask) -> FoldTask:
    """Return the same fold, in which ten recordings are heard first and two are scored."""
    (twin,) = adapted.twins
    return dataclasses.replace(adapted, adaptation="enrolment", directory=twin, twins=(adapted.directory,))


def test_what_is_enrolled_is_not_in_the_outcome(enrolled: FoldTask) -> None:
    outcome = run_fold(enrolled).outcome

    assert len(outcome.ids) == len(enrolled.split.test) - 10 == 2
    assert set(outcome.ids) < set(enrolled.split.test)


def test_the_same_is_scored_whatever_was_trained(enrolled: FoldTask) -> None:
    network = dataclasses.replace(enrolled.experiment.network, name="cnn_lstm")
    training = dataclasses.replace(enrolled.experiment.training, seed=7)
    other = dataclasses.replace(
        enrolled,
        experiment=dataclasses.replace(enrolled.experiment, network=network, training=training),
        directory=enrolled.directory.with_name("other"),
    )

    assert run_fold(other).outcome.ids == run_fold(enrolled).outcome.ids


def test_a_bundle_that_the_twin_has_trained_is_not_trained_again(
    adapted: FoldTask, enrolled: FoldTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = run_fold(dataclasses.replace(enrolled, twins=(), directory=enrolled.directory.with_name("own")))
    first = run_fold(adapted)
    monkeypatch.delattr("prosodyn.training.recipe.train_network")

    second = run_fold(enrolled)

    assert second.outcome == alone.outcome
    np.testing.assert_allclose(second.outcome.probabilities, alone.outcome.probabilities, atol=1e-6)
    assert second.seconds_training == pytest.approx(first.seconds_training, abs=0.1)
    assert [entry.name for entry in enrolled.directory.iterdir()] == ["outcome.json"]


def test_a_twin_of_other_settings_is_left_alone(adapted: FoldTask, enrolled: FoldTask) -> None:
    training = dataclasses.replace(adapted.experiment.training, seed=1)
    run_fold(
        dataclasses.replace(adapted, experiment=dataclasses.replace(adapted.experiment, training=training))
    )

    run_fold(enrolled)

    assert (enrolled.directory / "bundle").exists()


def test_another_adaptation_is_refused(adapted: FoldTask) -> None:
    run_fold(adapted)

    with pytest.raises(TrainingError, match="was run with adaptation 'all', not 'none'; choose another"):
        run_fold(dataclasses.replace(adapted, adaptation="none"))
    assert run_fold(adapted).adaptation == "all"


@pytest.mark.parametrize("key", ["adaptation", "tested", "weights_sha256"])
def test_an_outcome_from_before_a_key_is_read(finished: FoldTask, key: str) -> None:
    path = finished.directory / "outcome.json"
    whole = path.read_text(encoding="utf-8")
    values = json.loads(whole)
    del values[key]
    path.write_text(json.dumps(values), encoding="utf-8")

    assert run_fold(finished).adaptation == "none"
    path.write_text(whole, encoding="utf-8")


def test_an_adapted_test_side_is_read_only_after_the_bundle_is_written(
    enrolled: FoldTask, run_watched: RunWatched
) -> None:
    before, after = run_watched(enrolled)

    assert before == list(enrolled.split.train)
    assert sorted(after) == sorted(enrolled.split.test)
