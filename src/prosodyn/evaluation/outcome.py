"""What a system answered: one outcome per fold and seed, gathered over all folds."""

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.metrics import confusion_matrix
from prosodyn.types import IntArray, Utterance

_LEAST_PROBABILITY = 1e-6
"""As finely as what was answered is kept."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one trained recogniser answered about the test side of one fold.

    Attributes:
        fold: the split's name
        seed: of the training run
        labels: the recogniser's emotions, in the order of the probabilities
        ids: the utterances
        truth: their emotions
        prediction: the emotions that were answered
        probabilities: `(utterance, emotion)`, rows sum to one

    Raises:
        EvaluationError: fields that do not fit one another
    """

    fold: str
    seed: int
    labels: tuple[str, ...]
    ids: tuple[str, ...]
    truth: tuple[str, ...]
    prediction: tuple[str, ...]
    probabilities: NDArray[np.floating[Any]] = field(repr=False, compare=False)

    def __post_init__(self) -> None:
        where = f"fold {self.fold}, seed {self.seed}"
        if not len(self.ids) == len(self.truth) == len(self.prediction):
            raise EvaluationError(
                f"{where}: {len(self.ids)} utterances, {len(self.truth)} true labels "
                f"and {len(self.prediction)} predicted ones"
            )
        if self.probabilities.shape != (len(self.ids), len(self.labels)):
            raise EvaluationError(
                f"{where}: probabilities of shape {self.probabilities.shape}, "
                f"expected {(len(self.ids), len(self.labels))}"
            )
        if not np.allclose(self.probabilities.sum(axis=1), 1, atol=1e-4):
            raise EvaluationError(
                f"{where}: probabilities that do not sum to one; give them after the softmax"
            )
        outside = sorted({*self.truth, *self.prediction} - set(self.labels))
        if outside:
            raise EvaluationError(f"{where}: label '{outside[0]}' is not one of {list(self.labels)}")


@dataclass(frozen=True, slots=True)
class Answers:
    """What one system answered about the same utterances, once per seed.

    Attributes:
        labels: the order of rows and columns in confusion matrices
        seeds: of the training runs
        ids: the utterances of all folds, sorted
        speakers: who speaks each
        truth: the emotion of each
        predictions: for every seed, the answer to each
    """

    labels: tuple[str, ...]
    seeds: tuple[int, ...]
    ids: tuple[str, ...]
    speakers: tuple[str, ...]
    truth: tuple[str, ...]
    predictions: tuple[tuple[str, ...], ...]

    def confusions(self) -> IntArray:
        """Return one confusion matrix per seed, `(seed, truth, prediction)`, counts."""
        return np.stack([confusion_matrix(self.truth, answers, self.labels) for answers in self.predictions])

    def of_seeds(self, seeds: Collection[int]) -> "Answers":
        """Return what the networks of some seeds answered."""
        told = [pair for pair in zip(self.seeds, self.predictions, strict=True) if pair[0] in seeds]
        return dataclasses.replace(
            self, seeds=tuple(seed for seed, _ in told), predictions=tuple(given for _, given in told)
        )

    def of_speakers(self, speakers: Collection[str]) -> "Answers":
        """Return what was answered about some of the speakers."""
        places = [place for place, speaker in enumerate(self.speakers) if speaker in speakers]

        def keep(column: Sequence[str]) -> tuple[str, ...]:
            return tuple(column[place] for place in places)

        return dataclasses.replace(
            self,
            ids=keep(self.ids),
            speakers=keep(self.speakers),
            truth=keep(self.truth),
            predictions=tuple(keep(each) for each in self.predictions),
        )


def together(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Let networks of several seeds, or recipes, answer together: the geometric mean of probabilities.

    Args:
        outcomes: under one protocol, every fold by every network

    Returns:
        one a fold, under the lowest of the seeds

    Raises:
        EvaluationError: two networks that did not answer about the same utterances
    """
    by_fold: dict[str, list[Outcome]] = {}
    for outcome in sorted(outcomes, key=lambda each: each.seed):
        by_fold.setdefault(outcome.fold, []).append(outcome)
    return [_together(members) for members in by_fold.values()]


def _together(members: Sequence[Outcome]) -> Outcome:
    first = members[0]
    for other in members[1:]:
        if (other.ids, other.labels) != (first.ids, first.labels):
            raise EvaluationError(
                f"fold {first.fold}: networks of seeds {first.seed} and {other.seed} answered about other "
                "utterances; run the same folds with each"
            )
    logarithms = np.log(np.stack([each.probabilities for each in members]) + _LEAST_PROBABILITY)
    shares = np.exp(logarithms.mean(axis=0))
    probabilities = shares / shares.sum(axis=1, keepdims=True)
    prediction = tuple(first.labels[best] for best in probabilities.argmax(axis=1))
    return dataclasses.replace(first, prediction=prediction, probabilities=probabilities)


def gather(outcomes: Sequence[Outcome], utterances: Sequence[Utterance]) -> Answers:
    """Pool the outcomes of all folds that were run, seed by seed.

    Args:
        outcomes: of one system under one protocol, every fold with every seed
        utterances: the corpus, which says who speaks and what is true

    Raises:
        EvaluationError: no outcomes, other labels in some, an utterance that is unknown, answered
            twice, missing under a seed, or of another emotion than the corpus says
    """
    if not outcomes:
        raise EvaluationError("no outcomes were given; run at least one fold")
    labels = outcomes[0].labels
    by_seed: dict[int, dict[str, str]] = {}
    by_id = {utterance.id: utterance for utterance in utterances}
    for outcome in outcomes:
        if outcome.labels != labels:
            raise EvaluationError(
                f"fold {outcome.fold}, seed {outcome.seed}: labels {list(outcome.labels)}, "
                f"elsewhere {list(labels)}; pool one system's outcomes at a time"
            )
        _collect(outcome, by_id, by_seed.setdefault(outcome.seed, {}))
    ids = sorted(by_seed[outcomes[0].seed])
    for seed, answers in by_seed.items():
        different = sorted(set(ids) ^ set(answers))
        if different:
            raise EvaluationError(
                f"seed {seed}: utterance '{different[0]}' was not answered under every seed; "
                "run the same folds with each"
            )
    return Answers(
        labels=labels,
        seeds=tuple(sorted(by_seed)),
        ids=tuple(ids),
        speakers=tuple(by_id[name].speaker for name in ids),
        truth=tuple(by_id[name].emotion for name in ids),
        predictions=tuple(tuple(by_seed[seed][name] for name in ids) for seed in sorted(by_seed)),
    )


def _collect(outcome: Outcome, utterances: Mapping[str, Utterance], answers: dict[str, str]) -> None:
    """Add the answers of one fold to those of its seed."""
    where = f"fold {outcome.fold}, seed {outcome.seed}"
    for name, truth, prediction in zip(outcome.ids, outcome.truth, outcome.prediction, strict=True):
        if name not in utterances:
            raise EvaluationError(f"{where}: utterance '{name}' is not in the corpus")
        if utterances[name].emotion != truth:
            raise EvaluationError(
                f"{where}: '{name}' was tested as '{truth}', the corpus says '{utterances[name].emotion}'"
            )
        if name in answers:
            raise EvaluationError(
                f"{where}: utterance '{name}' was answered twice; each is tested once a seed"
            )
        answers[name] = prediction
