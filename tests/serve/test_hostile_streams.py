"""Frames that no client should send end their own stream, with a code, and nothing else."""

import contextlib
import json
import time

import pytest

from serve.conftest import Start
from serve.raw import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    TEXT,
    UPGRADE,
    answer_to,
    code_of,
    frame,
    streaming,
    until_closed,
)
from serve.running import Running, until

PROTOCOL, INVALID, TOO_LARGE = 1002, 1007, 1009

HALF = bytes(2_400_000)

KINDS = {
    "an unknown kind": (frame(b"", 3), PROTOCOL),
    "an unknown kind of control": (frame(b"", 11), PROTOCOL),
    "reserved bits": (frame(b"x", first=0x80 | 0x70 | BINARY), PROTOCOL),
    "a compressed frame, which was not agreed": (frame(b"x", first=0x80 | 0x40 | BINARY), PROTOCOL),
    "an unmasked frame": (frame(b"xx", masked=False), PROTOCOL),
    "a continuation of nothing": (frame(b"x", 0), PROTOCOL),
    "a message in a message": (frame(b"x", first=BINARY) + frame(b"x"), PROTOCOL),
    "a ping in parts": (frame(b"x", first=PING), PROTOCOL),
    "a ping that is too long": (frame(bytes(126), PING), PROTOCOL),
    "a close that is too long": (frame(bytes(126), CLOSE), PROTOCOL),
    "a close of one byte": (frame(b"\x03", CLOSE), PROTOCOL),
    "a close of no such code": (frame(b"\x03\xee", CLOSE), PROTOCOL),
    "a close in no UTF-8": (frame(b"\x03\xe8\xff\xff", CLOSE), INVALID),
    "text in no UTF-8": (frame(b"\xff\xfe", TEXT), INVALID),
    "a message of 1 GB": (frame(b"x", size=10**9), TOO_LARGE),
    "a message of 8 EB": (frame(b"x", size=2**63 - 1), TOO_LARGE),
    "a message of less than nothing": (frame(b"x", size=2**64 - 1), TOO_LARGE),
    "thousands of empty parts": (frame(b"", first=BINARY) + frame(b"", first=0) * 5_000, TOO_LARGE),
    "too much in parts": (
        frame(HALF, first=BINARY) + frame(HALF, first=0),
        TOO_LARGE,
    ),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_broken_frame_closes_its_stream_with_a_code(service: Running, name: str) -> None:
    sent, code = KINDS[name]
    with streaming(service) as opened:
        with contextlib.suppress(ConnectionError):
            opened.sendall(sent)
        assert code_of(until_closed(opened)) == code
    until(lambda: service.service.n_streams == 0)
    assert service.get("/healthz").status_code == 200


@pytest.mark.parametrize("name", [name for name, (_, code) in KINDS.items() if code == TOO_LARGE])
def test_what_is_too_large_is_told_before_the_stream_is_closed(service: Running, name: str) -> None:
    with streaming(service) as opened:
        with contextlib.suppress(ConnectionError):
            opened.sendall(KINDS[name][0])
        came = until_closed(opened)
    assert b'"status": 413' in came
    assert b"more than 4 MB" in came
    assert came.count(b'"problem"') == 1


def test_unasked_pongs_and_pings_are_taken(service: Running) -> None:
    with streaming(service) as opened:
        opened.sendall(frame(b"", PONG) + frame(b"abc", PING) + frame(b"end", TEXT))
        came = until_closed(opened)
    assert b"\x8a\x03abc" in came
    assert code_of(came) == 1000


def test_thousands_of_small_messages_are_one(start: Start) -> None:
    running = start()
    with streaming(running, b"?any_sound=true") as opened:
        opened.sendall(frame(b"\1\0\2") * 20_000 + frame(b"end", TEXT))
        came = until_closed(opened)
    assert code_of(came) == 1000
    last = came[came.rindex(b'{"type":"end"') :]
    assert json.loads(last[: last.index(b"}") + 1])["heard"] == 30_000 / 16_000


def test_a_stream_that_breaks_off_frees_its_place(service: Running) -> None:
    for sent in (b"", frame(bytes(100))[:50], frame(b"x", first=BINARY), b"\x82"):
        with streaming(service) as opened:
            opened.sendall(sent)
        until(lambda: service.service.n_streams == 0)


def test_frames_before_the_stream_is_open_break_nothing(service: Running) -> None:
    answer_to(service, UPGRADE % b"" + frame(bytes(1_000)) * 20, ends=True)
    until(lambda: service.service.n_streams == 0)
    assert service.get("/healthz").status_code == 200


def test_whoever_does_not_close_is_not_waited_for(start: Start) -> None:
    running = start(stream_timeout=0.3)
    started = time.monotonic()
    with streaming(running) as opened:
        assert code_of(until_closed(opened)) == 1008
    assert time.monotonic() - started < 15
