"""A fold of a classical system: the same seal, the same recogniser, the same outcome."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from prosodyn.comparison.settings import load_comparison
from prosodyn.errors import TrainingError
from prosodyn.inference import Recogniser
from prosodyn.training.fold import FoldTask, run_fold
from prosodyn.types import Split, Utterance

RunWatched = Callable[[FoldTask], tuple[list[str], list[str]]]
Utterances = tuple[Utterance, ...]


@pytest.fixture
def classical(tmp_path: Path, utterances: Utterances) -> FoldTask:
    """Return a fold that tests the second speaker."""
    ids = [utterance.id for utterance in utterances]
    split = Split("speaker-m1", tuple(ids[:7]), (ids[7],), tuple(reversed(ids[8:])))
    return FoldTask(load_comparison("tree"), split, utterances, tmp_path / "fold", "cpu", "prosodyn evaluate")


def test_a_classical_system_is_held_to_the_same_seal(classical: FoldTask, run_watched: RunWatched) -> None:
    before, after = run_watched(classical)

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
    assert outcome.prediction == tuple(prediction.best_guess for prediction in predictions)
    assert (outcome.ids, outcome.seed) == (classical.split.test, 0)


def test_a_classical_fold_is_not_fitted_again(classical: FoldTask, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_fold(classical)
    monkeypatch.delattr("prosodyn.training.comparison.fit_comparison")

    assert run_fold(classical).outcome == first.outcome


def test_another_systems_fold_is_refused(classical: FoldTask) -> None:
    run_fold(classical)

    with pytest.raises(TrainingError, match="was run with other settings or recordings"):
        run_fold(dataclasses.replace(classical, experiment=load_comparison("knn")))
