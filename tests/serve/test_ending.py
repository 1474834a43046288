"""The program ends when it is told to, whatever its threads do, and libraries say nothing meanwhile."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from serve.conftest import Start
from serve.running import PATIENCE, aside, until

AUDIO = {"Content-Type": "audio/wav"}
SLOW = """
import os, sys, time
from prosodyn.inference.engines.onnx import OnnxEngine

answer, seconds = OnnxEngine.run, float(sys.argv[1])

def run(*arguments):
    os.write(2, b"a library complains")
    time.sleep(seconds)
    return answer(*arguments)

OnnxEngine.run = run
sys.argv[1:] = sys.argv[2:]
from prosodyn.cli.main import run as begin

begin()
"""

Program = tuple[subprocess.Popen[str], str]


@pytest.fixture
def begin(small_bundle: Path, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Return what starts the service as people do, with an engine that takes some seconds."""
    started: list[subprocess.Popen[str]] = []

    def program(seconds: float, *words: str) -> Program:
        command = [sys.executable, "-c", SLOW, str(seconds), "serve", "--port", "0"]
        running = subprocess.Popen(
            [*command, "--model", str(small_bundle), *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(tmp_path)},
        )
        started.append(running)
        assert running.stdout is not None
        return running, running.stdout.readline().split()[3].rstrip("/")

    yield program
    for each in started:
        each.kill()
        each.communicate()


def post(url: str, content: bytes) -> int:
    with httpx.Client(timeout=PATIENCE) as client:
        return client.post(f"{url}/v1/predict", content=content, headers=AUDIO).status_code


def test_it_ends_in_its_time_though_threads_are_at_work(
    begin: Callable[..., Program], wav: bytes, tmp_path: Path
) -> None:
    running, url = begin(60, "--limit", "drain=1")
    asking = [aside(lambda: post(url, wav)) for _ in range(2)]
    until(lambda: len(list(tmp_path.glob("prosodyn-serve-*/*"))) == 2)
    time.sleep(1)
    running.send_signal(signal.SIGTERM)
    assert running.wait(15) == 0
    assert [each.result() for each in asking] == [503, 503]
    assert list(tmp_path.glob("prosodyn-*")) == []


def test_a_second_interrupt_ends_it_at_once(
    begin: Callable[..., Program], wav: bytes, tmp_path: Path
) -> None:
    running, url = begin(60, "--limit", "drain=60")
    asking = aside(lambda: post(url, wav))
    until(lambda: list(tmp_path.glob("prosodyn-serve-*/*")))
    time.sleep(1)
    running.send_signal(signal.SIGINT)
    time.sleep(1)
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    assert running.wait(10) == 0
    with suppress(httpx.TransportError):  # it may have been told
        assert asking.result() == 503
    assert list(tmp_path.glob("prosodyn-*")) == []


def test_what_libraries_say_is_not_told_and_what_we_say_is(begin: Callable[..., Program], wav: bytes) -> None:
    running, url = begin(0, "--log")
    assert post(url, wav) == 200
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=PATIENCE)
    assert "a library complains" not in said
    assert "POST /v1/predict 200 " in said


def test_a_service_says_whether_its_threads_have_ended(start: Start, wav: bytes) -> None:
    running = start(drain=1)
    with running.engine.held():
        asking = aside(lambda: running.post(content=wav, headers=AUDIO))
        until(lambda: running.engine.batches)
        running.stop()
        assert asking.result().status_code == 503
        assert not running.server.close()
    until(running.server.close)
