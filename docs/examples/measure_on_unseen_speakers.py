"""Measure how a recipe does on speakers that it has never heard; each speaker is left out once."""

from pathlib import Path

import prosodyn
from prosodyn.evaluation.report import write_report
from prosodyn.training.benchmark import Benchmark, run_benchmark
from prosodyn.training.experiment import load_experiment

if __name__ == "__main__":  # folds run in processes, which import this file again
    benchmark = Benchmark(
        experiment=load_experiment("small.toml"),
        corpus="calls",
        protocol="loso",
        utterances=prosodyn.corpora.load_any("calls"),
        directory=Path("runs/calls"),
        command="python measure_on_unseen_speakers.py",
        n_processes=1,
    )
    result = run_benchmark(benchmark)
    low, high = result.scores.ua_interval
    print(f"UA {result.scores.ua:.1f} %, 95 % interval {low:.1f} to {high:.1f}")
    print(write_report([result], Path("report")))
