"""A benchmark that is killed again and again ends with the figures of one that never was."""

import json
import runpy
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

SCRIPT = """
import dataclasses
import itertools
import json
import sys
from pathlib import Path

import torch

from prosodyn.config import Experiment, FrontEndConfig, NetworkConfig, TrainingConfig
from prosodyn.corpora.toy import recording
from prosodyn.training import loop
from prosodyn.training.benchmark import Benchmark, run_benchmark
from prosodyn.types import Utterance

torch.set_num_threads(1)
STRIDES = {"band_strides": (2, 2), "frame_strides": (2, 2)}


def utterance(speaker, emotion, take):
    sound = recording(emotion, speaker, "ba-ti", take)
    return Utterance(f"{speaker}-{emotion}-{take}", emotion, speaker, "toy", waveform=sound)


def run(directory, progress=None):
    experiment = Experiment(
        name="tiny",
        front_end=FrontEndConfig(n_mels=12, narrow_band=True),
        network=NetworkConfig(channels=(3, 4), hidden_size=4, summary_size=3, **STRIDES),
        training=TrainingConfig(epochs=3, batch_size=4, weight_average=0.5),
    )
    spoken = itertools.product(("f1", "m1"), ("sadness", "anger"), (0, 1))
    utterances = tuple(utterance(*each) for each in spoken)
    benchmark = Benchmark(experiment, "toy", "loso", utterances, directory, "by hand", n_processes=1)
    return dataclasses.asdict(run_benchmark(benchmark, progress).scores)


def tell(report):
    print("at work", flush=True)


if __name__ == "__main__":
    loop.SECONDS_BETWEEN_CHECKPOINTS = -1.0
    print(json.dumps(run(Path(sys.argv[1]), tell), default=str), flush=True)
"""

N_KILLS = 4


def run_until(script: Path, directory: Path, n_reports: int) -> str:
    """Run a benchmark, kill it where it has told of its work so often, and return what it told last."""
    told = ""
    with subprocess.Popen([sys.executable, script, directory], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told, n_reports = line, n_reports - 1
            if n_reports == 0:
                process.send_signal(signal.SIGKILL)
    return told


def answers_in(directory: Path) -> dict[str, Any]:
    """Return what the folds left, but for the time that they took."""
    outcomes = {path.parent.name: json.loads(path.read_text()) for path in directory.glob("*/outcome.json")}
    return {fold: {**outcome, "seconds_training": 0} for fold, outcome in outcomes.items()}


def test_a_benchmark_killed_again_and_again_ends_with_the_same_figures(tmp_path: Path) -> None:
    script = tmp_path / "benchmark.py"
    script.write_text(SCRIPT, encoding="utf-8")
    for _ in range(N_KILLS):  # in both folds, between epochs and between folds
        assert run_until(script, tmp_path / "killed", n_reports=2) == "at work\n"

    scores = run_until(script, tmp_path / "killed", n_reports=sys.maxsize)

    unbroken = runpy.run_path(str(script))["run"](tmp_path / "unbroken")
    assert json.loads(scores) == json.loads(json.dumps(unbroken, default=str))
    assert answers_in(tmp_path / "killed") == answers_in(tmp_path / "unbroken") != {}
