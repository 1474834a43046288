"""Measure what the service bears, and what it costs on top of a plain loop.

    python benchmarks/serve.py
    python benchmarks/serve.py --streams 8 --stream-seconds 20 --post-seconds 10 --audio recordings/

The service is a process of its own, started as people start it; this one asks. Both share the machine, and
what this one takes of it is told. In turn:

1. start-up: from nothing to the first answer of /healthz
2. a plain loop over `Recogniser.from_files`, beside the same recordings of 3 s by POST, one after the other
3. saturation: eight clients, each of which asks again as soon as it is answered
4. arrivals at random, at 80 % of that and at twice that: latency from when a request was due, and refusals
5. live streams in real time: the delay of an event is counted from the sending of the first piece that could
   have brought it, half a second of sound after the event before; memory at the beginning and at the end
"""

import argparse
import asyncio
import itertools
import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import soundfile
from serve_load import Watched, arrive, follow, one_by_one, saturate

from prosodyn import __version__
from prosodyn.audio import SUFFIXES, load
from prosodyn.corpora import toy
from prosodyn.files import write_text
from prosodyn.inference import Recogniser
from prosodyn.types import SAMPLE_RATE, FloatArray

OUT = Path(__file__).resolve().parent / "speed" / "serve.json"
CLIP = 3.0  # seconds
N_CLIPS = 40


def sound(folder: Path | None) -> FloatArray:
    """Return some minutes of voices, `(time,)`: of a folder, or of the toy corpus, with short pauses."""
    if folder is None:
        voices = [
            toy.recording(emotion, speaker.name, seed=seed).astype(np.float32)
            for seed in range(4)
            for emotion in ("anger", "sadness", "neutral")
            for speaker in toy.SPEAKERS
        ]
    else:
        paths = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES)
        voices = [load(path).waveform for path in itertools.islice(paths, 200)]
    pause = np.zeros(SAMPLE_RATE // 4, np.float32)
    return np.concatenate([part for voice in voices for part in (voice, pause)])


def write_clips(waveform: FloatArray, folder: Path, n: int) -> list[Path]:
    """Write recordings of 3 s."""
    size, paths = round(CLIP * SAMPLE_RATE), []
    for number in range(n):
        paths.append(folder / f"{number}.wav")
        start = number * size % (len(waveform) - size)
        soundfile.write(paths[-1], waveform[start : start + size], SAMPLE_RATE)
    return paths


class Service:
    """A service in a process of its own.

    Attributes:
        port: where it listens
        start_up: seconds until it answered
        watched: what it takes of the machine
    """

    def __init__(self, *words: str) -> None:
        started = time.monotonic()
        command = [sys.executable, "-m", "prosodyn", "serve", "--port", "0", *words]
        self._running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._running.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self._running.stdout.readline())
        assert found is not None
        self.port, self.watched = int(found[1]), Watched(self._running.pid)
        with urlopen(f"http://127.0.0.1:{self.port}/healthz") as answer:
            assert answer.read() == b"ok\n"
        self.start_up = time.monotonic() - started

    def stop(self) -> None:
        """Tell it to stop, and wait until it has."""
        self._running.terminate()
        self._running.communicate(timeout=60)


@contextmanager
def running(*words: str) -> Iterator[Service]:
    service = Service(*words)
    try:
        yield service
    finally:
        service.stop()


def timed(action: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds that an action lasts, and that the processor spends on it for this process."""
    started, spent = time.monotonic(), time.process_time()
    action()
    return time.monotonic() - started, time.process_time() - spent


def on_top(service: Service, paths: list[Path], contents: list[bytes], n_rounds: int) -> dict[str, Any]:
    """Take turns with a plain loop, and return milliseconds of each a recording, medians of rounds."""
    recogniser = Recogniser.load()
    list(recogniser.from_files(paths[:4]))
    asyncio.run(one_by_one(service.port, contents[:4]))
    rows = []
    for _ in range(n_rounds):
        loop = timed(lambda: list(recogniser.from_files(paths)))
        before = service.watched.seconds()
        wall, _ = timed(lambda: asyncio.run(one_by_one(service.port, contents)))
        rows.append((*loop, wall, service.watched.seconds() - before))
    names = ("loop", "loop_processor", "service", "service_processor")
    found = {name: statistics.median(each) for name, each in zip(names, zip(*rows, strict=True), strict=True)}
    return {
        **{name: round(1000 * each / len(paths), 2) for name, each in found.items()},
        "on_top": round(found["service"] / found["loop"] - 1, 3),
        "on_top_processor": round(found["service_processor"] / found["loop_processor"] - 1, 3),
    }


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    waveform = sound(arguments.audio)
    starts = []
    for _ in range(arguments.rounds):
        with running() as service:
            starts.append(service.start_up)
    result: dict[str, Any] = {
        "command": " ".join(["python benchmarks/serve.py", *sys.argv[1:]]),
        "version": __version__,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "audio": "toy" if arguments.audio is None else arguments.audio.name,
        "start_up_seconds": round(statistics.median(starts), 2),
    }
    with running() as service, tempfile.TemporaryDirectory() as folder:
        paths = write_clips(waveform, Path(folder), N_CLIPS)
        contents = [path.read_bytes() for path in paths]
        result["milliseconds_a_recording"] = on_top(service, paths, contents, arguments.rounds)
        most = asyncio.run(saturate(service.port, contents, arguments.post_seconds))
        result["saturation_a_second"] = round(most, 1)
        for name, share in (("at_80_percent", 0.8), ("at_200_percent", 2.0)):
            load = arrive(service.port, contents, share * most, arguments.post_seconds)
            result[name] = asyncio.run(load)
    n_streams, seconds = arguments.streams, arguments.stream_seconds
    with running("--limit", f"max_streams={n_streams}") as service:
        live = follow(service.port, service.watched, waveform, n_streams, seconds)
        result["live"] = asyncio.run(live)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--streams", type=int, default=64, help="live ones (default: 64)")
    parser.add_argument("--stream-seconds", type=float, default=180, help="that each lasts (default: 180)")
    parser.add_argument("--post-seconds", type=float, default=30, help="of each load by POST (default: 30)")
    parser.add_argument("--rounds", type=int, default=3, help="of what is timed in turns (default: 3)")
    parser.add_argument("--audio", type=Path, help="folder of recordings (default: toy voices)")
    parser.add_argument("--out", type=Path, default=OUT, help="JSON file to write")
    arguments = parser.parse_args()
    measured = measure(arguments)
    print(json.dumps(measured, indent=2))
    write_text(arguments.out, json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
