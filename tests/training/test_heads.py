"""A last layer for each corpus."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.config import Experiment
from prosodyn.training.heads import emotion_of, join_heads, with_heads_apart
from prosodyn.training.loop import RunPlace
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson, build_module, train_network
from prosodyn.training.writing import write_trained
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]

PLACE = RunPlace(torch.device("cpu"))
NAMING = Naming("tiny", "Knows little.", "CC0-1.0", "Two voices, which are not speech.", "prosodyn train")


@pytest.fixture
def lesson(experiment: Experiment, utterances: Utterances) -> Lesson:
    """Return a lesson by two corpora, of which the second knows no sadness."""
    near = [dataclasses.replace(each, corpus="near") for each in utterances[:8]]
    far = [
        dataclasses.replace(each, corpus="far", emotion="fear" if each.emotion == "sadness" else each.emotion)
        for each in utterances[8:]
    ]
    training = dataclasses.replace(experiment.training, heads="each_corpus")
    network = dataclasses.replace(experiment.network, summary_size=5)
    return Lesson(dataclasses.replace(experiment, training=training, network=network), (*near, *far))


def test_each_corpus_labels_in_its_own_words(lesson: Lesson) -> None:
    apart = with_heads_apart(lesson)

    words = [(word[: -len(emotion_of(word)) - 1], emotion_of(word)) for word in apart.labels]
    assert {corpus for corpus, _ in words} == {"near", "far"}
    assert {emotion for _, emotion in words} == set(lesson.labels)
    assert ("far", "sadness") not in words
    assert apart.experiment.training.heads == "shared"


def test_an_emotion_is_the_mean_of_its_words(lesson: Lesson) -> None:
    apart = with_heads_apart(lesson)
    module = build_module(apart).eval()
    waveform = lesson.train[0].waveform
    assert waveform is not None
    heard = torch.from_numpy(np.array(waveform))[None], torch.tensor([len(waveform)])
    words = module(*heard).logits[0]

    joined = join_heads(module, apart.labels, lesson.labels)(*heard).logits[0]

    for place, emotion in enumerate(lesson.labels):
        own = [row for row, word in enumerate(apart.labels) if emotion_of(word) == emotion]
        torch.testing.assert_close(joined[place], words[own].mean())


def test_a_corpus_may_be_called_anything(lesson: Lesson) -> None:
    apart = with_heads_apart(
        dataclasses.replace(
            lesson, train=tuple(dataclasses.replace(each, corpus="x/y") for each in lesson.train)
        )
    )

    assert [emotion_of(word) for word in apart.labels] == list(lesson.labels)


def test_every_word_starts_from_the_emotion_of_the_bundle_to_fine_tune(
    lesson: Lesson, tmp_path: Path
) -> None:
    training = dataclasses.replace(lesson.experiment.training, heads="shared")
    shared = dataclasses.replace(lesson, experiment=dataclasses.replace(lesson.experiment, training=training))
    before = build_module(shared)
    write_trained(tmp_path / "tiny", before, shared, NAMING, graph=False)

    apart = with_heads_apart(dataclasses.replace(lesson, start=tmp_path / "tiny"))
    after = build_module(apart)

    for row, word in enumerate(apart.labels):
        place = lesson.labels.index(emotion_of(word))
        assert torch.equal(after.network.head.weight[row], before.network.head.weight[place])


def test_what_is_trained_answers_by_emotions(lesson: Lesson) -> None:
    module = train_network(lesson, PLACE)

    assert module.network.head.out_features == len(lesson.labels) == 3
    assert all(member.head.out_features == 3 for member in module.network.summary_branch)  # type: ignore[union-attr]


def test_heads_of_a_single_corpus_change_no_answer(experiment: Experiment, utterances: Utterances) -> None:
    alone = Lesson(experiment, utterances[:8])
    training = dataclasses.replace(experiment.training, heads="each_corpus")
    apart = Lesson(dataclasses.replace(experiment, training=training), utterances[:8])

    one, other = (train_network(lesson, PLACE).state_dict() for lesson in (alone, apart))

    for name, tensor in one.items():
        torch.testing.assert_close(other[name], tensor, msg=name)
