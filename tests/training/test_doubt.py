"""How far a recogniser may be believed, learnt from speakers of its own training side."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from prosodyn.bundle import read_card, read_weights, write_bundle
from prosodyn.config import Experiment
from prosodyn.corpora import UNKNOWN_SPEAKER
from prosodyn.errors import TrainingError
from prosodyn.inference import Recogniser
from prosodyn.training import familiar
from prosodyn.training.benchmark import Benchmark, run_benchmark
from prosodyn.training.doubt import divide_speakers, held_out_answers
from prosodyn.training.fold import FoldTask, run_fold
from prosodyn.training.recipe import Lesson
from prosodyn.training.teaching import inner_teaching, teach
from prosodyn.types import UNCERTAIN, Split, Utterance


@pytest.fixture(scope="module")
def four_speakers(utterances: tuple[Utterance, ...]) -> tuple[Utterance, ...]:
    return tuple(dataclasses.replace(each, speaker=each.speaker + each.id[-1]) for each in utterances)


@pytest.fixture(scope="module")
def doubting(experiment: Experiment) -> Experiment:
    training = dataclasses.replace(experiment.training, held_out_folds=2)
    return dataclasses.replace(experiment, training=training)


@pytest.fixture
def fold(tmp_path: Path, doubting: Experiment, four_speakers: tuple[Utterance, ...]) -> FoldTask:
    """Return a fold that teaches three speakers, and tests the fourth."""
    train = tuple(each.id for each in four_speakers if each.speaker != "m11")
    test = tuple(each.id for each in four_speakers if each.speaker == "m11")
    return FoldTask(doubting, Split("m11", train, (), test), four_speakers, tmp_path / "fold", "cpu", "none")


def voices(utterances: Sequence[Utterance]) -> set[str]:
    return {utterance.speaker for utterance in utterances}


def test_speakers_are_held_out_whole_and_once(
    doubting: Experiment, four_speakers: tuple[Utterance, ...]
) -> None:
    groups = divide_speakers(Lesson(doubting, four_speakers))
    assert sorted(each.id for group in groups for each in group) == sorted(each.id for each in four_speakers)
    assert voices(groups[0]).isdisjoint(voices(groups[1]))


def test_nobody_is_answered_about_by_a_network_that_has_heard_them(fold: FoldTask) -> None:
    lesson = fold.teaching.lesson
    assert isinstance(lesson, Lesson)
    taught: list[set[str]] = []
    teach_inner = inner_teaching(fold.teaching)

    def watched(inner: Lesson, name: str) -> Path:
        taught.append(voices(inner.train))
        return teach_inner(inner, name)

    held_out_answers(lesson, watched)
    assert [voices(lesson.train) - heard for heard in taught] == [
        voices(group) for group in divide_speakers(lesson)
    ]


def test_what_is_tested_stays_unheard(fold: FoldTask) -> None:
    lesson = fold.teaching.lesson
    assert isinstance(lesson, Lesson)
    assert all("m11" not in voices(group) for group in divide_speakers(lesson))


def test_a_bundle_says_what_was_answered_about_those_held_out(fold: FoldTask) -> None:
    card = read_card(teach(fold.teaching).bundle)
    assert card.held_out is not None
    assert len(card.held_out.right) == 12
    assert card.temperature != 1


def test_what_is_held_out_is_not_heard_again(fold: FoldTask) -> None:
    heard: list[tuple[int, int]] = []
    teach(fold.teaching, listening=lambda *told: heard.append(told))
    assert heard == [(number, 12) for number in range(1, 13)]


def test_what_was_taught_at_a_level_knows_no_other(fold: FoldTask) -> None:
    training = dataclasses.replace(fold.experiment.training, level=-9.0)
    levelled = dataclasses.replace(fold, experiment=dataclasses.replace(fold.experiment, training=training))
    bundle = teach(levelled.teaching).bundle
    cards = [read_card(path.parent) for path in levelled.directory.rglob("card.json")]
    assert read_card(bundle).held_out is not None
    assert len(cards) == 3
    assert {card.levels for card in cards} == {(-9.0, -9.0)}


def test_a_bundle_knows_how_its_own_recordings_sound_and_what_is_strange(
    fold: FoldTask, four_speakers: tuple[Utterance, ...]
) -> None:
    recogniser = Recogniser.load(teach(fold.teaching).bundle)
    noises = [
        dataclasses.replace(each, waveform=0.3 * np.random.default_rng(0).standard_normal(32_000, np.float32))
        for each in four_speakers[:3]
    ]
    own = recogniser.from_utterances(each for each in four_speakers if each.speaker != "m11")
    assert sum(prediction.is_strange for prediction in own) <= len(own) / 4
    assert all(prediction.is_strange for prediction in recogniser.from_utterances(noises))
    assert all(prediction.emotion == UNCERTAIN for prediction in recogniser.from_utterances(noises))


def test_of_many_recordings_some_tell_how_they_sound(
    fold: FoldTask, four_speakers: tuple[Utterance, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle, groups = teach(fold.teaching).bundle, (four_speakers[:9], four_speakers[9:])
    whole = familiar.learn_familiar(bundle, [group[::3] for group in groups])
    monkeypatch.setattr(familiar, "N_LISTENED", 6)
    assert familiar.learn_familiar(bundle, groups) == whole


def test_the_weights_do_not_depend_on_what_is_held_out(fold: FoldTask, tmp_path: Path) -> None:
    training = dataclasses.replace(fold.experiment.training, held_out_folds=0)
    sure = dataclasses.replace(
        fold,
        experiment=dataclasses.replace(fold.experiment, training=training),
        directory=tmp_path / "sure",
    )
    assert sure.lesson.fingerprint == fold.lesson.fingerprint
    assert teach(sure.teaching).weights_sha256 == teach(fold.teaching).weights_sha256


def test_what_was_taught_before_learns_its_doubt_without_another_training(
    fold: FoldTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = teach(fold.teaching).bundle
    taught = read_card(bundle)
    write_bundle(bundle, dataclasses.replace(taught, held_out=None), read_weights(bundle, taught))
    monkeypatch.delattr("prosodyn.training.recipe.train_network")

    assert read_card(teach(fold.teaching).bundle).held_out == taught.held_out


def test_answers_from_before_the_doubt_are_given_again(fold: FoldTask) -> None:
    training = dataclasses.replace(fold.experiment.training, held_out_folds=0)
    before = run_fold(
        dataclasses.replace(fold, experiment=dataclasses.replace(fold.experiment, training=training))
    )
    after = run_fold(fold)
    assert before.least_share is None
    assert after.least_share is not None
    assert run_fold(fold).least_share == after.least_share


def test_a_benchmark_tells_whether_its_answers_could_be_believed(
    benchmark: Benchmark, doubting: Experiment, four_speakers: tuple[Utterance, ...]
) -> None:
    result = run_benchmark(dataclasses.replace(benchmark, experiment=doubting, utterances=four_speakers))
    assert result.belief is not None
    assert 0 <= result.belief.ece <= 1
    assert result.belief.coverage_interval[0] <= result.belief.coverage <= result.belief.coverage_interval[1]


def test_a_benchmark_that_holds_nobody_out_tells_nothing_of_it(benchmark: Benchmark) -> None:
    assert run_benchmark(benchmark).belief is None


def test_unknown_speakers_cannot_be_held_out(
    doubting: Experiment, four_speakers: tuple[Utterance, ...]
) -> None:
    nameless = tuple(dataclasses.replace(each, speaker=UNKNOWN_SPEAKER) for each in four_speakers)
    with pytest.raises(TrainingError, match="does not say who speaks"):
        divide_speakers(Lesson(doubting, nameless))


def test_one_speaker_cannot_be_held_out(doubting: Experiment, four_speakers: tuple[Utterance, ...]) -> None:
    alone = tuple(each for each in four_speakers if each.speaker == "f10")
    with pytest.raises(TrainingError, match="1 speakers cannot be held out in 2 groups"):
        divide_speakers(Lesson(doubting, alone))


def test_an_emotion_of_one_speaker_alone_is_named(
    doubting: Experiment, four_speakers: tuple[Utterance, ...], tmp_path: Path
) -> None:
    odd = dataclasses.replace(four_speakers[0], id="odd", emotion="fear")
    with pytest.raises(TrainingError, match="nobody says fear"):
        held_out_answers(Lesson(doubting, (*four_speakers, odd)), lambda *_: tmp_path)
