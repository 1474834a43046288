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
from prosodyn.evaluation.adaptation import Adaptation
from prosodyn.evaluation.outcome import Outcome
from prosodyn.files import write_text
from prosodyn.inference import Recogniser
from prosodyn.training.answering import answer, scored_side
from prosodyn.training.comparison import ComparisonLesson
from prosodyn.training.experiment import Settings
from prosodyn.training.identity import digest, utterance_identity
from prosodyn.training.loop import Progress, RunPlace
from prosodyn.training.recipe import Lesson, Naming
from prosodyn.training.steps import choose_device
from prosodyn.types import Split, Utterance

BUNDLE, OUTCOME = "bundle", "outcome.json"

AnyLesson = Lesson | ComparisonLesson
"""What is taught, to a network or to a classical system; either teaches itself."""


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
        adaptation: what is done with unlabelled audio of the test speakers
        twin: of this fold in the run of the other adaptation; a bundle in it that was taught the very same
            is answered by, not trained again
    """

    experiment: Settings
    split: Split
    utterances: tuple[Utterance, ...]
    directory: Path
    device: str
    command: str
    adaptation: Adaptation = "none"
    twin: Path | None = None


@dataclass(frozen=True, slots=True)
class FoldAnswers:
    """What a fold leaves.

    Attributes:
        outcome: answers to the test side
        seconds_training: that the training took
        adaptation: what was done with unlabelled audio of the test speakers
        tested: identifies the test side's sounds; empty in what was left before they were identified
    """

    outcome: Outcome
    seconds_training: float
    adaptation: Adaptation = "none"
    tested: str = ""


def run_fold(task: FoldTask, progress: Progress | None = None) -> FoldAnswers:
    """Run a fold, or return what an earlier run of the same task left.

    The test side is answered by a `Recogniser` that was loaded from the bundle
    on disk: what is scored is what users would run.

    Raises:
        TrainingError: the training cannot go on, or the directory holds another task's fold
        EvaluationError: enrolment would leave nothing of a speaker to be scored
        AudioError: a recording that cannot be used
    """
    lesson = _lesson(task)
    test = pick(task, task.split.test)
    scored = scored_side(test, task.adaptation)
    finished = read_answers(task.directory / OUTCOME, lesson.fingerprint)
    if finished is not None:
        return _refuse_other_test_side(finished, scored, task)
    bundle, seconds = _find_trained(task, lesson) or _teach(task, lesson, progress)
    predictions = answer(Recogniser.load(bundle), test, task.adaptation)
    outcome = Outcome(
        fold=task.split.name,
        seed=task.experiment.seed,
        labels=lesson.labels,
        ids=tuple(utterance.id for utterance in scored),
        truth=tuple(utterance.emotion for utterance in scored),
        prediction=tuple(prediction.emotion for prediction in predictions),
        probabilities=np.array([list(prediction.probabilities.values()) for prediction in predictions]),
    )
    answers = FoldAnswers(outcome, seconds, task.adaptation, _identify_tested(task))
    write_answers(task.directory / OUTCOME, answers, lesson.fingerprint)
    (task.directory / "checkpoint.safetensors").unlink(missing_ok=True)
    return answers


def _find_trained(task: FoldTask, lesson: AnyLesson) -> tuple[Path, float] | None:
    """Return the twin's bundle and the seconds that it took, where the twin was taught the very same."""
    if task.twin is None or not (task.twin / BUNDLE).exists():
        return None
    found = _read(task.twin / OUTCOME)
    if found is None or found[1] != lesson.fingerprint:
        return None
    return task.twin / BUNDLE, found[0].seconds_training


def _teach(task: FoldTask, lesson: AnyLesson, progress: Progress | None) -> tuple[Path, float]:
    """Fit what the settings name and write its bundle; return it and the seconds that this took."""
    bundle = task.directory / BUNDLE
    place = RunPlace(choose_device(task.device), task.directory, progress=progress)
    started = time.monotonic()
    # features are computed fold by fold: training does not even read what is tested
    lesson.teach(bundle, _naming(task), place)
    return bundle, time.monotonic() - started


def _lesson(task: FoldTask) -> AnyLesson:
    """Gather what is taught; a classical system chooses by inner folds, so that validation teaches too."""
    train, validation = pick(task, task.split.train), pick(task, task.split.validation)
    if isinstance(task.experiment, Comparison):
        return ComparisonLesson(task.experiment, (*train, *validation))
    return Lesson(task.experiment, train, validation)


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
        "adaptation": answers.adaptation,
        "tested": answers.tested,
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
    read = _read(path)
    if read is None:
        return None
    answers, found = read
    if found != fingerprint:
        raise TrainingError(f"{path}: was run with other settings or recordings; choose another directory")
    return answers


def _read(path: Path) -> tuple[FoldAnswers, str] | None:
    """Read what a fold left, and the fingerprint of what it was taught."""
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
        # older outcomes say neither how they were adapted nor which sounds were tested
        later = values.get("adaptation", "none"), values.get("tested", "")
        return FoldAnswers(outcome, values["seconds_training"], *later), values["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise TrainingError(
            f"{path}: holds no finished fold ({fault!r}); delete it to run it again"
        ) from fault


def _refuse_other_test_side(answers: FoldAnswers, scored: Sequence[Utterance], task: FoldTask) -> FoldAnswers:
    if answers.adaptation != task.adaptation:
        raise TrainingError(
            f"{task.directory}: was run with adaptation '{answers.adaptation}', not '{task.adaptation}'; "
            "choose another directory"
        )
    answered = dict(zip(answers.outcome.ids, answers.outcome.truth, strict=True))
    asked = {utterance.id: utterance.emotion for utterance in scored}
    if answered != asked or answers.tested not in ("", _identify_tested(task)):
        raise TrainingError(f"{task.directory}: was tested on other recordings; choose another directory")
    return answers


def _identify_tested(task: FoldTask) -> str:
    """Identify what is tested, and where somebody is enrolled, who speaks; not called before the training."""
    with_speaker = task.adaptation != "none"
    return digest([utterance_identity(each, with_speaker) for each in pick(task, task.split.test)])


def _naming(task: FoldTask) -> Naming:
    return Naming(
        name="fold",
        description=f"One fold of a benchmark, {task.split.name}: made to be scored, not to be used.",
        licence="as the corpus",
        limits="Trained on one fold; use a bundle that was trained on everything.",
        command=task.command,
    )
