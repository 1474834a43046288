"""Measure how fast exported networks answer beside openSMILE's eGeMAPS, on one thread of this machine.

    python benchmarks/peers.py
    python benchmarks/peers.py --experiments recommended --rounds 20

Every network is exported with fresh weights, which take as long as trained ones, and answers
recordings of EmoDB one by one, from waveform to logits; eGeMAPS are the 88 functionals of the same
recordings. All take turns within one run. Times are those that the processor spent, so that whatever
else the machine does counts little.
"""

import argparse
import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from prosodyn import __version__, corpora
from prosodyn.audio import utterance_waveform
from prosodyn.comparison.functionals import Functionals
from prosodyn.export import export_onnx
from prosodyn.files import write_text
from prosodyn.inference.engines.onnx import OnnxEngine
from prosodyn.model import WaveformNetwork
from prosodyn.training.experiment import load_experiment, settle
from prosodyn.training.workers import limit_threads
from prosodyn.types import SAMPLE_RATE, FloatArray

OUT = Path(__file__).resolve().parent / "speed" / "peers.json"
PEER = "egemaps"
N_RECORDINGS = 12
LABELS = ("anger", "boredom", "disgust", "fear", "happiness", "neutral", "sadness")

Hearing = Callable[[FloatArray], object]


def read_recordings() -> list[FloatArray]:
    """Return recordings that lie evenly over the corpus, as `(time,)` at `SAMPLE_RATE`."""
    utterances = corpora.load("emodb")
    return [
        utterance_waveform(each) for each in utterances[:: len(utterances) // N_RECORDINGS][:N_RECORDINGS]
    ]


def answering(experiment: str) -> Hearing:
    """Export a network of an experiment, and return what answers by its graph."""
    settings = settle(load_experiment(experiment), "new")
    torch.manual_seed(0)
    network = WaveformNetwork(settings.front_end, settings.network, len(LABELS)).eval()
    engine = OnnxEngine(export_onnx(network, LABELS), len(LABELS))
    return lambda waveform: engine.run(waveform[None], np.array([len(waveform)]))


def hear_all(hearing: Hearing, recordings: list[FloatArray]) -> None:
    for waveform in recordings:
        hearing(waveform)


def take_turns(actions: Mapping[str, Callable[[], None]], n_rounds: int) -> dict[str, float]:
    """Time several actions, one after the other in every round; return the median of each, in seconds."""
    spent: dict[str, list[float]] = {name: [] for name in actions}
    for action in actions.values():  # the first time is not like the others
        action()
    for _ in range(n_rounds):
        for name, action in actions.items():
            started = time.process_time()
            action()
            spent[name].append(time.process_time() - started)
    return {name: statistics.median(times) for name, times in spent.items()}


def measure(experiments: list[str], n_rounds: int) -> dict[str, Any]:
    limit_threads(1)
    recordings = read_recordings()
    hearings = {PEER: Functionals(PEER), **{name: answering(name) for name in experiments}}
    spent = take_turns(
        {name: partial(hear_all, hearing, recordings) for name, hearing in hearings.items()}, n_rounds
    )
    seconds = sum(map(len, recordings)) / SAMPLE_RATE
    return {
        "recordings": len(recordings),
        "seconds": round(seconds, 1),
        "rounds": n_rounds,
        "version": __version__,
        "machine": platform.machine(),
        "times_real_time": {name: round(seconds / each) for name, each in spent.items()},
        "times_as_fast_as_egemaps": {name: round(spent[PEER] / spent[name], 2) for name in experiments},
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--experiments", default="recommended,pretrained,pretrained_kernels")
    parser.add_argument("--rounds", type=int, default=20, help="turns that are timed (default: 20)")
    parser.add_argument("--out", type=Path, default=OUT, help="JSON file to write")
    arguments = parser.parse_args()
    measured = measure(arguments.experiments.split(","), arguments.rounds)
    print(json.dumps(measured, indent=2))
    write_text(arguments.out, json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
