"""A leak planted into a fold is seen: nothing that is tested is heard before the bundle is written."""

import dataclasses
from collections.abc import Callable, Sequence

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.split_checks import check_splits
from prosodyn.model import WaveformNetwork
from prosodyn.training import recipe
from prosodyn.training.fold import FoldTask
from prosodyn.training.hearing import HeardUtterances, hear
from prosodyn.training.side import Normalisation, fit_normalisation
from prosodyn.types import Split, Utterance

RunWatched = Callable[[FoldTask], tuple[list[str], list[str]]]


def peeked_at(task: FoldTask, run_watched: RunWatched) -> set[str]:
    """Run a fold, and return what it tests and heard too early."""
    before, _ = run_watched(task)
    return set(before) & set(task.split.test)


def choosing_by_test(task: FoldTask) -> FoldTask:
    """Plant the commonest leak: the epoch with the best score on the test side is kept."""
    split = Split(task.split.name, task.split.train, task.split.test, task.split.test)
    training = dataclasses.replace(task.experiment.training, selection="best_validation")  # type: ignore[union-attr]
    return dataclasses.replace(
        task,
        split=split,
        experiment=dataclasses.replace(task.experiment, training=training),  # type: ignore[arg-type]
    )


def test_an_honest_fold_peeks_at_nothing(task: FoldTask, run_watched: RunWatched) -> None:
    assert peeked_at(task, run_watched) == set()


def test_a_scaler_fitted_on_all_is_seen(
    task: FoldTask, run_watched: RunWatched, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fit_on_all(
        module: WaveformNetwork,
        train: Sequence[Utterance],
        heard: HeardUtterances,
        normalisation: Normalisation,
    ) -> None:
        del train, heard
        everything = hear(task.utterances, module.listener)
        fit_normalisation(module, task.utterances, everything, normalisation)

    monkeypatch.setattr(recipe, "fit_normalisation", fit_on_all)

    assert peeked_at(task, run_watched) == set(task.split.test)


def test_a_checkpoint_chosen_by_test_score_is_seen(task: FoldTask, run_watched: RunWatched) -> None:
    assert peeked_at(choosing_by_test(task), run_watched) == set(task.split.test)


def test_a_split_that_validates_on_its_test_side_is_refused(task: FoldTask) -> None:
    by_id = {utterance.id: utterance for utterance in task.utterances}

    with pytest.raises(EvaluationError, match="stands 2 times; the sides must be disjoint"):
        check_splits("loso", [choosing_by_test(task).split], by_id)
