"""From a comparison's settings and labelled utterances to a classical system, as a bundle on disk."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import torch

from prosodyn import __version__
from prosodyn.bundle import Card, ComparisonSystem, Provenance, write_bundle
from prosodyn.comparison.feature_sets import build_feature_set
from prosodyn.comparison.fitted import FittedSystem
from prosodyn.comparison.functionals import LICENCE
from prosodyn.comparison.method import Examples, RealArray
from prosodyn.comparison.settings import Comparison
from prosodyn.comparison.systems import SYSTEMS, System
from prosodyn.comparison.temperature import fit_temperature
from prosodyn.encoders import encoder_identity, find_encoder
from prosodyn.errors import TrainingError
from prosodyn.evaluation.metrics import unweighted_accuracy
from prosodyn.mapping import to_mapping
from prosodyn.training.hearing import hear_features
from prosodyn.training.identity import lesson_digest
from prosodyn.training.inner import InnerFold, inner_folds
from prosodyn.training.naming import Naming
from prosodyn.training.place import RunPlace
from prosodyn.types import Utterance


@dataclass(frozen=True, slots=True)
class ComparisonLesson:
    """What a classical system is taught: settings and the whole training side, nothing of the test side.

    Attributes:
        settings: of the comparison
        train: what is fitted on; divided once more, it also chooses, so that nothing is held back for good
    """

    settings: Comparison
    train: tuple[Utterance, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the emotions of the training side, sorted."""
        return tuple(sorted({utterance.emotion for utterance in self.train}))

    @property
    def fingerprint(self) -> str:
        """Identify settings, encoders, sounds, labels and, because the inner folds go by them, speakers."""
        encoders = "-".join(map(encoder_identity, map(find_encoder, SYSTEMS[self.settings.system].encoders)))
        return lesson_digest(self.settings, [self.train], encoders, with_speaker=True)

    def teach(self, directory: Path, naming: Naming, _: RunPlace) -> None:
        """Choose, fit, and write the bundle; there are no epochs of which a place would tell.

        Raises:
            TrainingError: as `fit_comparison`
            AudioError: a recording that cannot be used
            MissingExtraError: what computes the features, fits or stores the system is not installed
            OutputError: nothing can be written there
        """
        write_comparison(directory, fit_comparison(self), self, naming)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the inner folds decide.

    Attributes:
        value: of the hyper-parameter
        temperature: divides the logits
    """

    value: float
    temperature: float


@dataclass(frozen=True, slots=True)
class TaughtSystem:
    """A system that was fitted on the whole training side, and the choice that went before.

    Attributes:
        system: answers
        choice: what it was fitted with
    """

    system: FittedSystem
    choice: Choice


def fit_comparison(lesson: ComparisonLesson) -> TaughtSystem:
    """Choose and fit as the lesson says.

    Raises:
        TrainingError: fewer than two emotions, or too few recordings
        AudioError: a recording that cannot be used
        MissingExtraError: what computes the features or fits the system is not installed
    """
    if len(lesson.labels) < 2:
        raise TrainingError(f"training: emotions {list(lesson.labels)}; a recogniser needs at least two")
    settings, labels = lesson.settings, lesson.labels
    declared = SYSTEMS[settings.system]
    heard = hear_features(lesson.train, build_feature_set(declared.feature_set, settings.front_end))
    targets = np.array([labels.index(utterance.emotion) for utterance in lesson.train])
    examples = Examples([heard[utterance.id] for utterance in lesson.train], targets, len(labels))
    choice = choose(settings, examples, inner_folds(lesson.train, settings.seed))
    return TaughtSystem(FittedSystem.fit(declared.method, examples, choice.value, settings.seed), choice)


def choose(settings: Comparison, examples: Examples, folds: Sequence[InnerFold]) -> Choice:
    """Try every candidate on the inner folds, and take the one with the best UA over all that is held back.

    Of equal candidates the first one wins. The temperature is fitted to the same answers of that
    candidate.

    Args:
        settings: with the candidates
        examples: of the whole training side
        folds: of them

    Raises:
        TrainingError: an inner fold is too small for a candidate
        MissingExtraError: what fits the system is not installed
    """
    targets = np.concatenate([examples.targets[fold.held] for fold in folds])
    truth = [str(target) for target in targets]
    best_ua, best = -1.0, Choice(settings.candidates[0], 1.0)
    for value in settings.candidates:
        logits = np.concatenate([_answer_held_back(settings, examples, fold, value) for fold in folds])
        ua = unweighted_accuracy(truth, [str(answer) for answer in logits.argmax(axis=1)])
        if ua > best_ua:
            best_ua, best = ua, Choice(value, fit_temperature(logits, targets))
    return best


def write_comparison(directory: Path, taught: TaughtSystem, lesson: ComparisonLesson, naming: Naming) -> Card:
    """Write a classical system as a bundle.

    Args:
        directory: of the bundle
        taught: by `fit_comparison`
        lesson: that it was taught
        naming: what the card says besides

    Returns:
        the card as written

    Raises:
        OutputError: nothing can be written there
        MissingExtraError: safetensors is not installed
    """
    settings, arrays = lesson.settings, taught.system.arrays()
    declared = SYSTEMS[settings.system]
    provenance = Provenance(
        experiment=settings.name,
        settings=to_mapping(settings),
        command=naming.command,
        seed=settings.seed,
        prosodyn_version=__version__,
        torch_version="" if declared.by_opensmile else torch.__version__,
        n_utterances=len(lesson.train),
        n_speakers=len({utterance.speaker for utterance in lesson.train}),
        created=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        libraries={package: metadata.version(package) for package in declared.packages},
    )
    card = Card(
        name=naming.name,
        description=naming.description,
        labels=lesson.labels,
        front_end=settings.front_end,
        network=None,
        corpora=tuple(sorted({utterance.corpus for utterance in lesson.train})),
        licence="; ".join([naming.licence, *_licences_of_others(declared)]),
        limits=naming.limits,
        provenance=provenance,
        n_parameters=sum(array.size for array in arrays.values()),
        temperature=taught.choice.temperature,
        comparison=ComparisonSystem(settings.system, {declared.parameter: taught.choice.value}),
    )
    return write_bundle(directory, card, arrays)


def _licences_of_others(declared: System) -> list[str]:
    """Return what is to be said of the licences of what a system hears by."""
    encoders = [find_encoder(name) for name in declared.encoders]
    named = [f"the encoder '{each.name}', which it answers with: {each.licence}" for each in encoders]
    return [LICENCE] if declared.by_opensmile else named


def _answer_held_back(settings: Comparison, examples: Examples, fold: InnerFold, value: float) -> RealArray:
    """Fit with one candidate, and return its logits of what an inner fold holds back."""
    method = SYSTEMS[settings.system].method
    fitted = FittedSystem.fit(method, examples.at(fold.kept), value, settings.seed)
    return fitted.logits(examples.at(fold.held).heard)
