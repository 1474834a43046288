"""From labelled utterances to a classical system on disk."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.bundle import Card, read_card
from prosodyn.comparison.feature_sets import build_feature_set
from prosodyn.comparison.fitted import FittedSystem
from prosodyn.comparison.knn import NearestNeighbours
from prosodyn.comparison.method import Examples
from prosodyn.comparison.settings import Comparison, load_comparison
from prosodyn.comparison.systems import SYSTEMS
from prosodyn.comparison.temperature import fit_temperature
from prosodyn.errors import TrainingError
from prosodyn.evaluation.metrics import unweighted_accuracy
from prosodyn.inference import Recogniser
from prosodyn.training.comparison import (
    ComparisonLesson,
    TaughtSystem,
    choose,
    fit_comparison,
    write_comparison,
)
from prosodyn.training.hearing import hear_features
from prosodyn.training.inner import InnerFold
from prosodyn.training.naming import Naming
from prosodyn.types import Utterance

NAMING = Naming("mine", "For a test.", "CC0-1.0", "Knows two emotions.", "prosodyn evaluate toy")


@pytest.fixture(scope="module")
def lesson(utterances: tuple[Utterance, ...]) -> ComparisonLesson:
    return ComparisonLesson(load_comparison("tree"), utterances)


@pytest.fixture(scope="module")
def taught(lesson: ComparisonLesson) -> TaughtSystem:
    return fit_comparison(lesson)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory, taught: TaughtSystem, lesson: ComparisonLesson) -> Path:
    directory = tmp_path_factory.mktemp("bundles") / "mine"
    write_comparison(directory, taught, lesson, NAMING)
    return directory


@pytest.fixture
def neighbours() -> Comparison:
    return load_comparison("knn")


@pytest.fixture
def examples(rng: np.random.Generator) -> Examples:
    """Return sixty vectors of three emotions that are hard to tell apart."""
    targets = np.arange(60) % 3
    return Examples([rng.standard_normal((2, 1)) + target for target in targets], targets, 3)


FOLDS = [
    InnerFold([place for place in range(60) if place // 20 != turn], list(range(20 * turn, 20 * turn + 20)))
    for turn in range(3)
]


def held_back(examples: Examples, value: float) -> tuple[np.ndarray, np.ndarray]:
    """Return logits and targets of all that is held back, fold by fold."""
    logits = [
        FittedSystem.fit(NearestNeighbours, examples.at(fold.kept), value, 0).logits(
            examples.at(fold.held).heard
        )
        for fold in FOLDS
    ]
    return np.concatenate(logits), examples.targets


def test_the_candidate_with_the_best_ua_on_what_is_held_back_is_chosen(
    neighbours: Comparison, examples: Examples
) -> None:
    scores = {}
    for value in neighbours.candidates:
        logits, targets = held_back(examples, value)
        scores[value] = unweighted_accuracy([*map(str, targets)], [*map(str, logits.argmax(axis=1))])

    assert choose(neighbours, examples, FOLDS).value == max(scores, key=lambda value: scores[value])


def test_the_temperature_is_fitted_to_what_is_held_back(neighbours: Comparison, examples: Examples) -> None:
    choice = choose(neighbours, examples, FOLDS)

    assert choice.temperature == fit_temperature(*held_back(examples, choice.value))


def test_of_equals_the_first_one_wins(neighbours: Comparison, examples: Examples) -> None:
    equals = dataclasses.replace(neighbours, candidates=(1000, 5000))

    assert choose(equals, examples, FOLDS).value == 1000


def test_the_whole_training_side_is_fitted_on_in_the_end(
    utterances: tuple[Utterance, ...], neighbours: Comparison
) -> None:
    taught = fit_comparison(ComparisonLesson(neighbours, utterances))

    assert len(taught.system.arrays()["method.targets"]) == len(utterances)


def test_emotions_are_numbered_in_the_order_of_the_labels(
    bundle: Path, lesson: ComparisonLesson, utterances: tuple[Utterance, ...]
) -> None:
    recogniser = Recogniser.load(bundle)

    assert recogniser.labels == lesson.labels == ("anger", "sadness")
    answers = [prediction.best_guess for prediction in recogniser.from_utterances(utterances)]
    assert answers == [utterance.emotion for utterance in utterances]


@pytest.fixture
def card(bundle: Path) -> Card:
    return read_card(bundle)


def test_the_card_says_what_was_chosen(card: Card, taught: TaughtSystem) -> None:
    assert card.comparison is not None
    assert (card.comparison.name, card.comparison.chosen) == ("tree", {"depth": taught.choice.value})
    assert card.temperature == pytest.approx(taught.choice.temperature)
    assert card.front_end == SYSTEMS["tree"].front_end


def test_the_card_says_how_it_came_about(card: Card) -> None:
    made = card.provenance

    assert (made.experiment, made.seed, made.command) == ("classical", 0, "prosodyn evaluate toy")
    assert (made.n_utterances, made.n_speakers) == (16, 2)
    assert made.settings["candidates"] == list(SYSTEMS["tree"].candidates)
    assert set(made.libraries) == {"scikit-learn"}
    assert (card.corpora, card.licence) == (("toy",), "CC0-1.0")


def test_the_card_counts_every_stored_number(card: Card, taught: TaughtSystem) -> None:
    assert card.n_parameters == sum(array.size for array in taught.system.arrays().values())


def test_what_hears_by_opensmile_says_under_which_licence(
    tmp_path: Path, utterances: tuple[Utterance, ...]
) -> None:
    pytest.importorskip("opensmile", reason="needs openSMILE: pip install 'prosodyn[benchmark]'")
    settings = dataclasses.replace(load_comparison("svm_egemaps"), candidates=(0.01,))
    lesson = ComparisonLesson(settings, utterances)

    card = write_comparison(tmp_path / "mine", fit_comparison(lesson), lesson, NAMING)

    assert card.licence.startswith("CC0-1.0; openSMILE")
    assert (card.front_end, card.provenance.torch_version) == (None, "")
    assert set(card.provenance.libraries) == {"scikit-learn", "opensmile"}


def test_what_hears_by_encoders_names_them_and_answers_as_it_was_fitted(
    tmp_path: Path, utterances: tuple[Utterance, ...], small_encoders: Path
) -> None:
    lesson = ComparisonLesson(load_comparison("svm_states"), utterances)
    taught = fit_comparison(lesson)

    card = write_comparison(tmp_path / "mine", taught, lesson, NAMING)

    assert card.licence == (
        "CC0-1.0; the encoder 'speech-embedding', which it answers with: Apache-2.0; "
        "the encoder 'yamnet', which it answers with: Apache-2.0"
    )
    assert (card.front_end, card.provenance.torch_version) == (None, torch.__version__)
    predictions = Recogniser.load(tmp_path / "mine").from_utterances(utterances)
    heard = hear_features(utterances, build_feature_set("states", None))
    logits = taught.system.logits([heard[each.id] for each in utterances])
    expected = [lesson.labels[best] for best in logits.argmax(axis=1)]
    assert [prediction.best_guess for prediction in predictions] == expected


def test_another_encoder_is_another_lesson(utterances: tuple[Utterance, ...], small_encoders: Path) -> None:
    lesson = ComparisonLesson(load_comparison("svm_states"), utterances)
    before = lesson.fingerprint
    file = small_encoders / "yamnet.onnx"

    file.write_bytes(file.read_bytes() + b"\0")

    assert lesson.fingerprint != before


def test_one_emotion_is_refused(lesson: ComparisonLesson, utterances: tuple[Utterance, ...]) -> None:
    alone = tuple(utterance for utterance in utterances if utterance.emotion == "anger")

    with pytest.raises(TrainingError, match="needs at least two"):
        fit_comparison(dataclasses.replace(lesson, train=alone))


def test_other_settings_are_another_lesson(lesson: ComparisonLesson) -> None:
    seeded = dataclasses.replace(lesson, settings=dataclasses.replace(lesson.settings, seed=1))
    shorter = dataclasses.replace(lesson, train=lesson.train[1:])

    assert len({lesson.fingerprint, seeded.fingerprint, shorter.fingerprint}) == 3


def test_who_speaks_decides_because_inner_folds_go_by_speaker(lesson: ComparisonLesson) -> None:
    renamed = tuple(dataclasses.replace(utterance, speaker="x") for utterance in lesson.train)

    assert dataclasses.replace(lesson, train=renamed).fingerprint != lesson.fingerprint
