"""A service that is told to stop finishes what is under way, takes nothing new, and leaves nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from websockets.sync.client import connect

from serve.conftest import Start, wav_of
from serve.running import PATIENCE, Running, aside, events_of, until

AUDIO = {"Content-Type": "audio/wav"}


def stopping(running: Running) -> threading.Thread:
    """Tell a service to stop, and return the thread that waits until it has."""
    waiting = threading.Thread(target=running.stop)
    waiting.start()
    until(lambda: running.service.is_stopping)
    return waiting


def test_a_request_under_way_is_answered(start: Start, wav: bytes) -> None:
    running = start()
    with running.engine.held():
        asking = aside(lambda: running.post(content=wav, headers=AUDIO))
        until(lambda: running.service.n_requests == 1)
        waiting = stopping(running)
    assert asking.result().status_code == 200
    waiting.join(PATIENCE)


def test_nothing_new_is_taken(start: Start, wav: bytes) -> None:
    running = start()
    with connect(f"{running.address}/v1/live?any_sound=true") as stream, httpx.Client() as client:
        stream.recv(PATIENCE)
        assert client.get(f"{running.url}/healthz").status_code == 200
        with running.engine.held():
            stream.send(wav[44:] * 4)  # what holds the service back from stopping
            until(lambda: running.engine.batches)
            waiting = stopping(running)
            for path in ("/v1/predict", "/v1/jobs"):
                refused = client.post(running.url + path, content=wav, headers=AUDIO)
                assert (refused.status_code, refused.headers["retry-after"]) == (503, "10")
            assert client.get(f"{running.url}/healthz").status_code == 503
    waiting.join(PATIENCE)


def test_whoever_asks_meanwhile_is_told(start: Start, wav: bytes) -> None:
    running = start()
    with running.engine.held():
        asking = aside(lambda: running.post(content=wav, headers=AUDIO))
        until(lambda: running.service.n_requests == 1)
        waiting = stopping(running)
        time.sleep(0.3)  # until it would have stopped listening
        assert httpx.get(f"{running.url}/healthz").status_code == 503
    assert asking.result().status_code == 200
    waiting.join(PATIENCE)


def test_a_live_stream_comes_to_its_end(start: Start, wav: bytes) -> None:
    running = start()
    with connect(f"{running.address}/v1/live?any_sound=true") as stream:
        stream.recv(PATIENCE)
        stream.send(wav[44:])
        until(lambda: "prosodyn_sound_seconds_total" in running.get("/metrics").text)
        waiting = stopping(running)
        events = events_of(stream)
        assert events[-1] == {"type": "end", "heard": (len(wav) - 44) / 32_000}
        assert events[-2]["settled"]
        assert stream.close_code == 1012
    waiting.join(PATIENCE)


def test_a_job_is_broken_off_and_whoever_watches_is_told(start: Start, wav: bytes) -> None:
    running = start()
    with running.engine.held():
        long = wav_of(0.1 * np.random.default_rng(1).standard_normal(60 * 16_000))
        place = running.post("/v1/jobs?any_sound=true", content=long, headers=AUDIO).headers["location"]
        until(lambda: running.engine.batches)
        with httpx.stream("GET", f"{running.url}{place}/events", timeout=PATIENCE) as watching:
            lines = watching.iter_lines()
            assert next(lines) == "event: progress"
            waiting = stopping(running)
            running.engine.let_go()
            told = "\n".join(lines)
    assert '"status": 409' in told[told.index("event: end") :]
    waiting.join(PATIENCE)
    assert running.left_behind() == []


def test_it_does_not_wait_for_ever(start: Start, wav: bytes) -> None:
    running = start(drain=1)
    with running.engine.held():
        asking = aside(lambda: running.post(content=wav, headers=AUDIO))
        until(lambda: running.service.n_requests == 1)
        started = time.monotonic()
        waiting = stopping(running)
        assert asking.result().status_code == 503
        assert time.monotonic() - started < 15
    waiting.join(PATIENCE)


@pytest.fixture
def program(small_bundle: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Return the service as people start it, and its address."""
    words = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "prosodyn",
        "serve",
        "--port",
        "0",
        "--model",
        str(small_bundle),
    ]
    surroundings = {**os.environ, "TMPDIR": str(tmp_path)}
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, env=surroundings) as started:
        assert started.stdout is not None
        try:
            yield started, started.stdout.readline().split()[3].rstrip("/")
        finally:
            started.kill()


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_the_program_ends_well_after_what_is_under_way(
    program: tuple[subprocess.Popen[str], str], told: signal.Signals, tmp_path: Path
) -> None:
    started, url = program
    minutes = wav_of(0.1 * np.random.default_rng(1).standard_normal(120 * 16_000))
    with httpx.Client(timeout=PATIENCE) as client:
        asking = aside(lambda: client.post(f"{url}/v1/predict?timeline=true", content=minutes, headers=AUDIO))
        until(lambda: list(tmp_path.glob("prosodyn-serve-*/0")))
        time.sleep(0.5)  # until all of it is there
        started.send_signal(told)
        assert asking.result().status_code == 200
    assert started.wait(PATIENCE) == 0
    assert started.stderr is not None
    assert started.stderr.read() == ""
    assert list(tmp_path.glob("prosodyn-*")) == []
