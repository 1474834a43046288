"""Long recordings, while somebody waits: moment by moment, in bounded memory, and never before short ones."""

import socket
import struct
import time

import numpy as np
import pytest

from prosodyn.formats import entry
from prosodyn.inference import Recogniser
from serve.conftest import Start, wav_of
from serve.raw import head
from serve.running import Running, aside, until

AUDIO = {"Content-Type": "audio/wav"}
TIMELINE = "/v1/predict?timeline=true&any_sound=true"


def minutes(n: float) -> bytes:
    """Return some minutes of noise as a file's content."""
    return wav_of((0.1 * np.random.default_rng(1).standard_normal(round(n * 60 * 16_000))).astype(np.float32))


@pytest.fixture(scope="module")
def long() -> bytes:
    return minutes(1.2)


def longest_run(running: Running) -> float:
    """Return the seconds of sound of the longest batch that the engine was given."""
    return max(running.engine.seconds, default=0.0)


def test_what_is_longer_than_a_minute_is_answered_moment_by_moment(
    start: Start, recogniser: Recogniser, long: bytes, wav: bytes
) -> None:
    running = start()
    sent = [("file", ("long.wav", long)), ("file", ("short.wav", wav))]
    first, second = running.post(files=sent).json()
    samples = np.frombuffer(long[44:], "<i2")
    assert first == {**entry(recogniser.timeline(samples)), "file": "long.wav"}
    assert second["best_guess"]
    assert longest_run(running) < 60  # whatever it lasts, no more is held at a time


def test_a_format_without_timelines_refuses_what_is_long(service: Running, long: bytes) -> None:
    refused = service.post("/v1/predict?format=csv", content=long, headers=AUDIO)
    assert refused.status_code == 413
    assert "add timeline=true" in refused.json()["detail"]


def test_a_short_timeline_does_not_wait_for_long_ones(start: Start, long: bytes, wav: bytes) -> None:
    running = start(workers=1)
    with running.engine.held():
        waiting = [aside(lambda: running.post(TIMELINE, content=long, headers=AUDIO)) for _ in range(2)]
        until(lambda: running.service.long_seconds > 140 and running.engine.batches)
        n_batches = len(running.engine.batches)
        short = aside(lambda: running.post(TIMELINE, content=wav, headers=AUDIO))
        until(lambda: len(running.engine.batches) > n_batches)  # it is at work beside them
    assert short.result().status_code == 200
    assert [each.result().status_code for each in waiting] == [200, 200]


@pytest.mark.parametrize("path", ["/v1/predict", TIMELINE])
def test_more_sound_than_may_wait_is_429(start: Start, long: bytes, path: str) -> None:
    running = start(max_long_seconds=100)
    with running.engine.held():
        waiting = aside(lambda: running.post(TIMELINE, content=long, headers=AUDIO))
        until(lambda: running.service.long_seconds)
        refused = running.post(path, content=long, headers=AUDIO)
        several = running.post(path, files=[("file", ("1.wav", long)), ("file", ("2.wav", long))])
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "10")
    assert "72 s of sound in long recordings are being answered" in refused.json()["detail"]
    assert several.status_code == 429
    assert waiting.result().status_code == 200
    assert running.service.long_seconds == pytest.approx(0)


def test_one_recording_alone_is_answered_whatever_may_wait(start: Start, long: bytes) -> None:
    running = start(max_long_seconds=10)
    for _ in range(2):
        assert running.post(TIMELINE, content=long, headers=AUDIO).status_code == 200


@pytest.mark.parametrize("path", ["/v1/predict", TIMELINE])
def test_what_nobody_waits_for_any_more_ends(start: Start, path: str) -> None:
    running = start(workers=1)
    five = minutes(5)
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as leaving:
        leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        asked = head(path, "Content-Type: audio/wav", f"Content-Length: {len(five)}")
        leaving.sendall(asked + five)
        until(lambda: running.service.long_seconds)
    until(lambda: running.service.n_requests == 0)
    time.sleep(1)
    n_batches = len(running.engine.batches)
    time.sleep(0.5)
    assert len(running.engine.batches) == n_batches < 40
    assert running.service.long_seconds == pytest.approx(0)
