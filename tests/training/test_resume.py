"""A run that was stopped, by whatever, ends with the very weights of one that was not."""

import dataclasses
import json
import runpy
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from prosodyn.config import AugmentConfig, TrainingConfig
from prosodyn.errors import TrainingError
from prosodyn.model import EmotionNetwork
from prosodyn.training import loop
from prosodyn.training.batches import TrainingSide
from prosodyn.training.journal import EpochReport
from prosodyn.training.loop import Loop, RunPlace, Trainer
from prosodyn.training.schedule import Schedule

BuildSide = Callable[..., TrainingSide]
BuildNetwork = Callable[..., EmotionNetwork]

ADAMW = TrainingConfig(epochs=6, batch_size=4, learning_rate=0.03, temperature_epochs=4)
RECIPES = {
    "adamw": ADAMW,
    "rmsprop": dataclasses.replace(ADAMW, optimiser="rmsprop", schedule="constant", weight_decay=0.01),
    "average": dataclasses.replace(ADAMW, weight_average=0.5),
    "selection": dataclasses.replace(ADAMW, selection="best_validation"),
    "selected average": dataclasses.replace(ADAMW, selection="best_validation", weight_average=0.5),
    "steps": dataclasses.replace(ADAMW, steps=16, epochs=0),
}
CHANGES = AugmentConfig(speed=0.1, gain=0.2, n_masks=1, mixup=0.3)


class Interruption(BaseException):
    """Stands for Ctrl-C, which is no `Exception`."""


class Runs:
    """Trains the same network on the same side, again and again, each time from where it was left."""

    def __init__(
        self,
        build_network: BuildNetwork,
        build_side: BuildSide,
        training: TrainingConfig,
        n_versions: int = 1,
    ) -> None:
        self.build_network, self.build_side, self.training = build_network, build_side, training
        self.n_versions = n_versions

    def to_the_end(
        self, directory: Path, fingerprint: str = "ours", stop_after: int = 0
    ) -> dict[str, Tensor]:
        """Train, and return the weights; or stop after an epoch, as Ctrl-C would."""

        def progress(report: EpochReport) -> None:
            if report.epoch == stop_after:
                raise Interruption

        place = RunPlace(torch.device("cpu"), directory, fingerprint, progress)
        trainer = Trainer(self.build_network(), self.training, CHANGES, place)
        side = self.build_side(12, n_versions=self.n_versions)
        return trainer.fit(side, self.build_side(15, seed=1)).state_dict()

    def stopped(self, directory: Path, after: int) -> None:
        with pytest.raises(Interruption):
            self.to_the_end(directory, stop_after=after)


@pytest.fixture(params=RECIPES.values(), ids=RECIPES.keys())
def runs(request: pytest.FixtureRequest, build_small_network: BuildNetwork, build_side: BuildSide) -> Runs:
    return Runs(build_small_network, build_side, request.param)


@pytest.fixture
def adamw_runs(build_small_network: BuildNetwork, build_side: BuildSide) -> Runs:
    return Runs(build_small_network, build_side, ADAMW)


@pytest.fixture
def _save_every_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "SECONDS_BETWEEN_CHECKPOINTS", -1.0)


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def journal_of(directory: Path) -> list[tuple[int, float, float | None]]:
    """Return epoch, loss and validation score of every line; times differ from run to run."""
    lines = (directory / "journal.jsonl").read_text(encoding="utf-8").splitlines()
    reports = [json.loads(line) for line in lines]
    return [(report["epoch"], report["loss"], report["validation_ua"]) for report in reports]


@pytest.mark.usefixtures("_save_every_epoch")
@pytest.mark.parametrize("stops", [(1,), (2, 5)], ids=["once", "twice"])
def test_a_stopped_run_ends_with_the_weights_of_an_unbroken_one(
    tmp_path: Path, runs: Runs, stops: tuple[int, ...]
) -> None:
    for epoch in stops:
        runs.stopped(tmp_path / "stopped", after=min(epoch, runs.training.epochs or 3))

    resumed = runs.to_the_end(tmp_path / "stopped")

    assert same(resumed, runs.to_the_end(tmp_path / "unbroken"))
    assert journal_of(tmp_path / "stopped") == journal_of(tmp_path / "unbroken")


@pytest.mark.usefixtures("_save_every_epoch")
def test_a_stopped_run_goes_on_with_the_versions_that_an_unbroken_one_draws(
    tmp_path: Path, build_small_network: BuildNetwork, build_side: BuildSide
) -> None:
    runs = Runs(build_small_network, build_side, ADAMW, n_versions=3)
    runs.stopped(tmp_path / "stopped", after=2)

    resumed = runs.to_the_end(tmp_path / "stopped")

    assert same(resumed, runs.to_the_end(tmp_path / "unbroken"))
    assert not same(resumed, Runs(build_small_network, build_side, ADAMW).to_the_end(tmp_path / "plain"))


