"""Measure whether two processes learn what one does from the same batches, and how fast they are.

    python benchmarks/processes.py
    python benchmarks/processes.py --experiment demo --epochs 4

The synthetic corpus `toy` is learnt in several ways, one after the other, always in the same batches.
Without dropout, whose draws depend on the process, the loss curves must be those of one process but for
rounding. With dropout they differ by chance; how much that may be, another seed of one process tells.
Seconds are those of an epoch in the first process, medians without the first epoch, by the clock and by the
processor. The clock also tells what else the machine does meanwhile (`load`, in processes that want to run);
by the processor it is as if each process had a core of its own, and nothing were lost by waiting.
"""

import argparse
import dataclasses
import itertools
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from prosodyn import __version__, corpora
from prosodyn.config import Experiment
from prosodyn.files import write_text
from prosodyn.mapping import from_mapping, to_mapping
from prosodyn.training.experiment import load_experiment, settle
from prosodyn.training.experiment_files import experiment_names
from prosodyn.training.journal import EpochReport
from prosodyn.training.launching import run_together
from prosodyn.training.meeting import joined
from prosodyn.training.place import RunPlace
from prosodyn.training.recipe import Lesson, train_network

OUT = Path(__file__).resolve().parent / "speed" / "processes.json"


@dataclasses.dataclass(frozen=True)
class Run:
    """One training.

    Attributes:
        processes: that train together
        dropout: as the experiment has it; else none
        seed: of everything random
        batch_size: of all processes together; zero for the experiment's
    """

    processes: int = 1
    dropout: bool = True
    seed: int = 0
    batch_size: int = 0


LARGE = 64
"""Utterances in a batch of which each process has enough to do."""

RUNS = {
    "one_without_dropout": Run(dropout=False),
    "two_without_dropout": Run(processes=2, dropout=False),
    "one": Run(),
    "two": Run(processes=2),
    "one_with_another_seed": Run(seed=1),
    "one_in_large_batches": Run(batch_size=LARGE),
    "two_in_large_batches": Run(processes=2, batch_size=LARGE),
}


def settings(run: Run, name: str, n_epochs: int) -> Experiment:
    """Return an experiment as a run has it."""
    experiment = settle(load_experiment(name, seed=run.seed), "new")
    training = dataclasses.replace(experiment.training, steps=0, epochs=n_epochs, held_out_folds=0)
    if run.batch_size:
        training = dataclasses.replace(training, batch_size=run.batch_size, micro_batch_size=run.batch_size)
    network = experiment.network
    if not run.dropout:
        network = dataclasses.replace(network, dropout=0.0, feature_dropout=0.0, summary_dropout=0.0)
    return dataclasses.replace(experiment, training=training, network=network)


def train_as_rank(task: Path) -> None:
    """Train in one of several processes as a file says; the first leaves beside it what it found."""
    experiment = from_mapping(Experiment, json.loads(task.read_text(encoding="utf-8")), task.name)
    epochs: list[tuple[float, float, float]] = []

    def note(report: EpochReport) -> None:
        epochs.append((report.loss, time.monotonic(), time.process_time()))

    with joined("cpu") as ranks:
        place = RunPlace(torch.device("cpu"), progress=note, ranks=ranks)
        train_network(Lesson(experiment, corpora.load_any("toy")), place)
    if ranks.leads:
        write_text(task.with_name("epochs.json"), json.dumps(epochs))


def train(run: Run, name: str, n_epochs: int) -> dict[str, Any]:
    """Train, and return the loss of every epoch and what an epoch took."""
    with tempfile.TemporaryDirectory() as folder:
        task = Path(folder, "task.json")
        write_text(task, json.dumps(to_mapping(settings(run, name, n_epochs))))
        command = [sys.executable, str(Path(__file__).resolve()), "--as-rank", str(task)]
        ending = run_together(command, run.processes, n_threads=1)
        if ending.exit_code:
            raise SystemExit(ending.told or ending.exit_code)
        epochs = json.loads(task.with_name("epochs.json").read_text(encoding="utf-8"))
    losses, clock, processor = zip(*epochs, strict=True)
    return {
        "processes": run.processes,
        "loss": [round(loss, 7) for loss in losses],
        "epoch_seconds": median_step(clock),
        "epoch_processor_seconds": median_step(processor),
    }


def median_step(times: Sequence[float]) -> float:
    """Return the median time from one to the next, seconds."""
    return round(statistics.median(after - before for before, after in itertools.pairwise(times)), 3)


def apart(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the largest difference of two loss curves in an epoch."""
    return round(max(abs(ours - theirs) for ours, theirs in zip(one, other, strict=True)), 7)


def measure(name: str, n_epochs: int) -> dict[str, Any]:
    """Train in every way, one after the other."""
    load = [os.getloadavg()[0]]
    runs: dict[str, dict[str, Any]] = {}
    for way, run in RUNS.items():
        runs[way] = train(run, name, n_epochs)
        load.append(os.getloadavg()[0])
        print(f"{way}: {runs[way]['epoch_seconds']} s an epoch, loss {runs[way]['loss'][-1]}", flush=True)
    loss = {way: found["loss"] for way, found in runs.items()}

    def faster(key: str, way: str = "") -> float:
        return round(runs[f"one{way}"][key] / runs[f"two{way}"][key], 2)

    return {
        "experiment": name,
        "corpus": "toy",
        "batch_size": load_experiment(name).training.batch_size,
        "large_batch_size": LARGE,
        "epochs": n_epochs,
        "version": __version__,
        "torch": torch.__version__,
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": [round(each, 1) for each in load],
        "loss_apart": {
            "two_processes_without_dropout": apart(loss["one_without_dropout"], loss["two_without_dropout"]),
            "two_processes": apart(loss["one"], loss["two"]),
            "another_seed": apart(loss["one"], loss["one_with_another_seed"]),
        },
        "times_as_fast_as_one": {
            "by_processor": faster("epoch_processor_seconds"),
            "by_clock": faster("epoch_seconds"),
            "large_batches_by_processor": faster("epoch_processor_seconds", "_in_large_batches"),
            "large_batches_by_clock": faster("epoch_seconds", "_in_large_batches"),
        },
        "runs": runs,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ", ".join(experiment_names())
    parser.add_argument("--experiment", default="recommended", help=f"one of {names}")
    parser.add_argument("--epochs", type=int, default=8, help="of every training (default: 8)")
    parser.add_argument("--out", type=Path, default=OUT, help="JSON file to write")
    parser.add_argument("--as-rank", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.as_rank is not None:
        train_as_rank(options.as_rank)
        return
    measured = measure(options.experiment, options.epochs)
    print(json.dumps({key: measured[key] for key in ("loss_apart", "times_as_fast_as_one")}, indent=2))
    write_text(options.out, json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
