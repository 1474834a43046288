"""Measure how fast sounds are told apart, on one thread of this machine: `python benchmarks/sound_speed.py`.

Processor time, the best of several turns, so that other work on the machine counts as little as it can.
"""

import json
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from prosodyn import __version__
from prosodyn.corpora import toy
from prosodyn.files import write_text
from prosodyn.inference.diagnose import diagnose
from prosodyn.sounds import BLOCK, SoundClassifier
from prosodyn.sounds.spectrogram import log_mel
from prosodyn.types import SAMPLE_RATE

OUT = Path(__file__).resolve().parent / "sounds" / "speed.json"
TURNS = 7


def times_real_time(action: Callable[[], object], seconds: float) -> float:
    best = float("inf")
    for _ in range(TURNS):
        started = time.process_time()
        action()
        best = min(best, time.process_time() - started)
    return round(seconds / best, 1)


def main() -> None:
    speech = np.concatenate([toy.recording("neutral", voice.name) for voice in toy.SPEAKERS])
    minute, short = np.resize(speech, 60 * SAMPLE_RATE), np.resize(speech, 3 * SAMPLE_RATE)
    result: dict[str, object] = {
        "command": "python benchmarks/sound_speed.py",
        "version": __version__,
        "machine": platform.machine(),
        "spectrogram, a minute": times_real_time(lambda: log_mel(minute), 60),
        "classifier, three seconds": times_real_time(lambda: SoundClassifier().classify(short), 3),
        "diagnosis, a minute": times_real_time(lambda: diagnose(minute), 60),
    }
    for block in (1, 4, BLOCK):
        classifier = SoundClassifier(block)
        result[f"classifier, a minute, blocks of {block}"] = times_real_time(
            lambda classifier=classifier: classifier.classify(minute), 60
        )
    text = json.dumps(result, indent=2) + "\n"
    write_text(OUT, text)
    print(text)


if __name__ == "__main__":
    main()
