"""Measure whether two processes learn what one does from the same batches, and how fast they are.

    python benchmarks/processes.py
    python benchmarks/processes.py --experiment demo --epochs 4

The synthetic corpus `toy` is learnt in several ways, one after the other, always in the same batches.
Without dropout, whose draws depend on the process, the loss curves must be those of one process but for
rounding. With dropout they differ by chance; how much that may be, another seed of one process tells.
Seconds are those of an epoch, by the clock and by the processor: of the busiest process, since the others
wait for it. The clock also tells what else the machine does meanwhile (`load`, in processes that want to
run); by the processor it is as if each process had a core of its own, and nothing were lost by waiting.
"""

import argparse
import dataclasses
import json
import os
import platform
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
from prosodyn.training.experiment import experiment_names, load_experiment, settle
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
        threads: of each
        dropout: as the experiment has it; else none
        seed: of everything random
    """

    processes: int = 1
    threads: int = 1
    dropout: bool = True
    seed: int = 0


RUNS = {
    "one_without_dropout": Run(dropout=False),
    "two_without_dropout": Run(processes=2, dropout=False),
    "one": Run(),
    "two": Run(processes=2),
    "one_with_two_threads": Run(threads=2),
    "one_with_another_seed": Run(seed=1),
}


def settings(run: Run, name: str, n_epochs: int) -> Experiment:
    """Return an experiment as a run has it."""
    experiment = settle(load_experiment(name, seed=run.seed), "new")
    training = dataclasses.replace(experiment.training, steps=0, epochs=n_epochs, held_out_folds=0)
    network = experiment.network
    if not run.dropout:
        network = dataclasses.replace(network, dropout=0.0, feature_dropout=0.0, summary_dropout=0.0)
    return dataclasses.replace(experiment, training=training, network=network)


def train_as_rank(task: Path) -> None:
    """Train in one of several processes as a file says, and leave beside it what this one found."""
    experiment = from_mapping(Experiment, json.loads(task.read_text(encoding="utf-8")), task.name)
    reports: list[EpochReport] = []
    begun: list[float] = []

    def listening(done: int, total: int) -> None:
        if done == total:
            begun[:] = [time.monotonic(), time.process_time()]

    with joined("cpu") as ranks:
        place = RunPlace(torch.device("cpu"), None, "", reports.append, listening, ranks)
        train_network(Lesson(experiment, corpora.load_any("toy")), place)
        ended = time.monotonic(), time.process_time()
    spent = [after - before for before, after in zip(begun, ended, strict=True)]
    found = {"loss": [report.loss for report in reports], "spent": spent}
    write_text(task.with_name(f"rank-{ranks.rank}.json"), json.dumps(found))


def train(run: Run, name: str, n_epochs: int) -> dict[str, Any]:
    """Train, and return the loss of every epoch and what an epoch took."""
    with tempfile.TemporaryDirectory() as folder:
        task = Path(folder, "task.json")
        write_text(task, json.dumps(to_mapping(settings(run, name, n_epochs))))
        command = [sys.executable, str(Path(__file__).resolve()), "--as-rank", str(task)]
        ending = run_together(command, run.processes, run.threads)
        if ending.exit_code:
            raise SystemExit(ending.told or ending.exit_code)
        paths = [task.with_name(f"rank-{rank}.json") for rank in range(run.processes)]
        found = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    by_clock, by_processor = (
        round(max(each["spent"][place] for each in found) / n_epochs, 3) for place in (0, 1)
    )
    return {
        "processes": run.processes,
        "threads_of_each": run.threads,
        "loss": [round(loss, 7) for loss in found[0]["loss"]],
        "epoch_seconds": by_clock,
        "epoch_processor_seconds": by_processor,
    }


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
    by_clock = {way: found["epoch_seconds"] for way, found in runs.items()}
    by_processor = {way: found["epoch_processor_seconds"] for way, found in runs.items()}
    return {
        "experiment": name,
        "corpus": "toy",
        "batch_size": load_experiment(name).training.batch_size,
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
            "two_processes_by_processor": round(by_processor["one"] / by_processor["two"], 2),
            "two_processes_by_clock": round(by_clock["one"] / by_clock["two"], 2),
            "two_threads_by_clock": round(by_clock["one"] / by_clock["one_with_two_threads"], 2),
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
