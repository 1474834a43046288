"""The scripts behind the pages' figures still run; what they measure here means nothing."""

import runpy
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from prosodyn import corpora
from prosodyn.evaluation.cross_corpus import parts_of_pair
from prosodyn.inference import Recogniser
from prosodyn.training.experiment import load_experiment
from prosodyn.types import Utterance

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.fixture
def speed() -> dict[str, Any]:
    return runpy.run_path(str(BENCHMARKS / "speed.py"))


def test_speed_measures_everything(speed: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    n_threads = torch.get_num_threads()
    try:
        measured = speed["measure"](load_experiment("demo"), seconds=0.3, n_rounds=1)
    finally:
        torch.set_num_threads(n_threads)

    speed["show"](measured)
    assert measured["training_step"]["ratio"] > 0
    assert "one answer, from waveform to logits" in capsys.readouterr().out


def test_an_exported_network_answers_for_the_peers() -> None:
    hearing = runpy.run_path(str(BENCHMARKS / "peers.py"))["answering"]("demo")

    assert hearing(torch.zeros(4_000).numpy()).logits.shape == (1, 7)


PROCESSES = runpy.run_path(str(BENCHMARKS / "processes.py"))


@pytest.mark.parametrize("way", PROCESSES["RUNS"])
def test_processes_are_compared_in_what_they_differ_by(way: str) -> None:
    run = PROCESSES["RUNS"][way]
    experiment = PROCESSES["settings"](run, "recommended", 3)

    assert (experiment.training.seed, experiment.training.epochs, experiment.training.steps) == (
        run.seed,
        3,
        0,
    )
    assert (experiment.network.dropout > 0) is run.dropout
    assert (experiment.network.summary_dropout > 0) is run.dropout


def test_an_epoch_is_timed_from_one_to_the_next() -> None:
    assert PROCESSES["median_step"]([10.0, 11.0, 13.0, 14.0]) == 1.0


@pytest.mark.parametrize("name", ["multi", "open"])
def test_what_is_sent_out_is_described_whole(name: str) -> None:
    ship = runpy.run_path(str(BENCHMARKS / "ship.py"))
    shipment = ship["read_shipment"](name)

    assert shipment.naming.name == name
    assert load_experiment(shipment.recipe).name == name
    assert "casia" not in {*shipment.taught, *load_experiment(shipment.recipe).pretraining_corpora}


def test_the_figures_of_a_recipe_are_of_the_corpora_that_are_sent_out() -> None:
    shipment = runpy.run_path(str(BENCHMARKS / "ship.py"))["read_shipment"]("multi")
    heard, tested = parts_of_pair(shipment.tested)
    assert {*heard, tested} == set(shipment.taught)


def test_of_several_corpora_the_tested_one_is_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str, allow_partial: bool = False) -> tuple[Utterance, ...]:
        emotions = {"near": ("anger", "fear"), "nearer": ("fear",), "far": ("anger", "fear", "boredom")}[name]
        return tuple(Utterance(emotion, emotion, "s", name) for emotion in emotions)

    monkeypatch.setattr(corpora, "load", load)
    utterances_of = runpy.run_path(str(BENCHMARKS / "ship.py"))["utterances_of"]
    asked = utterances_of(Namespace(corpus="near+nearer-to-far", protocol="leave_one_corpus_out"))
    assert [each.id for each in asked] == ["far/anger", "far/fear"]
    assert len(utterances_of(Namespace(corpus="far", protocol="loso"))) == 3


NON_SPEECH = runpy.run_path(str(BENCHMARKS / "non_speech.py"))


@pytest.mark.parametrize("kind", NON_SPEECH["GENERATED"])
def test_what_is_no_speech_is_given_no_emotion(kind: str) -> None:
    draw, recogniser = NON_SPEECH["GENERATED"][kind], Recogniser.load()
    rng = np.random.default_rng(1)
    answers = [NON_SPEECH["answer"](recogniser, draw(rng)) for _ in range(5)]
    assert set(answers) <= {"no speech", "uncertain", "refused as silent"}


def test_the_load_of_a_service_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(BENCHMARKS)
    serve = runpy.run_path(str(BENCHMARKS / "serve.py"))
    small = Namespace(streams=2, stream_seconds=3.0, post_seconds=1.0, rounds=1, audio=None)
    measured = serve["measure"](small)
    assert measured["live"]["milliseconds"]["50"] > 0
    assert measured["at_80_percent"]["other_statuses"] == []
    assert measured["milliseconds_a_recording"]["loop_processor"] > 0
