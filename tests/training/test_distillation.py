"""What a network learns from unlabelled speech first of all, and that none of it is tested."""

import dataclasses
import json
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn import corpora
from prosodyn.bundle import read_card, read_weights
from prosodyn.config import DistillationConfig, DistillationWeights, Experiment, SpeechAugmentConfig
from prosodyn.corpora.toy import recording
from prosodyn.encoders import find_encoder
from prosodyn.errors import BundleError, ConfigError, CorpusNotFoundError, TrainingError
from prosodyn.inference import Recogniser
from prosodyn.model import WaveformNetwork
from prosodyn.training import teaching
from prosodyn.training.benchmark import Benchmark, run_benchmark
from prosodyn.training.distillation import Distillation, plan_distillation
from prosodyn.training.experiment import load_experiment, settle
from prosodyn.training.pretraining import after_pretraining, plan_pretraining
from prosodyn.training.recipe import Lesson, build_module
from prosodyn.training.running import FoldReport
from prosodyn.training.student_lesson import HANDED_ON
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]
WriteWav = Callable[..., Path]

STATES = DistillationWeights(f0=0.0, voicing=0.0, energy=0.0)


@pytest.fixture
def calls(write_wav: WriteWav, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a folder of six recordings, and one of noise, below the folder of corpora."""
    for speaker in ("f2", "m2"):
        for emotion in ("anger", "neutral", "sadness"):
            write_wav(f"free/calls/{speaker}/{emotion}.wav", recording(emotion, speaker, "ba-ti", 0))
    write_wav("free/street/1.wav")
    monkeypatch.setenv("PROSODYN_CORPORA", str(tmp_path))
    return tmp_path / "free" / "calls"


@pytest.fixture
def experiment(experiment: Experiment, small_encoders: Path, calls: Path) -> Experiment:
    """Return an experiment that learns from two encoders on those recordings before, for two epochs."""
    distillation = DistillationConfig(
        speech=("free/calls",),
        encoders=(find_encoder("speech-embedding"), find_encoder("yamnet")),
        noise=("free/street",),
        weights=STATES,
        augment=SpeechAugmentConfig(reverberation=0.5, noise=0.5, gain=0.1, n_masks=1, mask_bands=2),
        training={"epochs": 2, "batch_size": 3, "normalisation": "each_corpus", "balance": 0.5},
    )
    return dataclasses.replace(experiment, distillation=distillation)


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

    message = f"distillation: '.*planted.wav' is the recording that is tested as '{tested.id}'"
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


@pytest.fixture
def shared(benchmark: Benchmark, experiment: Experiment) -> Benchmark:
    return dataclasses.replace(benchmark, experiment=experiment, shared=benchmark.directory.parent / "shared")


def test_a_benchmark_distils_once_for_all_folds_and_says_so(shared: Benchmark) -> None:
    told: list[FoldReport] = []

    result = run_benchmark(shared, told.append)

    assert result.run.outside_data == ("free/calls", "free/street", "speech-embedding", "yamnet")
    assert shared.shared is not None
    (before,) = shared.shared.glob("distilled-free_calls-*/bundle")
    tuned = [read_card(each) for each in sorted(shared.directory.glob("*/bundle"))]
    assert len(tuned) == 2
    for card in tuned:
        assert card.provenance.start == f"distilled, {read_card(before).weights_sha256}"
        assert card.corpora == ("free/calls", "free/street", "toy")
        assert "fine-tuned from 'distilled'" in card.licence
    named = [report for report in told if report.fold == "distillation"]
    assert [report.heard for report in named[:6]] == [(n, 6) for n in range(1, 7)]
    assert [report.epoch.epoch for report in named if report.epoch is not None] == [1, 2]
    assert named[-1].epoch is named[-1].heard is None


def test_finished_folds_need_nothing_of_it(shared: Benchmark, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run_benchmark(shared)
    assert shared.shared is not None
    shutil.rmtree(shared.shared)
    monkeypatch.setattr("prosodyn.training.distillation.teach", pytest.fail)

    assert run_benchmark(shared).scores == first.scores


def test_the_normalisation_of_the_distillation_stays_unless_it_is_renewed(shared: Benchmark) -> None:
    run_benchmark(dataclasses.replace(shared, n_folds=1))

    assert shared.shared is not None
    (before,) = shared.shared.glob("distilled-*/bundle")
    (fold,) = shared.directory.glob("*/bundle")
    own, theirs = (read_weights(each, read_card(each))["normaliser.mean"] for each in (fold, before))
    assert np.array_equal(own, theirs)


@pytest.fixture
def chained(
    shared: Benchmark, experiment: Experiment, utterances: Utterances, monkeypatch: pytest.MonkeyPatch
) -> Benchmark:
    """Return a benchmark of a network that is distilled, hears another corpus, then its own."""
    other = tuple(
        dataclasses.replace(each, corpus="near", waveform=0.5 * each.waveform)
        for each in utterances
        if each.waveform is not None
    )
    monkeypatch.setattr(corpora, "load", lambda name, allow_partial: other)
    declared = corpora.get("emodb")
    monkeypatch.setattr(corpora, "get", lambda name: dataclasses.replace(declared, name=name))
    both = dataclasses.replace(
        experiment, pretraining_corpora=("near",), pretraining={"training": {"epochs": 1}}
    )
    return dataclasses.replace(shared, experiment=both, n_folds=1)


def test_other_corpora_are_heard_between(chained: Benchmark) -> None:
    told: list[FoldReport] = []

    result = run_benchmark(chained, told.append)

    assert result.run.outside_data == ("free/calls", "free/street", "speech-embedding", "yamnet", "near")
    assert chained.shared is not None
    (first,) = chained.shared.glob("distilled-*/bundle")
    (second,) = chained.shared.glob("pretrained-near-*/bundle")
    (fold,) = chained.directory.glob("*/bundle")
    cards = [read_card(each) for each in (first, second, fold)]
    assert cards[1].provenance.start == f"distilled, {cards[0].weights_sha256}"
    assert cards[2].provenance.start == f"pretrained, {cards[1].weights_sha256}"
    assert cards[2].corpora == ("free/calls", "free/street", "near", "toy")
    assert list(dict.fromkeys(report.fold for report in told))[:2] == ["distillation", "pretraining"]


def test_a_finished_pretraining_needs_no_distillation(
    chained: Benchmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_benchmark(chained)
    assert chained.shared is not None
    (first,) = chained.shared.glob("distilled-*")
    shutil.rmtree(first)
    shutil.rmtree(chained.directory)
    monkeypatch.setattr("prosodyn.training.distillation.teach", pytest.fail)

    run_benchmark(chained)


SCRIPT = """
import sys
from pathlib import Path

import torch


from prosodyn.config import DistillationConfig, DistillationWeights, Experiment, FrontEndConfig, NetworkConfig
from prosodyn.config import TrainingConfig
from prosodyn.training import loop
from prosodyn.training.distillation import plan_distillation

torch.set_num_threads(1)
STRIDES = {"band_strides": (2, 2), "frame_strides": (2, 2)}


def run(directory, progress=None):
    experiment = Experiment(
        name="tiny",
        front_end=FrontEndConfig(n_mels=12, narrow_band=True),
        network=NetworkConfig(channels=(3, 4), hidden_size=4, **STRIDES),
        training=TrainingConfig(epochs=5, batch_size=3, weight_average=0.5),
        distillation=DistillationConfig(speech=("free/calls",), weights=DistillationWeights(states=0.0)),
    )
    return plan_distillation(experiment, (), directory).run(progress).weights_sha256


if __name__ == "__main__":
    loop.SECONDS_BETWEEN_CHECKPOINTS = -1.0
    print(run(Path(sys.argv[1]), lambda report: print("epoch", report.epoch, flush=True)), flush=True)
"""


def test_a_distillation_that_is_killed_ends_with_the_same_weights(calls: Path, tmp_path: Path) -> None:
    pytest.importorskip("swift_f0", reason="needs pip install 'prosodyn[distillation]'")
    script = tmp_path / "distil.py"
    script.write_text(SCRIPT, encoding="utf-8")
    told = []
    with subprocess.Popen(
        [sys.executable, script, tmp_path / "killed"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(line)
            if line == "epoch 2\n":
                process.send_signal(signal.SIGKILL)
    assert told[-1].startswith("epoch ")

    run = runpy.run_path(str(script))["run"]
    epochs: list[int] = []
    resumed = run(tmp_path / "killed", lambda report: epochs.append(report.epoch))

    assert epochs == list(range(epochs[0], 6))
    assert epochs[0] > 1  # it goes on
    assert resumed == run(tmp_path / "unbroken")


def test_the_shipped_experiment_can_be_read_and_stays_small() -> None:
    experiment = load_experiment("distilled")

    assert experiment.distils
    assert experiment.outside_data == ("free/speech", "free/noise", "speech-embedding", "yamnet", "swift-f0")
    module = build_module(Lesson(dataclasses.replace(experiment, distillation=None), tuple(two_emotions())))
    assert module.n_parameters < 2_000_000


def two_emotions() -> list[Utterance]:
    return [Utterance(emotion, emotion, "s", "own") for emotion in ("anger", "sadness")]


def test_an_experiments_file_names_teachers_and_settings_describe_them(tiny: Path) -> None:
    text = '\n[distillation]\nspeech = ["free/calls"]\nencoders = ["yamnet"]\n'
    tiny.write_text(tiny.read_text(encoding="utf-8") + text, encoding="utf-8")

    experiment = load_experiment(str(tiny))

    assert experiment.distillation is not None
    assert experiment.distillation.encoders == (find_encoder("yamnet"),)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('speech = ["/somewhere/speech"]', "distillation.speech: expected names of corpora, or folders"),
        ('speech = ["../speech"]', "distillation.speech: expected names of corpora, or folders"),
        ('speech = ["a"]', "distillation.encoders: expected one or more where weights.states is above zero"),
        ('speech = ["a"]\nweights.states = 0\nencoders = ["yamnet"]', "and none where it is zero"),
        (
            'speech = ["a"]\nweights = {states = 0, f0 = 0, voicing = 0, energy = 0}',
            "distillation.weights: expected one above zero",
        ),
        (
            'speech = ["a"]\nencoders = ["yamnet"]\nnoise = ["b"]',
            "distillation.noise: expected folders where",
        ),
        (
            'speech = ["a"]\nencoders = ["yamnet"]\naugment.speed = 0.1',
            "unknown key 'distillation.augment.speed'",
        ),
        (
            'speech = ["a"]\nencoders = ["yamnet"]\naugment.most_snr = -1',
            "most_snr: expected at least least_snr",
        ),
        ('speech = ["a"]\nencoders = ["yamnet"]\ntraining.rate = 1', "unknown key 'training.rate'"),
        (
            'speech = ["a"]\nencoders = ["yamnet"]\ntraining.selection = "best_validation"',
            "nothing is held back there that could select",
        ),
    ],
)
def test_what_cannot_be_distilled_is_refused_when_it_is_read(tiny: Path, lines: str, message: str) -> None:
    tiny.write_text(f"{tiny.read_text(encoding='utf-8')}\n[distillation]\n{lines}\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=message):
        load_experiment(str(tiny))


def test_a_network_on_an_encoders_states_is_not_distilled(tiny: Path) -> None:
    text = tiny.read_text(encoding="utf-8").replace("n_mels = 16", 'name = "mfcc"')
    tiny.write_text(f'{text}\n[distillation]\nspeech = ["a"]\nencoders = ["yamnet"]\n', encoding="utf-8")

    with pytest.raises(ConfigError, match="a front_end 'logmel' without encoders"):
        load_experiment(str(tiny))


def test_what_a_distillation_left_tells_of_itself(distilled: Distillation) -> None:
    taught = json.loads((distilled.directory / teaching.TAUGHT).read_text(encoding="utf-8"))

    assert taught["fingerprint"] == distilled.lesson.fingerprint
    assert not (distilled.directory / "checkpoint.safetensors").exists()
    assert len((distilled.directory / "journal.jsonl").read_text(encoding="utf-8").splitlines()) == 2