def test_a_run_that_was_stopped_before_its_first_checkpoint_starts_again(
    tmp_path: Path, adamw_runs: Runs
) -> None:
    adamw_runs.stopped(tmp_path / "stopped", after=2)
    assert not (tmp_path / "stopped" / "checkpoint.safetensors").exists()

    resumed = adamw_runs.to_the_end(tmp_path / "stopped")

    assert same(resumed, adamw_runs.to_the_end(tmp_path / "unbroken"))
    assert journal_of(tmp_path / "stopped") == journal_of(tmp_path / "unbroken")


@pytest.mark.usefixtures("_save_every_epoch")
def test_a_resumed_run_repeats_no_epoch(
    tmp_path: Path, adamw_runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    adamw_runs.stopped(tmp_path, after=4)
    epochs: list[int] = []
    run_epoch = Loop._run_epoch

    def counted(self: Trainer, epoch: int, schedule: Schedule) -> dict[str, float]:
        epochs.append(epoch)
        return run_epoch(self, epoch, schedule)

    monkeypatch.setattr(Loop, "_run_epoch", counted)
    adamw_runs.to_the_end(tmp_path)

    assert epochs == [4, 5]  # counted from zero


def test_a_finished_run_trains_no_more(tmp_path: Path, runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    finished = runs.to_the_end(tmp_path)
    monkeypatch.delattr(Loop, "_run_epoch")

    assert same(runs.to_the_end(tmp_path), finished)


def test_a_run_keeps_files_only_where_it_is_told_to(
    tmp_path: Path, adamw_runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trainer = Trainer(adamw_runs.build_network(), ADAMW, CHANGES, RunPlace(torch.device("cpu")))

    trainer.fit(adamw_runs.build_side())

    assert list(tmp_path.iterdir()) == []


def test_checkpoints_keep_their_distance(
    tmp_path: Path, adamw_runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: list[int] = []
    monkeypatch.setattr(loop, "write_checkpoint", lambda _, checkpoint: saved.append(checkpoint.epoch))

    adamw_runs.to_the_end(tmp_path)

    assert saved == [6]  # six epochs take no fifteen seconds, but the end is always kept


@pytest.mark.usefixtures("_save_every_epoch")
def test_another_runs_checkpoint_is_not_taken_up(tmp_path: Path, adamw_runs: Runs) -> None:
    adamw_runs.stopped(tmp_path, after=2)

    with pytest.raises(TrainingError, match="belongs to a run with other settings"):
        adamw_runs.to_the_end(tmp_path, fingerprint="theirs")


SCRIPT = '''
"""Train in the folder that is named, and say which epoch has ended."""

import sys
import time
from pathlib import Path

import torch

from prosodyn.config import AugmentConfig, NetworkConfig, TrainingConfig
from prosodyn.model import InputShape, build_network
from prosodyn.training import loop
from prosodyn.training.batches import TrainingSide

torch.set_num_threads(1)


def train(directory, progress=None):
    generator = torch.Generator().manual_seed(0)
    spectrograms = [torch.randn(6, length, generator=generator) for length in range(3, 13)]
    side = TrainingSide(spectrograms, torch.arange(10) % 3, 3, *torch.zeros(2, 10, 0), torch.ones(10, 3) > 0)
    sizes = {"channels": (3, 4), "band_strides": (2, 2), "frame_strides": (2, 2), "hidden_size": 4}
    torch.manual_seed(5)
    network = build_network(NetworkConfig(**sizes), InputShape(6), 3)
    place = loop.RunPlace(torch.device("cpu"), directory, "ours", progress)
    training = TrainingConfig(epochs=30, batch_size=4, weight_average=0.9)
    trainer = loop.Trainer(network, training, AugmentConfig(speed=0.1, n_masks=1), place)
    return trainer.fit(side).state_dict()


def tell(report):
    print(report.epoch, flush=True)
    time.sleep(0.05)  # leave the time for a kill


if __name__ == "__main__":
    loop.SECONDS_BETWEEN_CHECKPOINTS = -1.0
    train(Path(sys.argv[1]), tell)
'''


def test_a_killed_run_ends_with_the_weights_of_an_unbroken_one(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT, encoding="utf-8")
    train = runpy.run_path(str(script))["train"]
    with subprocess.Popen([sys.executable, script, tmp_path / "killed"], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == 4:
                process.send_signal(signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    assert 4 <= len(journal_of(tmp_path / "killed")) < 30

    resumed = train(tmp_path / "killed")

    assert same(resumed, train(tmp_path / "unbroken"))
    assert journal_of(tmp_path / "killed") == journal_of(tmp_path / "unbroken")
