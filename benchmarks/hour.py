"""Measure how fast an hour of speech is followed beside openSMILE's eGeMAPS, and in how much memory.

    python benchmarks/hour.py
    python benchmarks/hour.py --minutes 10 --rounds 3 --memory-hours 0

Read speech of many voices is joined to one waveform. It is followed in windows back to back without a
detector, and as `prosodyn predict --timeline` does it: with the default overlap, where the detector hears
speech. eGeMAPS are the 88 functionals of the same audio, a vector for each window back to back. All take
turns within one run. Times are those that the processor spent. The memory is the most that a process of its
own held while it followed a file as by default.
"""

import argparse
import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from prosodyn import __version__
from prosodyn.audio import utterance_waveform
from prosodyn.bundle import DEFAULT
from prosodyn.comparison.functionals import Functionals
from prosodyn.corpora.unlabelled import read_unlabelled
from prosodyn.files import write_text
from prosodyn.inference import Recogniser, TimelineSettings
from prosodyn.timeline import Timeline
from prosodyn.types import NO_SPEECH, SAMPLE_RATE, FloatArray

OUT = Path(__file__).resolve().parent / "speed" / "hour.json"
SPEECH = "free/speech/librispeech_resemblyzer"
PEER = "egemaps"
WARM_UP = 30 * SAMPLE_RATE


def join(minutes: float) -> FloatArray:
    """Return recordings one after the other, from the first again where they do not suffice."""
    recordings = [utterance_waveform(each) for each in read_unlabelled(SPEECH)]
    return np.resize(np.concatenate(recordings), round(60 * minutes * SAMPLE_RATE))


def back_to_back(recogniser: Recogniser, recording: FloatArray | Path) -> Timeline:
    return recogniser.timeline(recording, TimelineSettings(hop=TimelineSettings().window), any_sound=True)


def as_by_default(recogniser: Recogniser, recording: FloatArray | Path) -> Timeline:
    return recogniser.timeline(recording)


def functionals_of_windows(functionals: Functionals, waveform: FloatArray) -> None:
    size = round(TimelineSettings().window * SAMPLE_RATE)
    for start in range(0, len(waveform) - size + 1, size):
        functionals(waveform[start : start + size])


Action = Callable[[FloatArray], object]


def take_turns(actions: Mapping[str, Action], waveform: FloatArray, n_rounds: int) -> dict[str, float]:
    """Return how many seconds of sound each action hears in one of the processor's, the median of rounds."""
    for action in actions.values():
        action(waveform[:WARM_UP])
    spent: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(n_rounds):
        for name, action in actions.items():
            started = time.process_time()
            action(waveform)
            spent[name].append(time.process_time() - started)
    seconds = len(waveform) / SAMPLE_RATE
    return {name: round(seconds / statistics.median(each), 1) for name, each in spent.items()}


def megabytes_for(waveform: FloatArray, hours: float) -> float:
    """Let a process of its own follow a file of so many hours, and return the most memory that it held."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "long.wav")
        with soundfile.SoundFile(path, "w", SAMPLE_RATE, 1, "PCM_16") as file:
            for _ in range(round(hours * 3600)):  # a second at a time
                second = file.tell() % len(waveform)
                file.write(np.take(waveform, range(second, second + SAMPLE_RATE), mode="wrap"))
        command = [sys.executable, __file__, "--held-for", str(path)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(told)


def most_held() -> int:
    """Return the most memory that this process has held, in MB (Linux).

    getrusage would count what the process held that started this one, too.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return round(int(found[1]) / 1024)


def measure(minutes: float, n_rounds: int, memory_hours: float) -> dict[str, Any]:
    settings, recogniser = TimelineSettings(), Recogniser.load(DEFAULT, "onnx")
    waveform = join(minutes)
    functionals = Functionals(PEER)
    actions: dict[str, Callable[[FloatArray], object]] = {
        "back_to_back": lambda heard: back_to_back(recogniser, heard),
        "default_with_detector": lambda heard: as_by_default(recogniser, heard),
        PEER: lambda heard: functionals_of_windows(functionals, heard),
    }
    speed = take_turns(actions, waveform, n_rounds)
    segments = as_by_default(recogniser, waveform).segments
    silent = sum(each.duration for each in segments if each.emotion == NO_SPEECH)
    result: dict[str, Any] = {
        "bundle": DEFAULT,
        "audio": SPEECH,
        "minutes": minutes,
        "rounds": n_rounds,
        "window": settings.window,
        "hop_back_to_back": settings.window,
        "hop_default": settings.hop,
        "share_of_speech": round(1 - silent / (60 * minutes), 3),
        "version": __version__,
        "machine": platform.machine(),
        "times_real_time": speed,
        "times_as_fast_as_egemaps": {
            name: round(each / speed[PEER], 2) for name, each in speed.items() if name != PEER
        },
    }
    if memory_hours:
        hours = sorted({0.1, memory_hours})
        result["megabytes"] = {f"{each:g} h": megabytes_for(waveform, each) for each in hours}
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60, help="of speech (default: 60)")
    parser.add_argument("--rounds", type=int, default=1, help="turns that are timed (default: 1)")
    parser.add_argument("--memory-hours", type=float, default=10, help="of a file; 0 for none (default: 10)")
    parser.add_argument("--held-for", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=OUT, help="JSON file to write")
    arguments = parser.parse_args()
    if arguments.held_for is not None:  # the process of its own
        as_by_default(Recogniser.load(DEFAULT, "onnx"), arguments.held_for)
        print(most_held())
        return
    measured = measure(arguments.minutes, arguments.rounds, arguments.memory_hours)
    print(json.dumps(measured, indent=2))
    write_text(arguments.out, json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
