"""Two benchmarks of one fold at the same time."""

import dataclasses
from pathlib import Path

import pytest

from prosodyn.corpora import toy
from prosodyn.errors import TrainingError
from prosodyn.training.benchmark import Benchmark
from prosodyn.training.experiment import load_experiment
from prosodyn.training.side_by_side import run_side_by_side
from prosodyn.types import Utterance


@pytest.fixture
def benchmark(tmp_path: Path, tiny: Path) -> Benchmark:
    """Return a benchmark of one fold: two emotions of three speakers, once each."""
    utterances = tuple(
        Utterance(f"{speaker}-{emotion}", emotion, speaker, "toy", waveform=toy.recording(emotion, speaker))
        for speaker in ("f1", "f2", "m2")
        for emotion in ("anger", "sadness")
    )
    return Benchmark(
        experiment=load_experiment(str(tiny), "cnn_lstm"),
        corpus="toy",
        protocol="loso",
        utterances=utterances,
        directory=tmp_path / "cnn_lstm",
        command="",
        n_folds=1,
    )


def test_another_process_reports_its_epochs(benchmark: Benchmark) -> None:
    epochs = []
    (result,) = run_side_by_side([benchmark], lambda system, epoch: epochs.append((system, epoch.epoch)))
    assert result.run.system == "cnn_lstm"
    assert set(epochs) <= {("cnn_lstm", 1), ("cnn_lstm", 2)}
    assert epochs


def test_a_fault_in_another_process_is_raised(benchmark: Benchmark) -> None:
    outcome = benchmark.directory / "speaker-f1" / "outcome.json"
    outcome.parent.mkdir(parents=True)
    outcome.write_text("{}", encoding="utf-8")
    with pytest.raises(TrainingError, match="holds no finished fold"):
        run_side_by_side([benchmark])


def test_a_killed_process_is_an_error_that_says_what_to_do(benchmark: Benchmark, deadly: str) -> None:
    with pytest.raises(TrainingError, match=r"a process was killed.* run it again"):
        run_side_by_side([dataclasses.replace(benchmark, command=deadly)])
