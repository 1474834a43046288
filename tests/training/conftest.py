"""A training run small enough for a test: a few toy utterances, a network of some hundred weights."""

import dataclasses
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from prosodyn.audio import utterance_waveform
from prosodyn.config import (
    AugmentConfig,
    DistillationConfig,
    DistillationWeights,
    Experiment,
    FrontEndConfig,
    NetworkConfig,
    SpeechAugmentConfig,
    TrainingConfig,
)
from prosodyn.corpora.toy import recording
from prosodyn.encoders import find_encoder
from prosodyn.model import EmotionNetwork, InputShape, build_network
from prosodyn.training.batches import TrainingSide
from prosodyn.training.benchmark import Benchmark
from prosodyn.training.fold import FoldTask, run_fold
from prosodyn.training.journal import EpochReport
from prosodyn.training.loop import RunPlace, Trainer
from prosodyn.types import FloatArray, Split, Utterance

N_FEATURES, N_EMOTIONS = 6, 3

NETWORK = NetworkConfig(
    channels=(3, 4), band_strides=(2, 2), frame_strides=(2, 2), n_kernels=2, hidden_size=4, dropout=0.2
)


@pytest.fixture(scope="module")
def six_utterances() -> tuple[Utterance, ...]:
    """Return two emotions of three speakers, once each."""
    return tuple(
        Utterance(f"{speaker}-{emotion}", emotion, speaker, "toy", waveform=recording(emotion, speaker))
        for speaker in ("f1", "f2", "m2")
        for emotion in ("anger", "sadness")
    )


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> Iterator[None]:
    """Compute on one thread, as the processes of a benchmark do."""
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(n_threads)


@pytest.fixture(scope="session")
def utterances() -> tuple[Utterance, ...]:
    """Return sixteen toy utterances: two speakers, two emotions, two texts, two takes."""
    return tuple(
        Utterance(
            id=f"{speaker}-{emotion}-{text}-{take}",
            emotion=emotion,
            speaker=speaker,
            corpus="toy",
            waveform=recording(emotion, speaker, text, take),
            text=text,
        )
        for speaker in ("f1", "m1")
        for emotion in ("sadness", "anger")
        for text in ("ba-ti", "ke-no")
        for take in (0, 1)
    )


@pytest.fixture(scope="session")
def experiment() -> Experiment:
    """Return an experiment that uses every part of the training, for two epochs."""
    return Experiment(
        name="tiny",
        front_end=FrontEndConfig(n_mels=12, n_mfcc=4),
        network=NETWORK,
        augment=AugmentConfig(speed=0.1, n_masks=1, mask_bands=2, mask_frames=3),
        training=TrainingConfig(epochs=2, batch_size=4, weight_average=0.5, temperature_epochs=1),
    )


@pytest.fixture
def benchmark(tmp_path: Path, experiment: Experiment, utterances: tuple[Utterance, ...]) -> Benchmark:
    """Return a benchmark of two folds: each of two speakers is tested once."""
    return Benchmark(
        experiment=experiment,
        corpus="toy",
        protocol="loso",
        utterances=utterances,
        directory=tmp_path / "run",
        command="prosodyn evaluate toy",
        n_processes=1,
    )


@pytest.fixture
def task(tmp_path: Path, experiment: Experiment, utterances: tuple[Utterance, ...]) -> FoldTask:
    """Return a fold that tests the second speaker."""
    ids = [utterance.id for utterance in utterances]
    split = Split("speaker-m1", tuple(ids[:7]), (ids[7],), tuple(reversed(ids[8:])))
    return FoldTask(experiment, split, utterances, tmp_path / "fold", "cpu", "prosodyn evaluate")


RunWatched = Callable[[FoldTask], tuple[list[str], list[str]]]


