"""Trainings that one process does, or several do together: a program of each of these, given a folder."""

import dataclasses
import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn

from prosodyn.config import (
    AugmentConfig,
    DistillationWeights,
    FrontEndConfig,
    NetworkConfig,
    SpeechAugmentConfig,
    TrainingConfig,
)
from prosodyn.features import FeatureNormaliser
from prosodyn.model import InputShape, build_network
from prosodyn.model.student import Student, frames_in_waveform
from prosodyn.training import loop
from prosodyn.training.batches import TrainingSide
from prosodyn.training.distilling import Assignment, Distiller
from prosodyn.training.journal import EpochReport
from prosodyn.training.loop import Trainer
from prosodyn.training.meeting import joined
from prosodyn.training.place import RunPlace
from prosodyn.training.ranks import Ranks
from prosodyn.training.speech import SpeechSide
from prosodyn.training.speech_augment import Surroundings

SIZES = NetworkConfig(
    channels=(3, 4),
    band_strides=(2, 2),
    frame_strides=(2, 2),
    n_kernels=2,
    hidden_size=4,
    dropout=0.0,
    summary_size=4,
    summary_dropout=0.0,
)
BRIEF = TrainingConfig(epochs=5, batch_size=4, learning_rate=0.02, temperature_epochs=2)
CHANGES = AugmentConfig(crop_frames=9, speed=0.1, gain=0.2, n_masks=1, mixup=0.3, voice=1.0)
EVERYTHING = dataclasses.replace(
    BRIEF,
    micro_batch_size=3,
    class_weights=True,
    label_smoothing=0.1,
    gradient_clip=1.0,
    weight_average=0.5,
    selection="best_validation",
)

RECIPES: dict[str, tuple[TrainingConfig, AugmentConfig, int]] = {
    "plain": (BRIEF, AugmentConfig(), 10),
    "everything": (EVERYTHING, CHANGES, 11),
    "a last batch of one": (BRIEF, CHANGES, 9),
}
"""How is trained, and on how many utterances."""

Found = tuple[list[EpochReport], dict[str, Tensor]]


def draw(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def side_of(n_utterances: int, seed: int = 0) -> TrainingSide:
    lengths = [3 + (5 * n) % 12 for n in range(n_utterances)]
    return TrainingSide(
        [draw(6, length, seed=seed + n) for n, length in enumerate(lengths)],
        torch.arange(n_utterances) % 3,
        3,
        draw(n_utterances, 7, seed=seed),
        draw(n_utterances, 7, seed=seed + 1),
        torch.ones(n_utterances, 3, dtype=torch.bool),
    )


def built(build: Callable[[], nn.Module]) -> nn.Module:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        return build()


class Watched(Trainer):
    """Remembers what dropout would be drawn from."""

    seeds: list[int]

    def steps(self, epoch: int, generator: torch.Generator) -> Iterator[object]:
        self.seeds = [*getattr(self, "seeds", []), torch.initial_seed()]
        yield from super().steps(epoch, generator)


def train(name: str, place: RunPlace) -> tuple[Found, list[int]]:
    """Train by a recipe; return the reports, the weights in the end, and the seeds of the epochs."""
    training, changes, n_utterances = RECIPES[name]
    reports: list[EpochReport] = []

    def progress(report: EpochReport) -> None:
        reports.append(report)
        if report.epoch == 2 and place.directory is not None:
            shutil.copytree(place.directory, place.directory.with_name("left"), dirs_exist_ok=True)

    network = built(lambda: build_network(SIZES, InputShape(6, summary_size=7), 3))
    trainer = Watched(network, training, changes, dataclasses.replace(place, progress=progress))
    fitted = trainer.fit(side_of(n_utterances), side_of(15, seed=40))
    return (reports, fitted.state_dict()), trainer.seeds


def distil(ranks: Ranks) -> Found:
    """Distil a student that has no use for the layers above its recurrence."""
    front_end = FrontEndConfig(n_mels=6, hop=320, window=320)
    lengths = [3 + n for n in range(9)]
    prosody = [draw(3, n, seed=n).sigmoid() for n in lengths]
    side = SpeechSide(
        [draw(6, 4 * n, seed=n) for n in lengths],
        torch.zeros(9, 6),
        torch.ones(9, 6),
        [draw(5, n, seed=n) for n in lengths],
        FeatureNormaliser(5),
        prosody,
    )
    reports: list[EpochReport] = []
    student = built(
        lambda: Student(build_network(SIZES, InputShape(6), 2), 4, frames_in_waveform(front_end, SIZES), 5)
    )
    assignment = Assignment(
        DistillationWeights(states=1.0, f0=0.5, voicing=2.0, energy=0.25),
        (3, 2),
        SpeechAugmentConfig(reverberation=0.5, noise=0.5, gain=0.2, tilt=0.2, n_masks=1),
        Surroundings(front_end, [draw(6, 9, seed=50)]),
    )
    place = RunPlace(torch.device("cpu"), progress=reports.append, ranks=ranks)
    training = dataclasses.replace(BRIEF, micro_batch_size=3)
    return reports, Distiller(student, training, assignment, place).fit(side).state_dict()


def told_by(rank: int) -> list[Tensor]:
    """Return tensors of several kinds and shapes, one of them empty, that tell whose they are."""
    return [torch.tensor(rank), torch.full((2, 0), 1.5), torch.full((rank + 1, 3), 0.5 + rank).half()]


def digest(weights: dict[str, Tensor]) -> str:
    content = b"".join(weights[name].numpy().tobytes() for name in sorted(weights))
    return hashlib.sha256(content).hexdigest()


def main(folder: Path) -> None:
    """Do all of it, and leave what this process found."""
    loop.SECONDS_BETWEEN_CHECKPOINTS = -1.0
    found: dict[str, object] = {"reports": {}, "weights": {}, "seeds": {}}
    with joined("cpu") as ranks:
        for name in RECIPES:
            directory = folder / name / "run"
            place = RunPlace(torch.device("cpu"), directory, "ours", ranks=ranks)
            (reports, weights), seeds = train(name, place)
            found["reports"][name] = [dataclasses.asdict(report) for report in reports]
            found["weights"][name], found["seeds"][name] = digest(weights), seeds
        reports, weights = distil(ranks)
        found["reports"]["student"] = [dataclasses.asdict(report) for report in reports]
        found["weights"]["student"] = digest(weights)
        exchanged = ranks.exchange(told_by(ranks.rank))
        found["exchanged"] = [
            [[str(tensor.dtype), list(tensor.shape), tensor.tolist()] for tensor in each]
            for each in exchanged
        ]
    (folder / f"found-{ranks.rank}.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    torch.set_num_threads(1)
    main(Path(sys.argv[1]))
