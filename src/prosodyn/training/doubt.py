"""How far a recogniser may be believed, learnt from its own training side: speakers are held out in turn.

The bundle itself has heard everybody whom it was given, so that it would be too sure of them. Networks of
the very same training, each without some of the speakers, answer about those instead. Nothing of a test
side is seen, and the weights of the bundle stay as they are.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from prosodyn.bundle import Card, HeldOut, read_card, read_graph, read_weights, write_bundle
from prosodyn.corpora import UNKNOWN_SPEAKER
from prosodyn.errors import TrainingError
from prosodyn.evaluation.adaptation import Adaptation
from prosodyn.evaluation.folds import balanced_groups
from prosodyn.inference import Recogniser
from prosodyn.inference.calibrate import fit_temperature, softmax
from prosodyn.training.answering import answer
from prosodyn.training.familiar import learn_familiar, learn_levels
from prosodyn.types import Utterance

if TYPE_CHECKING:
    from prosodyn.training.recipe import Lesson

TeachInner = Callable[["Lesson", str], Path]
"""Trains by a lesson under a name of its own, and returns the bundle."""

_LEAST = 1e-9
"""What an emotion is given at least, so that its logarithm is finite."""


def give_doubt(bundle: Path, lesson: "Lesson", teach_inner: TeachInner) -> Card:
    """Learn how far a bundle may be believed, and of what it may be asked, and write it on its card.

    Args:
        bundle: that the lesson taught; its weights stay as they are
        lesson: its training side is divided
        teach_inner: trains without some of the speakers

    Returns:
        the card as written

    Raises:
        TrainingError: too few speakers, or some that are unknown
        BundleError: the bundle is broken
    """
    card = read_card(bundle)
    shares, truth = held_out_answers(lesson, teach_inner)
    places = np.array([card.labels.index(emotion) for emotion in truth])
    logits = np.log(np.maximum(shares, _LEAST))
    temperature = fit_temperature(logits, places)
    shares = softmax(logits, temperature)
    rows = np.arange(len(truth))
    held_out = HeldOut(
        tuple(shares[rows, places].round(4).tolist()),
        tuple(shares.max(axis=1).round(4).tolist()),
        tuple((shares.argmax(axis=1) == places).tolist()),
    )
    familiar = learn_familiar(bundle, divide_speakers(lesson), lesson.settings.augment.channels)
    card = dataclasses.replace(
        card,
        temperature=round(temperature, 4),
        held_out=held_out,
        familiar=familiar,
        levels=card.levels or learn_levels(lesson.train),
    )
    graph = read_graph(bundle, card) if card.graph_sha256 else None
    return write_bundle(bundle, card, read_weights(bundle, card), graph)


def held_out_answers(lesson: "Lesson", teach_inner: TeachInner) -> tuple[np.ndarray, list[str]]:
    """Answer every utterance of a training side by a network that has not heard its speaker.

    Args:
        lesson: its `training.held_out_folds` says how often is trained
        teach_inner: trains without some of the speakers

    Returns:
        probabilities `(utterance, emotion)` in the order of the lesson's labels, and the true emotions

    Raises:
        TrainingError: too few speakers, some that are unknown, or an emotion that only those have who are
            held out
    """
    adaptation: Adaptation = "all" if lesson.by_speaker else "none"
    rows: list[list[float]] = []
    truth: list[str] = []
    for held, bundle in _teach_without_each(lesson, teach_inner):
        for prediction in answer(Recogniser.load(bundle), held, adaptation):
            rows.append([prediction.probabilities[label] for label in lesson.labels])
        truth += [utterance.emotion for utterance in held]
    return np.array(rows), truth


def teach_held_out(bundle: Path, lesson: "Lesson", teach_inner: TeachInner) -> None:
    """Take part in what `give_doubt` trains, in a process that does not lead; the one that does answers.

    Raises:
        TrainingError: as `give_doubt`
    """
    del bundle  # its card is written by the one that leads
    _teach_without_each(lesson, teach_inner)


def _teach_without_each(
    lesson: "Lesson", teach_inner: TeachInner
) -> list[tuple[tuple[Utterance, ...], Path]]:
    """Train without each group of speakers, and return the group and the bundle that has not heard it."""
    training = dataclasses.replace(lesson.experiment.training, held_out_folds=0)
    sure = dataclasses.replace(lesson.experiment, training=training)
    groups = divide_speakers(lesson)
    lessons = []
    for held in groups:
        own = {utterance.voice for utterance in held}
        others = tuple(each for each in lesson.train if each.voice not in own)
        inner = dataclasses.replace(lesson, experiment=sure, train=others)
        if inner.labels != lesson.labels:
            lost = sorted(set(lesson.labels) - set(inner.labels))
            raise TrainingError(
                f"training: without {len(own)} of its speakers nobody says {lost[0]}; set held_out_folds to 0"
            )
        lessons.append(inner)
    # all of them before anybody answers, so that no process waits for another's answers
    bundles = [teach_inner(inner, f"held-out-{number}") for number, inner in enumerate(lessons, start=1)]
    return list(zip(groups, bundles, strict=True))


def divide_speakers(lesson: "Lesson") -> list[tuple[Utterance, ...]]:
    """Divide a training side into groups of whole speakers, alike in their emotions.

    Raises:
        TrainingError: fewer speakers than groups, or some that are unknown
    """
    n_folds = lesson.experiment.training.held_out_folds
    emotions: dict[str, Counter[str]] = {}
    for utterance in lesson.train:
        if utterance.speaker == UNKNOWN_SPEAKER:
            raise TrainingError(
                f"training: held_out_folds holds speakers out, and '{utterance.id}' does not say who speaks; "
                "name the speakers, or set it to 0"
            )
        emotions.setdefault("/".join(utterance.voice), Counter())[utterance.emotion] += 1
    if len(emotions) < max(2, n_folds):
        raise TrainingError(
            f"training: {len(emotions)} speakers cannot be held out in {n_folds} groups; "
            "set held_out_folds to 0"
        )
    groups = balanced_groups(emotions, n_folds, lesson.experiment.training.seed)
    return [
        tuple(utterance for utterance in lesson.train if "/".join(utterance.voice) in set(group))
        for group in groups
    ]
