"""What a network learns from unlabelled speech first of all, and that none of it is tested."""

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.bundle import read_card, read_weights
from prosodyn.config import DistillationWeights, Experiment, TrainingConfig
from prosodyn.errors import BundleError, CorpusNotFoundError, ExportError, TrainingError
from prosodyn.export.from_bundle import export_bundle
from prosodyn.inference import Recogniser
from prosodyn.model import WaveformNetwork
from prosodyn.training import teaching
from prosodyn.training.distillation import Distillation, plan_distillation
from prosodyn.training.experiment import settle
from prosodyn.training.loop import RunPlace
from prosodyn.training.pretraining import after_pretraining, plan_pretraining
from prosodyn.training.recipe import Lesson, build_module, train_network
from prosodyn.training.student_lesson import HANDED_ON
from prosodyn.training.writing import heard_corpora
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]
WriteWav = Callable[..., Path]

STATES = DistillationWeights(f0=0.0, voicing=0.0, energy=0.0)


@pytest.fixture
def experiment(distilling: Experiment) -> Experiment:
    return distilling


def plan(experiment: Experiment, own: Utterances, runs: Path) -> Distillation:
    planned = plan_distillation(settle(experiment, "new"), own, runs)
    assert planned is not None
    return planned


def changed(experiment: Experiment, **changes: object) -> Experiment:
    assert experiment.distillation is not None
    distillation = dataclasses.replace(experiment.distillation, **changes)  # type: ignore[arg-type]
    return dataclasses.replace(experiment, distillation=distillation)


def test_without_speech_nothing_is_distilled(
    experiment: Experiment, utterances: Utterances, tmp_path: Path
) -> None:
    none = dataclasses.replace(experiment, distillation=None)

    for each in (none, changed(experiment, speech=())):
        assert plan_distillation(each, utterances, tmp_path) is None
        assert plan_pretraining(each, utterances, tmp_path) is None
        assert each.outside_data == ()


def test_no_label_is_looked_at(experiment: Experiment, utterances: Utterances, tmp_path: Path) -> None:
    lesson = plan(experiment, utterances, tmp_path).lesson

    assert {each.emotion for each in (*lesson.speech, *lesson.noise)} == {""}
    assert (len(lesson.speech), len(lesson.noise)) == (6, 1)


def test_a_corpus_under_test_is_left_out(
    experiment: Experiment, utterances: Utterances, tmp_path: Path
) -> None:
    both = changed(experiment, speech=("toy", "free/calls"))

    assert plan(both, utterances, tmp_path).lesson.config.speech == ("free/calls",)
    assert {each.corpus for each in plan(both, utterances, tmp_path).lesson.speech} == {
        "free/calls/f2",
        "free/calls/m2",
    }


def test_where_no_speech_is_left_it_says_so(
    experiment: Experiment, utterances: Utterances, tmp_path: Path
) -> None:
    with pytest.raises(TrainingError, match=r"distillation: no speech is left without \['toy'\]"):
        plan(changed(experiment, speech=("toy",)), utterances, tmp_path)


@pytest.mark.parametrize("place", ["free/calls/f2/planted.wav", "free/street/planted.wav"])
def test_a_planted_recording_of_the_test_side_is_refused(
    experiment: Experiment, utterances: Utterances, calls: Path, tmp_path: Path, place: str
) -> None:
    tested = dataclasses.replace(utterances[0], waveform=None, path=calls / "m2" / "anger.wav")
    shutil.copy(calls / "m2" / "anger.wav", tmp_path / place)
    clean = changed(experiment, speech=("free/calls/f2",))

    message = f"distillation: '.*planted.wav' is the same recording as '{tested.id}'"
    with pytest.raises(TrainingError, match=message):
        plan(clean, (tested,), tmp_path)


def test_a_corpus_under_test_that_hides_in_a_folder_is_refused(
    experiment: Experiment, utterances: Utterances, tmp_path: Path
) -> None:
    own = tuple(dataclasses.replace(each, corpus="free/calls/f2") for each in utterances)

    with pytest.raises(TrainingError, match="hears 'free/calls/f2', which is tested"):
        plan(experiment, own, tmp_path)


def test_speech_that_is_not_here_is_named(
    experiment: Experiment, utterances: Utterances, tmp_path: Path
) -> None:
    with pytest.raises(CorpusNotFoundError, match=r"lost: no corpus, .* its own `distillation.speech`"):
        plan(changed(experiment, speech=("lost",)), utterances, tmp_path)


def test_other_teachers_settings_or_sounds_are_another_distillation(
    experiment: Experiment, utterances: Utterances, tmp_path: Path, calls: Path
) -> None:
    assert experiment.distillation is not None
    first, second = experiment.distillation.encoders
    fewer_blocks = dataclasses.replace(first, blocks=first.blocks[:1])
    others = [
        changed(experiment, encoders=(first,)),
        changed(experiment, encoders=(fewer_blocks, second)),
        changed(experiment, encoders=(dataclasses.replace(first, sha256="ab"), second)),
        changed(experiment, weights=dataclasses.replace(STATES, states=0.5)),
        changed(experiment, weights=DistillationWeights()),
        changed(experiment, training={"epochs": 3}),
        changed(experiment, speech=("free/calls/f2",)),
        dataclasses.replace(experiment, front_end=dataclasses.replace(experiment.front_end, n_mels=13)),
        dataclasses.replace(experiment, network=dataclasses.replace(experiment.network, hidden_size=8)),
        dataclasses.replace(experiment, training=dataclasses.replace(experiment.training, seed=1)),
    ]

    found = {plan(each, utterances, tmp_path).lesson.fingerprint for each in (experiment, *others)}
    shutil.copy(calls / "f2" / "anger.wav", calls / "f2" / "again.wav")
    found.add(plan(experiment, utterances, tmp_path).lesson.fingerprint)

    assert len(found) == len(others) + 2


