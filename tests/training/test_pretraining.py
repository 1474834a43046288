"""What a network hears before its own corpus, and that none of it is tested."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from prosodyn import corpora
from prosodyn.bundle import read_card, read_weights, write_bundle
from prosodyn.config import Experiment
from prosodyn.errors import ConfigError, TrainingError
from prosodyn.training.benchmark import Benchmark, run_benchmark
from prosodyn.training.experiment import pretraining_settings, settle
from prosodyn.training.leaky import run_leaky_benchmark
from prosodyn.training.pretraining import Pretraining, plan_pretraining
from prosodyn.training.running import FoldReport
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]


def quieter(each: Utterance, corpus: str, emotion: str | None = None) -> Utterance:
    """Return another recording in another corpus."""
    assert each.waveform is not None
    waveform = (0.5 * each.waveform).astype(np.float32)
    return dataclasses.replace(each, corpus=corpus, waveform=waveform, emotion=emotion or each.emotion)


@pytest.fixture
def others(utterances: Utterances, monkeypatch: pytest.MonkeyPatch) -> dict[str, Utterances]:
    """Put two corpora beside `toy`, of which one knows fear and anger."""
    beside = {
        "toy": utterances,
        "near": tuple(quieter(each, "near") for each in utterances[:8]),
        "far": tuple(
            quieter(each, "far", "fear" if each.emotion == "sadness" else None) for each in utterances[8:]
        ),
    }
    monkeypatch.setattr(corpora, "load", lambda name, allow_partial: beside[name])
    declared = corpora.get("emodb")
    monkeypatch.setattr(corpora, "get", lambda name: dataclasses.replace(declared, name=name))
    return beside


@pytest.fixture
def experiment(experiment: Experiment, others: dict[str, Utterances]) -> Experiment:
    """Return an experiment that hears two other corpora before, for one epoch."""
    return dataclasses.replace(
        experiment,
        training=dataclasses.replace(experiment.training, renew_normalisation=True),
        pretraining_corpora=("far", "near", "toy"),
        pretraining={"training": {"epochs": 1, "normalisation": "each_corpus", "balance": 0.5}},
    )


def plan(experiment: Experiment, own: Utterances, runs: Path) -> Pretraining:
    planned = plan_pretraining(settle(experiment, "new"), own, runs)
    assert planned is not None
    return planned


def test_an_experiment_that_begins_with_its_own_corpus_hears_nothing_before(
    experiment: Experiment, utterances: Utterances, tmp_path: Path
) -> None:
    alone = dataclasses.replace(experiment, pretraining_corpora=(), pretraining={})

    assert plan_pretraining(alone, utterances, tmp_path) is None


def test_every_corpus_but_the_one_under_test_is_heard(
    experiment: Experiment, utterances: Utterances, tmp_path: Path
) -> None:
    lesson = plan(experiment, utterances, tmp_path).lesson

    assert {each.corpus for each in lesson.train} == {"near", "far"}
    assert lesson.labels == ("anger", "fear", "sadness")
    assert (lesson.settings.training.epochs, lesson.settings.pretraining_corpora) == (1, ())


def test_where_no_other_corpus_is_left_it_says_so(
    experiment: Experiment, utterances: Utterances, tmp_path: Path
) -> None:
    alone = dataclasses.replace(experiment, pretraining_corpora=("toy",))

    with pytest.raises(TrainingError, match=r"no corpus is left without \['toy'\]"):
        plan_pretraining(alone, utterances, tmp_path)


def test_a_planted_recording_of_the_test_side_is_refused(
    experiment: Experiment, utterances: Utterances, others: dict[str, Utterances], tmp_path: Path
) -> None:
    leak = dataclasses.replace(utterances[12], id="innocent", corpus="near")
    others["near"] = (*others["near"], leak)

    message = f"'innocent' is the same recording as '{utterances[12].id}'"
    with pytest.raises(TrainingError, match=message):
        plan(experiment, utterances, tmp_path)


def test_a_corpus_under_test_that_hides_behind_another_name_is_refused(
    experiment: Experiment, utterances: Utterances, others: dict[str, Utterances], tmp_path: Path
) -> None:
    others["near"] = (*others["near"], quieter(utterances[0], "toy"))

    with pytest.raises(TrainingError, match="hears 'toy', which is tested"):
        plan(experiment, utterances, tmp_path)


def test_who_is_followed_afterwards_is_followed_before(
    experiment: Experiment, utterances: Utterances, tmp_path: Path
) -> None:
    planned = plan_pretraining(settle(experiment, "followed"), utterances, tmp_path)

    assert planned is not None
    assert planned.lesson.by_speaker


def test_other_recordings_are_another_pretraining(
    experiment: Experiment, utterances: Utterances, others: dict[str, Utterances], tmp_path: Path
) -> None:
    one = plan(experiment, utterances, tmp_path)
    others["far"] = others["far"][1:]
    other = plan(experiment, utterances, tmp_path)

    assert one.lesson.fingerprint != other.lesson.fingerprint
    assert one.directory != other.directory


@pytest.fixture
def pretrained(benchmark: Benchmark, experiment: Experiment) -> Benchmark:
    return dataclasses.replace(benchmark, experiment=experiment, n_folds=1, shared=benchmark.directory.parent)


def test_a_benchmark_hears_others_once_and_says_so(pretrained: Benchmark) -> None:
    result = run_benchmark(pretrained)

    assert result.run.outside_data == ("far", "near")
    (before,) = pretrained.directory.parent.glob("pretrained-far-near-*")
    card = read_card(before / "bundle")
    (fold,) = pretrained.directory.glob("*/bundle")
    tuned = read_card(fold)
    assert (card.corpora, tuned.corpora) == (("far", "near"), ("far", "near", "toy"))
    assert (card.labels, tuned.labels) == (("anger", "fear", "sadness"), ("anger", "sadness"))
    assert tuned.provenance.start == f"pretrained, {card.weights_sha256}"


def test_the_normalisation_of_a_fold_is_that_of_its_own_training_side(pretrained: Benchmark) -> None:
    run_benchmark(pretrained)

    (fold,) = pretrained.directory.glob("*/bundle")
    (before,) = pretrained.directory.parent.glob("pretrained-*/bundle")
    own, theirs = (read_weights(each, read_card(each))["normaliser.mean"] for each in (fold, before))
    assert not np.allclose(own, theirs)


def test_finished_folds_need_nothing_of_what_was_heard_before(
    pretrained: Benchmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run_benchmark(pretrained)
    (before,) = pretrained.directory.parent.glob("pretrained-*")
    shutil.rmtree(before)
    monkeypatch.setattr("prosodyn.training.stage.teach", pytest.fail)

    again = run_benchmark(pretrained)

    assert again.scores == first.scores


def test_two_seeds_hear_others_twice(pretrained: Benchmark) -> None:
    run_benchmark(dataclasses.replace(pretrained, seeds=(0, 1)))

    assert len(list(pretrained.directory.parent.glob("pretrained-*/bundle"))) == 2


def test_progress_tells_what_is_heard_and_every_epoch(pretrained: Benchmark) -> None:
    told: list[FoldReport] = []

    run_benchmark(pretrained, told.append)

    before = [report for report in told if report.fold == "pretraining"]
    assert [report.heard for report in before[:16]] == [(n, 16) for n in range(1, 17)]
    assert [report.epoch.epoch for report in before[16:] if report.epoch is not None] == [1]
    assert before[-1].epoch is before[-1].heard is None  # so that its row ends
    assert told[-1].done == told[-1].total == 1


def test_what_is_chosen_on_the_test_side_heard_others_before_as_well(pretrained: Benchmark) -> None:
    run_leaky_benchmark(dataclasses.replace(pretrained, directory=pretrained.directory / "leaky"))

    (fold,) = (pretrained.directory / "leaky").glob("*/bundle")
    assert read_card(fold).provenance.start.startswith("pretrained, ")


def test_nothing_is_held_back_from_what_is_heard_before(experiment: Experiment) -> None:
    choosing = dataclasses.replace(experiment.training, selection="best_validation", validation_share=0.2)

    settings = pretraining_settings(dataclasses.replace(experiment, training=choosing))

    assert (settings.training.selection, settings.training.validation_share) == ("last", 0.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"network": {"hidden_size": 8}},
        {"front_end": {"n_mels": 20}},
        {"network": {"n_kernels": 3}},
        {"training": {"level": -9}},
    ],
)
def test_what_is_heard_before_is_heard_by_the_same_network_at_the_same_level(
    experiment: Experiment, changes: dict[str, dict[str, int]]
) -> None:
    other = dataclasses.replace(experiment, pretraining=changes)

    with pytest.raises(ConfigError, match=r"front end, training.level and network must stay as they are"):
        pretraining_settings(other)


def test_a_recording_of_another_corpus_is_another_lesson(
    experiment: Experiment, utterances: Utterances, others: dict[str, Utterances], tmp_path: Path
) -> None:
    one = plan(experiment, utterances, tmp_path)
    others["near"] = tuple(dataclasses.replace(each, corpus="nearer") for each in others["near"])
    other = plan(experiment, utterances, tmp_path)

    assert one.lesson.fingerprint != other.lesson.fingerprint


def test_folds_that_start_from_different_networks_are_refused(pretrained: Benchmark) -> None:
    run_benchmark(pretrained)
    (before,) = pretrained.directory.parent.glob("pretrained-*")
    card, weights = (
        read_card(before / "bundle"),
        dict(read_weights(before / "bundle", read_card(before / "bundle"))),
    )
    weights["network.head.bias"] = weights["network.head.bias"] + 1  # as another machine's would differ
    other = write_bundle(before / "bundle", card, weights)
    taught = (before / "taught.json").read_text().replace(card.weights_sha256, other.weights_sha256)
    (before / "taught.json").write_text(taught)

    with pytest.raises(TrainingError, match="its folds start from different pretrained networks"):
        run_benchmark(dataclasses.replace(pretrained, n_folds=2))
