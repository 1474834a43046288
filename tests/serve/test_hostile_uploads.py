"""Uploads that are meant to do harm, one by one."""

import io
import json
import struct
import time
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
import soundfile

from serve.conftest import Start, wav_of
from serve.raw import answer_to, connected, head
from serve.running import Running, until

AUDIO = {"Content-Type": "audio/wav"}


@pytest.fixture(scope="module")
def bomb() -> bytes:
    """Return three hours of hardly anything in few bytes."""
    stream = io.BytesIO()
    quarter = np.full(900 * 8_000, 1_000, np.int16)
    with soundfile.SoundFile(stream, "w", 8_000, 1, "PCM_16", format="FLAC") as file:
        for _ in range(12):
            file.write(quarter)
    content = stream.getvalue()
    assert len(content) < 1_000_000
    return content


@pytest.mark.parametrize("query", ["", "?timeline=true"])
def test_hours_in_few_bytes_are_refused_soon(service: Running, bomb: bytes, query: str) -> None:
    started = time.monotonic()
    refused = service.post(f"/v1/predict{query}", content=bomb, headers=AUDIO)
    assert refused.status_code == 413
    assert time.monotonic() - started < 25


def test_a_job_of_hours_in_few_bytes_fails_when_it_has_had_enough(start: Start, bomb: bytes) -> None:
    running = start(max_job_seconds=60)
    place = running.post("/v1/jobs", content=bomb, headers=AUDIO).headers["location"]
    until(lambda: running.get(place).json()["state"] == "failed")
    assert running.get(place).json()["problem"]["status"] == 413
    assert running.left_behind() == []


def with_rate(rate: int) -> bytes:
    content = bytearray(wav_of(0.1 * np.random.default_rng(1).standard_normal(8_000)))
    content[24:28] = struct.pack("<I", rate)
    return bytes(content)


@pytest.mark.parametrize("rate", [0, 1, 999, 2**31, 2**32 - 1])
def test_a_rate_that_no_recorder_has_is_415(service: Running, rate: int) -> None:
    refused = service.post(content=with_rate(rate), headers=AUDIO)
    assert refused.status_code == 415
    assert "Hz" in refused.json()["detail"] or "header" in refused.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/predict", "/v1/predict?timeline=true", "/v1/jobs"])
def test_a_declared_gigabyte_is_refused_at_once(service: Running, path: str) -> None:
    started = time.monotonic()
    came = answer_to(service, head(path, "Content-Type: audio/wav", "Content-Length: 1000000000"))
    assert came.startswith(b"HTTP/1.1 413 ")
    assert b"more than 200 MB" in came
    assert time.monotonic() - started < 12


@pytest.mark.parametrize("length", ["99999999999999999999", "1e9", "0x10", "+1", "1, 2", "-1", ""])
def test_a_length_that_is_none_is_refused(service: Running, length: str) -> None:
    came = answer_to(service, head("/v1/predict", "Content-Type: audio/wav", f"Content-Length: {length}"))
    assert came[:12] in {b"HTTP/1.1 400", b"HTTP/1.1 413"}


def test_two_lengths_are_none(service: Running) -> None:
    lines = ("Content-Type: audio/wav", "Content-Length: 4", "Transfer-Encoding: chunked")
    came = answer_to(service, head("/v1/predict", *lines), b"0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n")
    assert came.count(b"HTTP/1.1 ") <= 1  # nobody smuggles a second request behind the first


@pytest.mark.parametrize("cut", [0, 1, 30, 1_000])
def test_an_upload_that_breaks_off_is_forgotten(service: Running, wav: bytes, cut: int) -> None:
    lines = ("Content-Type: audio/wav", f"Content-Length: {len(wav)}")
    came = answer_to(service, head("/v1/predict", *lines) + wav[:cut], ends=True)
    assert came == b"" or came.startswith(b"HTTP/1.1 400 ")
    until(lambda: service.left_behind() == [] and service.service.n_uploads == 0)


def test_a_recording_that_breaks_off_is_answered_with_a_remark(service: Running, wav: bytes) -> None:
    (answer,) = service.post(content=wav[: len(wav) // 2], headers=AUDIO).json()
    assert any(remark.startswith("truncated") for remark in answer["remarks"])


def test_many_slow_senders_keep_nobody_else_out(start: Start, wav: bytes) -> None:
    running = start(upload_timeout=1.5, max_uploads=8)
    lines = ("Content-Type: audio/wav", f"Content-Length: {len(wav)}")
    slow = [connected(running) for _ in range(7)]
    opened = [each.__enter__() for each in slow]
    for each in opened:
        each.sendall(head("/v1/predict", *lines) + wav[:100])
    until(lambda: running.service.n_uploads == 7)
    assert running.post(content=wav, headers=AUDIO).status_code == 200
    for each, context in zip(opened, slow, strict=True):
        assert each.recv(65_536).startswith(b"HTTP/1.1 408 ")
        context.__exit__(None, None, None)
    until(lambda: running.service.n_uploads == 0)


def test_a_gigabyte_of_no_told_size_is_refused_once_it_is_too_much(start: Start) -> None:
    running = start(max_bytes=5_000_000)
    n_sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal n_sent
        for _ in range(1_000):
            n_sent += 1_000_000
            yield bytes(1_000_000)

    try:
        refused = running.post(content=pieces(), headers=AUDIO)
    except httpx.WriteError:  # the connection was closed while it was sending
        pass
    else:
        assert refused.status_code == 413
    # what came beyond the limit was read for a while, and dropped
    until(lambda: running.left_behind() == [])


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "..\\..\\x", ".", "..", "\0", "a/../../b", "con", "x" * 10_000],
)
def test_a_name_leads_nowhere(service: Running, wav: bytes, name: str) -> None:
    form = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    lines = {"Content-Type": "multipart/form-data; boundary=x"}
    answered = service.post(content=form + wav + b"\r\n--x--\r\n", headers=lines)
    if len(name) > 4_000:
        assert answered.status_code == 400  # a line of a form is no longer than that
        return
    (answer,) = json.loads(answered.content)
    assert "/" not in answer["file"]
    assert "\\" not in answer["file"]
