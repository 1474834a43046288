"""Nothing of what was sent outlasts its request: not on the disk, not in the log."""

import contextlib
import logging
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from prosodyn.serve import place
from serve.conftest import Start
from serve.running import Running, aside, until

AUDIO = {"Content-Type": "audio/wav"}
SECRET = "sesame-5309"


def test_recordings_lie_on_the_disk_while_they_are_answered_and_no_longer(start: Start, wav: bytes) -> None:
    running = start()
    with running.engine.held():
        asking = aside(lambda: running.post(content=wav, headers=AUDIO))
        until(lambda: running.service.n_requests == 1)
        (path,) = running.left_behind()
        assert path.parent.stat().st_mode & 0o077 == 0  # others may not even look for it
    asking.result()
    assert running.left_behind() == []


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("/v1/predict", b"no sound"),
        ("/v1/predict?timeline=true", b"no sound"),
        ("/v1/predict?format=doc", b""),
        ("/v1/jobs", b"no sound"),
    ],
)
def test_whatever_goes_wrong_nothing_is_left(service: Running, path: str, content: bytes) -> None:
    service.post(path, content=content, headers=AUDIO)
    until(lambda: service.left_behind() == [])


def connection_to(running: Running) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", running.port), timeout=10)
    # closing it breaks it off
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return opened


def head(path: str, n_bytes: int) -> bytes:
    told = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/wav\r\n"
    return f"{told}Content-Length: {n_bytes}\r\n\r\n".encode()


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/jobs"])
def test_whoever_leaves_while_sending_leaves_nothing(start: Start, wav: bytes, path: str) -> None:
    running = start()
    with connection_to(running) as sending:
        sending.sendall(head(path, len(wav)) + wav[:10_000])
        until(running.left_behind)
    until(lambda: running.left_behind() == [] and running.service.n_uploads == 0)


@pytest.mark.parametrize("query", ["", "?timeline=true&any_sound=true"])
def test_whoever_leaves_while_waiting_is_not_answered(start: Start, wav: bytes, query: str) -> None:
    running = start()
    with running.engine.held(), connection_to(running) as waiting:
        waiting.sendall(head(f"/v1/predict{query}", len(wav)) + wav)
        until(lambda: running.service.n_requests == 1)
        waiting.close()
        until(lambda: running.service.n_requests == 0)
        assert running.left_behind() == []
    assert running.post(content=wav, headers=AUDIO).status_code == 200


@pytest.mark.parametrize("count", ["5\r\nRIFFx\r\nzz\r\n", "fffffffff\r\n", "-1\r\n", "5;x=y\r\nRIFFx\r\n"])
def test_a_broken_chunk_leaves_nothing(start: Start, count: str) -> None:
    running = start()
    with connection_to(running) as sending:
        told = "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/wav\r\n"
        sending.sendall(f"{told}Transfer-Encoding: chunked\r\n\r\n{count}".encode())
        with contextlib.suppress(ConnectionError):
            assert b" 500 " not in sending.recv(4_096) if count.startswith(("5\r", "-")) else True
    until(lambda: running.left_behind() == [] and running.service.n_uploads == 0)


def test_the_log_tells_routes_and_nothing_that_was_sent(
    start: Start, wav: bytes, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = start(token=SECRET)
    bearing = {"Authorization": f"Bearer {SECRET}"}
    with caplog.at_level(logging.DEBUG):
        for content in (wav, b"no sound", b""):
            sent = {"file": (f"{SECRET}.wav", content)}
            running.post("/v1/predict", files=sent, headers=bearing)
            running.post(f"/v1/predict?name={SECRET}&{SECRET}=1", files=sent, headers=bearing)
            running.post("/v1/jobs", files=sent, headers=bearing)
        running.get(f"/v1/jobs/{SECRET}", headers=bearing)
        running.get(f"/{SECRET}?{SECRET}", headers=bearing)
        httpx.request(SECRET, running.url, headers=bearing)
        with connect(f"{running.address}/v1/live?token={SECRET}") as stream:
            stream.send(SECRET)

        def fail(*_: object) -> None:
            raise RuntimeError(SECRET)

        monkeypatch.setattr(running.engine, "run", fail)
        failed = {"file": (f"{SECRET}.wav", wav)}
        assert running.post(files=failed, headers=bearing).status_code == 500
        assert running.post("/v1/predict?timeline=true", files=failed, headers=bearing).status_code == 500
        running.stop()
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("prosodyn")]
    clients = ("httpx", "httpcore", "websockets.client")
    ours = [record for record in caplog.records if not record.name.startswith(clients)]
    assert any(line.startswith("POST /v1/predict 200 ") for line in lines)
    assert "GET /v1/jobs/{identifier} 404" in "\n".join(lines)
    assert "a request failed: RuntimeError at test_privacy.py:" in "\n".join(lines)
    formatter = logging.Formatter()
    for record in ours:
        assert SECRET not in formatter.format(record)
        assert str(running.folder) not in formatter.format(record)


def test_the_metrics_tell_nothing_that_was_sent(start: Start) -> None:
    running = start()
    running.get(f"/v1/jobs/{SECRET}")
    running.get(f"/{SECRET}")
    httpx.request(SECRET, running.url)
    text = running.get("/metrics").text
    assert SECRET not in text
    assert 'method="OTHER"' in text


def test_what_a_killed_service_left_is_removed_by_the_next(tmp_path: Path) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", LEAVES], stdout=subprocess.PIPE, env={**os.environ, "TMPDIR": str(tmp_path)}
    )
    assert killed.stdout is not None
    left = Path(killed.stdout.readline().decode().strip())
    place.sweep(tmp_path)
    assert left.exists()  # as long as it lives
    killed.kill()
    killed.wait()
    killed.stdout.close()
    foreign = tmp_path / "prosodyn-serve-link"
    foreign.symlink_to(tmp_path)
    (tmp_path / "other").touch()
    place.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other", "prosodyn-serve-link"]


LEAVES = """
import time
from prosodyn.serve.place import Place

place = Place()
place.open()
path = place.new()
path.touch()
print(path, flush=True)
time.sleep(60)
"""


def test_where_there_is_no_room_it_is_said(start: Start, wav: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    running = start()

    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no disk that is always full")
    monkeypatch.setattr(running.service.place, "new", lambda: full)
    monkeypatch.setattr(Path, "unlink", lambda _path, **_: None)
    for path in ("/v1/predict", "/v1/jobs"):
        refused = running.post(path, content=wav, headers=AUDIO)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")


def slowly(content: bytes) -> Iterator[bytes]:
    for start in range(0, len(content), 10_000):
        yield content[start : start + 10_000]
        time.sleep(0.01)


def test_a_recording_of_many_pieces_is_whole(start: Start, wav: bytes) -> None:
    running = start()
    whole = running.post(content=wav, headers=AUDIO).json()
    assert running.post(content=slowly(wav), headers=AUDIO).json() == whole
