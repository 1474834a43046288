"""One fold of a benchmark: train, write the bundle, load it as users do, answer once, keep the answers."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from prosodyn.comparison.settings import Comparison
from prosodyn.errors import TrainingError
from prosodyn.evaluation.outcome import Outcome
from prosodyn.files import write_text
from prosodyn.inference import Recogniser
from prosodyn.training.comparison import ComparisonLesson, fit_comparison, write_comparison
from prosodyn.training.experiment import Settings
from prosodyn.training.hearing import hear
from prosodyn.training.loop import Progress, RunPlace
from prosodyn.training.recipe import Lesson, Naming, train_network, write_trained
from prosodyn.training.steps import choose_device
from prosodyn.types import Split, Utterance

BUNDLE, OUTCOME = "bundle", "outcome.json"


@dataclass(frozen=True, slots=True)
class FoldTask:
    """What one process needs to run one fold.

    Attributes:
        experiment: settings of a network or of a classical system
        split: which utterances stand on which side
        utterances: of the whole corpus
        directory: of this fold; a finished fold in it is not run again
        device: that trains a network; classical systems are fitted on the CPU
        command: repeats the benchmark
    """

    experiment: Settings
    split: Split
    utterances: tuple[Utterance, ...]
    directory: Path
    device: str
    command: str


@dataclass(frozen=True, slots=True)
class FoldAnswers:
    """What a fold leaves.

    Attributes:
        outcome: answers to the test side
        seconds_training: that the training took
    """

    outcome: Outcome
    seconds_training: float


def run_fold(task: FoldTask, progress: Progress | None = None) -> FoldAnswers:
    """Run a fold, or return what an earlier run of the same task left.

    The test side is answered by a `Recogniser` that was loaded from the bundle
    on disk: what is scored is what users would run.

    Raises:
        TrainingError: the training cannot go on, or the directory holds another task's fold
        AudioError: a recording that cannot be used
    """
    lesson = _lesson(task)
    test = pick(task, task.split.test)
    finished = read_answers(task.directory / OUTCOME, lesson.fingerprint)
    if finished is not None:
        return _refuse_other_test_side(finished, test, task.directory)
    # features are computed fold by fold: what is tested is not even read before the bundle is written
    if isinstance(lesson, ComparisonLesson):
        seconds = _teach_comparison(lesson, task)
    else:
        seconds = _teach_network(lesson, task, progress)
    predictions = Recogniser.load(task.directory / BUNDLE).from_utterances(test)
    outcome = Outcome(
        fold=task.split.name,
        seed=task.experiment.seed,
        labels=lesson.labels,
        ids=tuple(utterance.id for utterance in test),
        truth=tuple(utterance.emotion for utterance in test),
        prediction=tuple(prediction.emotion for prediction in predictions),
        probabilities=np.array([list(prediction.probabilities.values()) for prediction in predictions]),
    )
    answers = FoldAnswers(outcome, seconds)
    write_answers(task.directory / OUTCOME, answers, lesson.fingerprint)
    (task.directory / "checkpoint.safetensors").unlink(missing_ok=True)
    return answers


def _lesson(task: FoldTask) -> Lesson | ComparisonLesson:
    """Gather what is taught; a classical system chooses by inner folds, so that validation teaches too."""
    train, validation = pick(task, task.split.train), pick(task, task.split.validation)
    if isinstance(task.experiment, Comparison):
        return ComparisonLesson(task.experiment, (*train, *validation))
    return Lesson(task.experiment, train, validation)


def _teach_network(lesson: Lesson, task: FoldTask, progress: Progress | None) -> float:
    """Train a network and write its bundle; return the seconds that the training took."""
    place = RunPlace(choose_device(task.device), task.directory, progress=progress)
    started = time.monotonic()
    spectrograms = hear((*lesson.train, *lesson.validation), lesson.experiment.front_end)
    module = train_network(lesson, place, spectrograms)
    seconds = time.monotonic() - started
    write_trained(task.directory / BUNDLE, module, lesson, _naming(task), graph=False)
    return seconds


def _teach_comparison(lesson: ComparisonLesson, task: FoldTask) -> float:
    """Fit a classical system and write its bundle; return the seconds that the fitting took."""
    started = time.monotonic()
    taught = fit_comparison(lesson)
    seconds = time.monotonic() - started
    write_comparison(task.directory / BUNDLE, taught, lesson, _naming(task))
    return seconds


def pick(task: FoldTask, ids: Sequence[str]) -> tuple[Utterance, ...]:
    """Return the utterances with these ids, in the order of the ids."""
    by_id = {utterance.id: utterance for utterance in task.utterances}
    return tuple(by_id[name] for name in ids)


def write_answers(path: Path, answers: FoldAnswers, fingerprint: str) -> None:
    """Write what a fold leaves as JSON, whole or not at all."""
    outcome = answers.outcome
    values = {
        "fingerprint": fingerprint,
        "seconds_training": round(answers.seconds_training, 1),
        "fold": outcome.fold,
        "seed": outcome.seed,
        "labels": outcome.labels,
        "ids": outcome.ids,
        "truth": outcome.truth,
        "prediction": outcome.prediction,
        "probabilities": outcome.probabilities.round(6).tolist(),
    }
    write_text(path, json.dumps(values, ensure_ascii=False) + "\n")


def read_answers(path: Path, fingerprint: str) -> FoldAnswers | None:
    """Read what a fold left; None where it has not been run.

    Raises:
        TrainingError: the file is broken, or belongs to other settings or utterances
    """
    if not path.exists():
        return None
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        outcome = Outcome(
            fold=values["fold"],
            seed=values["seed"],
            labels=tuple(values["labels"]),
            ids=tuple(values["ids"]),
            truth=tuple(values["truth"]),
            prediction=tuple(values["prediction"]),
            probabilities=np.array(values["probabilities"]),
        )
        answers = FoldAnswers(outcome, values["seconds_training"])
        found = values["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise TrainingError(
            f"{path}: holds no finished fold ({fault!r}); delete it to run it again"
        ) from fault
    if found != fingerprint:
        raise TrainingError(f"{path}: was run with other settings or recordings; choose another directory")
    return answers


def _refuse_other_test_side(answers: FoldAnswers, test: Sequence[Utterance], directory: Path) -> FoldAnswers:
    answered = dict(zip(answers.outcome.ids, answers.outcome.truth, strict=True))
    if answered != {utterance.id: utterance.emotion for utterance in test}:
        raise TrainingError(f"{directory}: was tested on other recordings; choose another directory")
    return answers


def _naming(task: FoldTask) -> Naming:
    return Naming(
        name="fold",
        description=f"One fold of a benchmark, {task.split.name}: made to be scored, not to be used.",
        licence="as the corpus",
        limits="Trained on one fold; use a bundle that was trained on everything.",
        command=task.command,
    )
