"""The answers to a test side come by the way that users go, and no label takes part in them."""

import dataclasses
from pathlib import Path

import pytest
import torch

from prosodyn.audio import through
from prosodyn.config import Experiment
from prosodyn.corpora import toy
from prosodyn.evaluation.adaptation import N_CLIPS, find_adaptation
from prosodyn.inference import Recogniser
from prosodyn.inference.clip import clip_from_utterance
from prosodyn.training.answering import answer, scored_side
from prosodyn.training.loop import RunPlace
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson, train_network
from prosodyn.training.writing import write_trained
from prosodyn.types import Prediction, Utterance

Utterances = tuple[Utterance, ...]

ADAPTATIONS = ["none", "all", "enrolment", "self_training"]


@pytest.fixture(scope="module")
def recogniser(
    tmp_path_factory: pytest.TempPathFactory, experiment: Experiment, utterances: Utterances
) -> Recogniser:
    """Return a recogniser that was trained to follow speakers."""
    training = dataclasses.replace(experiment.training, normalisation="speaker")
    network = dataclasses.replace(experiment.network, summary_size=4)
    lesson = Lesson(dataclasses.replace(experiment, training=training, network=network), utterances)
    module = train_network(lesson, RunPlace(torch.device("cpu")))
    directory: Path = tmp_path_factory.mktemp("bundles") / "own"
    write_trained(directory, module, lesson, Naming("own", "Own.", "CC0-1.0", "All.", "none"), graph=False)
    return Recogniser.load(directory)


@pytest.fixture(scope="module")
def tested() -> Utterances:
    """Return twelve recordings of each of two new speakers, in turns."""
    return tuple(
        Utterance(f"{speaker}-{take}", emotion, speaker, "toy", waveform=sound)
        for take in range(12)
        for speaker in ("f3", "m3")
        for emotion in (("anger", "sadness")[take % 2],)
        for sound in (toy.recording(emotion, speaker, "ba-ti-so", take),)
    )


def of(speaker: str, utterances: Utterances) -> Utterances:
    return tuple(utterance for utterance in utterances if utterance.speaker == speaker)


def assert_same(found: tuple[Prediction, ...], expected: tuple[Prediction, ...]) -> None:
    assert [prediction.source for prediction in found] == [prediction.source for prediction in expected]
    for one, other in zip(found, expected, strict=True):
        assert list(one.probabilities.values()) == pytest.approx(list(other.probabilities.values()), abs=1e-6)


def test_adapted_to_all_is_enrolling_each_speaker_with_all(
    recogniser: Recogniser, tested: Utterances
) -> None:
    found = answer(recogniser, tested, "all")

    assert [prediction.source for prediction in found] == [utterance.id for utterance in tested]
    for speaker in ("f3", "m3"):
        own = of(speaker, tested)
        expected = recogniser.enrol(own).from_utterances(own)
        assert_same(tuple(p for p in found if p.source.startswith(speaker)), expected)


def test_enrolment_is_enrolling_each_speaker_with_what_is_not_scored(
    recogniser: Recogniser, tested: Utterances
) -> None:
    scored = scored_side(tested, "enrolment")
    found = answer(recogniser, tested, "enrolment")

    assert [prediction.source for prediction in found] == [utterance.id for utterance in scored]
    assert len(scored) == len(tested) - 2 * N_CLIPS
    for speaker in ("f3", "m3"):
        left = of(speaker, scored)
        heard = tuple(utterance for utterance in of(speaker, tested) if utterance not in left)
        expected = recogniser.enrol(heard).from_utterances(left)
        assert_same(tuple(p for p in found if p.source.startswith(speaker)), expected)


def test_without_adaptation_nobody_is_enrolled(recogniser: Recogniser, tested: Utterances) -> None:
    found = answer(recogniser, tested, "none")

    assert_same(found, recogniser.from_utterances(tested))
    assert not any(prediction.adapted for prediction in found)


def test_self_trained_is_learning_from_the_own_answers_about_each_speaker(
    recogniser: Recogniser, tested: Utterances
) -> None:
    found = answer(recogniser, tested, "self_training")

    for speaker in ("f3", "m3"):
        own = of(speaker, tested)
        expected = recogniser.enrol(own, self_training=True).from_utterances(own)
        assert_same(tuple(p for p in found if p.source.startswith(speaker)), expected)
    assert found != answer(recogniser, tested, "all")


@pytest.mark.parametrize("adaptation", ["all", "enrolment", "self_training"])
def test_every_answer_says_that_it_is_adapted(
    recogniser: Recogniser, tested: Utterances, adaptation: str
) -> None:
    assert all(prediction.adapted for prediction in answer(recogniser, tested, find_adaptation(adaptation)))


@pytest.mark.parametrize("adaptation", ADAPTATIONS)
def test_other_labels_change_neither_the_choice_nor_the_answers(
    recogniser: Recogniser, tested: Utterances, adaptation: str
) -> None:
    way = find_adaptation(adaptation)
    swapped = {"anger": "sadness", "sadness": "anger"}
    relabelled = tuple(dataclasses.replace(item, emotion=swapped[item.emotion]) for item in tested)

    assert [item.id for item in scored_side(relabelled, way)] == [
        item.id for item in scored_side(tested, way)
    ]
    assert answer(recogniser, relabelled, way) == answer(recogniser, tested, way)


@pytest.mark.parametrize("adaptation", ADAPTATIONS)
def test_no_label_reaches_the_recogniser(
    recogniser: Recogniser, tested: Utterances, adaptation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def watched(utterance: Utterance) -> object:
        seen.append(utterance.emotion)
        return clip_from_utterance(utterance)

    monkeypatch.setattr("prosodyn.inference.clip.clip_from_utterance", watched)
    monkeypatch.setattr("prosodyn.inference.recogniser.clip_from_utterance", watched)
    answer(recogniser, tested, find_adaptation(adaptation))

    assert set(seen) == {""}


@pytest.mark.parametrize("adaptation", ADAPTATIONS)
def test_through_a_channel_all_is_answered_and_heard_as_if_it_had_been_recorded_there(
    recogniser: Recogniser, tested: Utterances, adaptation: str
) -> None:
    way = find_adaptation(adaptation)
    sent = []
    for each in tested:
        assert each.waveform is not None
        sent.append(dataclasses.replace(each, waveform=through(each.waveform, "telephone")))

    found = answer(recogniser, tested, way, "telephone")

    assert_same(found, answer(recogniser, sent, way))
    assert found != answer(recogniser, tested, way)


def test_the_order_of_the_recordings_does_not_matter(recogniser: Recogniser, tested: Utterances) -> None:
    forwards, backwards = (
        sorted(answer(recogniser, side, "enrolment"), key=lambda prediction: prediction.source)
        for side in (tested, tested[::-1])
    )

    assert_same(tuple(forwards), tuple(backwards))