def test_what_comes_afterwards_does_not_matter(
    experiment: Experiment, utterances: Utterances, tmp_path: Path
) -> None:
    others = [
        dataclasses.replace(experiment, name="other"),
        dataclasses.replace(experiment, augment=dataclasses.replace(experiment.augment, mixup=0.4)),
        dataclasses.replace(
            experiment, training=dataclasses.replace(experiment.training, label_smoothing=0.1)
        ),
        dataclasses.replace(experiment, network=dataclasses.replace(experiment.network, summary_weight=0.9)),
    ]

    found = {plan(each, utterances, tmp_path).directory for each in (experiment, *others)}
    followed = plan_distillation(settle(experiment, "followed"), utterances, tmp_path)

    assert followed is not None
    assert found == {followed.directory}


@pytest.fixture
def distilled(experiment: Experiment, utterances: Utterances, tmp_path: Path) -> Distillation:
    planned = plan(experiment, utterances, tmp_path / "runs")
    planned.run()
    return planned


def test_only_what_is_handed_on_is_kept(distilled: Distillation) -> None:
    card = read_card(distilled.bundle)
    names = read_weights(distilled.bundle, card).keys()

    assert all(name.startswith(HANDED_ON) for name in names)
    assert any("recurrence.backward_lstm" in name for name in names)
    assert not any("head" in name or "states" in name for name in names)


def test_the_card_says_what_was_heard_and_from_whom_was_learnt(distilled: Distillation) -> None:
    card = read_card(distilled.bundle)

    assert (card.labels, card.corpora) == ((), ("free/calls", "free/street"))
    assert card.description.startswith("Distilled before from speech-embedding, yamnet on free/calls.")
    assert "learnt from the encoder 'yamnet': Apache-2.0" in card.licence
    assert all(not each["folder"] for each in card.provenance.settings["distillation"]["encoders"])


def test_it_answers_nothing_and_says_so(distilled: Distillation) -> None:
    with pytest.raises(BundleError, match="has learnt no emotion yet, so that it answers nothing"):
        Recogniser.load(distilled.bundle)


def test_no_graph_can_be_made_of_it(distilled: Distillation) -> None:
    with pytest.raises(ExportError, match="has learnt no emotion yet"):
        export_bundle(distilled.bundle)


def test_any_training_can_start_from_its_folder(distilled: Distillation, utterances: Utterances) -> None:
    """As `prosodyn train --from` does, which knows nothing but the folder."""
    experiment = Experiment("finetune", training=TrainingConfig(epochs=1, batch_size=8))
    lesson = Lesson(experiment, utterances[:8], start=distilled.bundle)

    module = train_network(lesson, RunPlace(torch.device("cpu")))

    settings = distilled.lesson.experiment
    assert (lesson.settings.front_end, lesson.settings.network) == (settings.front_end, settings.network)
    learnt = read_weights(distilled.bundle, read_card(distilled.bundle))
    assert np.array_equal(module.normaliser.mean.numpy(), learnt["normaliser.mean"])
    assert heard_corpora(lesson) == ("free/calls", "free/street", "toy")


def test_the_page_beside_it_does_not_say_how_to_use_it(distilled: Distillation) -> None:
    page = (distilled.bundle / "README.md").read_text(encoding="utf-8")

    assert "It has learnt no emotion yet" in page
    assert "from_file" not in page


def test_a_network_starts_with_the_very_weights_and_normalisation(
    distilled: Distillation, experiment: Experiment, utterances: Utterances
) -> None:
    lesson = after_pretraining(Lesson(experiment, utterances), distilled)

    own = build_module(lesson).state_dict()

    learnt = read_weights(distilled.bundle, read_card(distilled.bundle))
    for name, array in learnt.items():
        assert np.array_equal(own[name].numpy(), array), name
    assert lesson.settings.training.temperature_epochs == 0


def test_every_weight_that_is_handed_on_has_learnt(distilled: Distillation) -> None:
    settings = distilled.lesson.experiment
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.training.seed)
        began = WaveformNetwork(settings.front_end, settings.network, 2)

    learnt = read_weights(distilled.bundle, read_card(distilled.bundle))
    fitted = {name for name, _ in began.named_parameters()} & learnt.keys()
    assert all(not np.array_equal(began.state_dict()[name].numpy(), learnt[name]) for name in fitted)
    assert {name.split(".")[1] for name in fitted} == {"blocks", "recurrence"}


def test_a_finished_distillation_is_not_run_again(
    distilled: Distillation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read_card(distilled.bundle).weights_sha256
    monkeypatch.setattr("prosodyn.training.student_lesson.distil", pytest.fail)

    assert distilled.run().weights_sha256 == first


def test_what_a_distillation_left_tells_of_itself(distilled: Distillation) -> None:
    taught = json.loads((distilled.directory / teaching.TAUGHT).read_text(encoding="utf-8"))

    assert taught["fingerprint"] == distilled.lesson.fingerprint
    assert not (distilled.directory / "checkpoint.safetensors").exists()
    assert len((distilled.directory / "journal.jsonl").read_text(encoding="utf-8").splitlines()) == 2
