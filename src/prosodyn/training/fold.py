"""One fold of a benchmark: teach, load the bundle as users do, answer the test side once, keep it."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from prosodyn.audio import find_channel
from prosodyn.bundle import COVERAGE
from prosodyn.comparison.settings import Comparison
from prosodyn.errors import ConfigError, TrainingError
from prosodyn.evaluation.adaptation import Adaptation
from prosodyn.evaluation.outcome import Outcome
from prosodyn.files import write_text
from prosodyn.inference import Recogniser
from prosodyn.training.answering import answer, scored_side
from prosodyn.training.comparison import ComparisonLesson
from prosodyn.training.experiment import Settings
from prosodyn.training.identity import digest, utterance_identity
from prosodyn.training.naming import Naming
from prosodyn.training.place import Listening, Progress
from prosodyn.training.pretraining import Before, after_pretraining
from prosodyn.training.recipe import Lesson
from prosodyn.training.teaching import (
    BUNDLE,
    AnyLesson,
    Taught,
    TeachTask,
    find_taught,
    holds_out,
    teach,
    wants_doubt,
)
from prosodyn.types import Channel, Split, Utterance

OUTCOME = "outcome.json"


@dataclass(frozen=True, slots=True)
class FoldTask:
    """One fold: both of its sides, of which only the first is handed on to what trains.

    Attributes:
        experiment: settings of a network or of a classical system
        split: which utterances stand on which side
        utterances: of the whole corpus
        directory: of this fold; a finished fold in it is not run again
        device: that trains a network; classical systems are fitted on the CPU
        command: repeats the benchmark
        adaptation: what is done with unlabelled audio of the test speakers
        twins: of this fold in runs of other adaptations and channels; a bundle in one of them that was taught
            the very same is answered by, not trained again
        pretraining: what the network hears before this fold; it has to be run before
        channel: what the test side goes through before it is answered; empty for nothing
    """

    experiment: Settings
    split: Split
    utterances: tuple[Utterance, ...]
    directory: Path
    device: str
    command: str
    adaptation: Adaptation = "none"
    twins: tuple[Path, ...] = ()
    pretraining: Before | None = None
    channel: Channel = ""

    @property
    def lesson(self) -> AnyLesson:
        """Gather what is taught; a classical system chooses by inner folds, so validation teaches too."""
        train, validation = self.pick(self.split.train), self.pick(self.split.validation)
        if isinstance(self.experiment, Comparison):
            return ComparisonLesson(self.experiment, (*train, *validation))
        return after_pretraining(Lesson(self.experiment, train, validation), self.pretraining)

    @property
    def teaching(self) -> TeachTask:
        """Return what may be known to the process that trains."""
        naming = Naming(
            name="fold",
            description=f"One fold of a benchmark, {self.split.name}: made to be scored, not to be used.",
            licence="as the corpus",
            limits="Trained on one fold; use a bundle that was trained on everything.",
            command=self.command,
        )
        return TeachTask(self.lesson, self.directory, self.device, naming)

    def pick(self, ids: Sequence[str]) -> tuple[Utterance, ...]:
        """Return the utterances with these ids, in the order of the ids."""
        by_id = {utterance.id: utterance for utterance in self.utterances}
        return tuple(by_id[name] for name in ids)


@dataclass(frozen=True, slots=True)
class FoldAnswers:
    """What a fold leaves.

    Attributes:
        outcome: answers to the test side
        seconds_training: that the training took
        adaptation: what was done with unlabelled audio of the test speakers
        tested: identifies the test side's sounds; empty in what was left before they were identified
        weights_sha256: of the bundle that answered; empty in what was left before it was told
        start: name and weights' hash of the bundle that it was fine-tuned from; empty where there was none,
            and in what was left before it was told
        channel: what the test side went through
        least_share: from which on an emotion belongs to the set that holds the true one as often as
            `bundle.COVERAGE` asks; None where no speakers were held out of the training to learn it from
    """

    outcome: Outcome
    seconds_training: float
    adaptation: Adaptation = "none"
    tested: str = ""
    weights_sha256: str = ""
    start: str = ""
    channel: Channel = ""
    least_share: float | None = None


def run_fold(
    task: FoldTask, progress: Progress | None = None, listening: Listening | None = None
) -> FoldAnswers:
    """Run a fold in this process, or return what an earlier run of the same task left.

    `progress` is called as epochs end, and `listening` before, as recordings of the training side are heard.

    Raises:
        TrainingError: the training cannot go on, or the directory holds another task's fold
        EvaluationError: enrolment would leave nothing of a speaker to be scored
        AudioError: a recording that cannot be used
    """
    finished = find_answers(task)
    if finished is not None:
        return finished
    return answer_fold(task, find_taught_twin(task) or teach(task.teaching, progress, listening))


def find_answers(task: FoldTask) -> FoldAnswers | None:
    """Return what an earlier run of the same fold left; None where it has not been run.

    Raises:
        TrainingError: the directory holds another task's fold, or one that is broken
        EvaluationError: enrolment would leave nothing of a speaker to be scored
    """
    scored = scored_side(task.pick(task.split.test), task.adaptation)
    finished = read_answers(task.directory / OUTCOME, task.lesson.fingerprint)
    if finished is not None and finished.least_share is None and holds_out(task.lesson):
        return None  # it was answered before it was known how far to believe it
    return None if finished is None else _refuse_other_test_side(finished, scored, task)


def find_taught_twin(task: FoldTask) -> Taught | None:
    """Return what the fold of another adaptation or channel was taught, where that is the very same."""
    # a run whose answers were kept without its bundles has nothing to answer by
    twins = [twin for twin in task.twins if (twin / BUNDLE).is_dir()]
    if not twins:
        return None
    lesson = task.lesson
    found = next(filter(None, (find_taught(twin, lesson.fingerprint) for twin in twins)), None)
    return None if found is None or wants_doubt(lesson, found.bundle) else found


def answer_fold(task: FoldTask, taught: Taught) -> FoldAnswers:
    """Answer the test side, once.

    A `Recogniser` does it that was loaded from the bundle on disk: what is scored is what users would run.

    Raises:
        TrainingError: the bundle changed after its training
        EvaluationError: enrolment would leave nothing of a speaker to be scored
        AudioError: a recording that cannot be used
    """
    recogniser = Recogniser.load(taught.bundle)
    if recogniser.card.weights_sha256 != taught.weights_sha256:
        raise TrainingError(f"{taught.bundle}: was changed after its training; delete it to train again")
    test = task.pick(task.split.test)
    scored = scored_side(test, task.adaptation)
    predictions = answer(recogniser, test, task.adaptation, task.channel)
    outcome = Outcome(
        fold=task.split.name,
        seed=task.experiment.seed,
        labels=recogniser.labels,
        ids=tuple(utterance.id for utterance in scored),
        truth=tuple(utterance.emotion for utterance in scored),
        prediction=tuple(prediction.best_guess for prediction in predictions),
        probabilities=np.array([list(prediction.probabilities.values()) for prediction in predictions]),
    )
    answers = FoldAnswers(
        outcome,
        taught.seconds,
        task.adaptation,
        _identify_tested(task),
        taught.weights_sha256,
        recogniser.card.provenance.start,
        task.channel,
        None if recogniser.card.held_out is None else recogniser.card.held_out.least_share(COVERAGE),
    )
    write_answers(task.directory / OUTCOME, answers, task.lesson.fingerprint)
    return answers


def write_answers(path: Path, answers: FoldAnswers, fingerprint: str) -> None:
    """Write what a fold leaves as JSON, whole or not at all."""
    outcome = answers.outcome
    values = {
        "fingerprint": fingerprint,
        "seconds_training": round(answers.seconds_training, 1),
        "adaptation": answers.adaptation,
        "tested": answers.tested,
        "weights_sha256": answers.weights_sha256,
        "start": answers.start,
        "channel": answers.channel,
        "least_share": answers.least_share,
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
        # older outcomes say neither how they were adapted, nor which sounds were tested, nor by which
        # weights; they went through no channel
        later = (
            values.get("adaptation", "none"),
            values.get("tested", ""),
            values.get("weights_sha256", ""),
            values.get("start", ""),
            find_channel(values.get("channel", "")),
            values.get("least_share"),
        )
        return FoldAnswers(outcome, values["seconds_training"], *later), values["fingerprint"]
    except (OSError, ValueError, KeyError, TypeError, ConfigError) as fault:
        raise TrainingError(
            f"{path}: holds no finished fold ({fault!r}); delete it to run it again"
        ) from fault


def _refuse_other_test_side(answers: FoldAnswers, scored: Sequence[Utterance], task: FoldTask) -> FoldAnswers:
    if answers.adaptation != task.adaptation:
        raise TrainingError(
            f"{task.directory}: was run with adaptation '{answers.adaptation}', not '{task.adaptation}'; "
            "choose another directory"
        )
    if answers.channel != task.channel:
        found, wanted = (
            f"through '{each}'" if each else "as recorded" for each in (answers.channel, task.channel)
        )
        raise TrainingError(f"{task.directory}: was tested {found}, not {wanted}; choose another directory")
    answered = dict(zip(answers.outcome.ids, answers.outcome.truth, strict=True))
    asked = {utterance.id: utterance.emotion for utterance in scored}
    if answered != asked or answers.tested not in ("", _identify_tested(task)):
        raise TrainingError(f"{task.directory}: was tested on other recordings; choose another directory")
    return answers


def _identify_tested(task: FoldTask) -> str:
    """Identify what is tested, and where somebody is enrolled, who speaks; not called before the training."""
    with_speaker = task.adaptation != "none"
    tested = (dataclasses.replace(each, channel=task.channel) for each in task.pick(task.split.test))
    return digest([utterance_identity(each, with_speaker) for each in tested])