@pytest.fixture
def run_watched(monkeypatch: pytest.MonkeyPatch) -> RunWatched:
    """Return a function that runs a fold, and tells what it reads before its bundle is written, and after."""

    def run(task: FoldTask) -> tuple[list[str], list[str]]:
        before: list[str] = []
        after: list[str] = []

        def watched(utterance: Utterance) -> FloatArray:
            is_written = (task.directory / "bundle" / "card.json").exists()
            (after if is_written else before).append(utterance.id)
            return utterance_waveform(utterance)

        for reader in ("prosodyn.training.hearing", "prosodyn.inference.clip"):
            monkeypatch.setattr(f"{reader}.utterance_waveform", watched)
        run_fold(task)
        return before, after

    return run


class Deadly(str):
    """Kills the process that receives it, as a system does that runs out of memory."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[int]]:
        return signal.raise_signal, (signal.SIGKILL,)


@pytest.fixture
def deadly() -> str:
    """Return a command that no process survives to which it is sent."""
    return Deadly()


BuildSide = Callable[..., TrainingSide]


@pytest.fixture
def build_side() -> BuildSide:
    """Return a function that draws a training side of random spectrograms of 3 to 14 frames."""

    def build(
        n_utterances: int = 10, seed: int = 0, summary_size: int = 0, n_versions: int = 1
    ) -> TrainingSide:
        generator = torch.Generator().manual_seed(seed)
        lengths = torch.randint(3, 15, (n_utterances,), generator=generator).tolist() * n_versions
        spectrograms = [torch.randn(N_FEATURES, length, generator=generator) for length in lengths]
        targets = (torch.arange(n_utterances) % N_EMOTIONS).repeat(n_versions)
        summary = torch.randn(len(targets), summary_size, generator=generator)
        return TrainingSide(
            spectrograms,
            targets,
            N_EMOTIONS,
            summary,
            torch.zeros_like(summary),
            torch.ones(len(targets), N_EMOTIONS, dtype=torch.bool),
            n_versions=n_versions,
        )

    return build


BuildNetwork = Callable[..., EmotionNetwork]


@pytest.fixture
def build_small_network() -> BuildNetwork:
    """Return a function that builds a network, always with the same weights."""

    def build(config: NetworkConfig = NETWORK, summary_size: int = 0) -> EmotionNetwork:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(5)
            return build_network(config, InputShape(N_FEATURES, summary_size=summary_size), N_EMOTIONS)

    return build


class Observed:
    """A training run that remembers every report, and the weights after every epoch."""

    def __init__(self, network: EmotionNetwork, training: TrainingConfig) -> None:
        self.reports: list[EpochReport] = []
        self.states: list[dict[str, Tensor]] = []
        self.averages: list[dict[str, Tensor]] = []
        place = RunPlace(torch.device("cpu"), progress=self._observe)
        self.trainer = Trainer(network, training, AugmentConfig(), place)

    def _observe(self, report: EpochReport) -> None:
        self.reports.append(report)
        self.states.append(state_of(self.trainer.network))
        if self.trainer.average is not None:
            self.averages.append(state_of(self.trainer.average))


def state_of(network: EmotionNetwork) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


@pytest.fixture
def observe(build_small_network: BuildNetwork) -> Callable[..., Observed]:
    """Return a function that prepares a run of the small network, to be watched."""

    def prepare(
        training: TrainingConfig, network: NetworkConfig = NETWORK, summary_size: int = 0
    ) -> Observed:
        return Observed(build_small_network(network, summary_size), training)

    return prepare


WriteWav = Callable[..., Path]


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
def distilling(experiment: Experiment, small_encoders: Path, calls: Path) -> Experiment:
    """Return an experiment that learns from two encoders on those recordings before, for two epochs."""
    distillation = DistillationConfig(
        speech=("free/calls",),
        encoders=(find_encoder("speech-embedding"), find_encoder("yamnet")),
        noise=("free/street",),
        weights=DistillationWeights(f0=0.0, voicing=0.0, energy=0.0),
        augment=SpeechAugmentConfig(reverberation=0.5, noise=0.5, gain=0.1, n_masks=1, mask_bands=2),
        training={"epochs": 2, "batch_size": 3, "normalisation": "each_corpus", "balance": 0.5},
    )
    return dataclasses.replace(experiment, distillation=distillation)
