"""A benchmark whose networks are distilled first of all, and a distillation that is killed."""

import dataclasses
import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from prosodyn import corpora
from prosodyn.bundle import read_card, read_weights
from prosodyn.config import Experiment
from prosodyn.training.benchmark import Benchmark, run_benchmark
from prosodyn.training.running import FoldReport
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]


@pytest.fixture
def experiment(distilling: Experiment) -> Experiment:
    return distilling


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
    monkeypatch.setattr("prosodyn.training.distillation.Distillation.run", pytest.fail)

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
    monkeypatch.setattr("prosodyn.training.distillation.Distillation.run", pytest.fail)

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
