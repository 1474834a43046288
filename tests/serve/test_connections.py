"""Connections end where somebody keeps the service waiting, and broken HTTP is answered as such."""

import contextlib
import json
import socket
import time

import httpx
import pytest

from serve.conftest import Start
from serve.raw import UPGRADE, all_of, answer_to, connected
from serve.running import Running, aside, until

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("sent", [b"", b"GET /health", GET + b"GET /hea"])
def test_whoever_says_nothing_is_not_waited_for(start: Start, sent: bytes) -> None:
    running = start(head_timeout=0.4)
    started = time.monotonic()
    came = answer_to(running, sent)
    assert 0.3 < time.monotonic() - started < 12
    assert came.count(b"HTTP/1.1 200") == sent.count(GET)
    assert (b"HTTP/1.1 408" in came) == (sent.removeprefix(GET) != b"")


def test_whoever_says_it_letter_by_letter_is_not_waited_for(start: Start) -> None:
    running = start(head_timeout=0.5)
    started = time.monotonic()
    with connected(running) as opened, contextlib.suppress(ConnectionError):
        for letter in b"GET /" + 800 * b"a":
            opened.sendall(bytes([letter]))
            time.sleep(0.05)
    assert time.monotonic() - started < 12


def test_the_next_request_has_its_time_too(start: Start) -> None:
    running = start(head_timeout=1)
    with httpx.Client() as client:
        for _ in range(3):
            assert client.get(f"{running.url}/healthz").status_code == 200
            time.sleep(0.5)


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n\r\n\r\n\0",
        b"hello\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",  # no host
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost localhost\r\n\r\n",
        b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: many\r\n\r\n",
        b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",  # TLS
    ],
)
def test_what_is_no_http_is_400_with_its_reason(service: Running, sent: bytes) -> None:
    head, _, body = answer_to(service, sent + 3 * b"\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["detail"] == "invalid http request received; see RFC 9112"


@pytest.mark.parametrize("begin", [b"GET /", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
def test_a_head_without_end_is_400(service: Running, begin: bytes) -> None:
    with connected(service) as opened:
        opened.sendall(begin)
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                opened.sendall(1_000 * b"a")
                time.sleep(0.001)
        assert all_of(opened).startswith(b"HTTP/1.1 400 ")


def test_an_upgrade_that_is_none_is_refused(service: Running) -> None:
    for spoilt in (
        (UPGRADE % b"").replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"short"),
        (UPGRADE % b"").replace(b"Version: 13", b"Version: 7"),
        (UPGRADE % b"").replace(b"GET", b"POST", 1),
        (UPGRADE % b"").replace(b"dGhl", b"\xff\xff\xff\x7f"),
    ):
        assert b"HTTP/1.1 4" in answer_to(service, spoilt)[:12]


def test_a_refused_body_is_read_no_further_than_is_needed(start: Start) -> None:
    running = start(max_bytes=10_000)
    head = b"POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/wav\r\n"
    declared = b"Content-Length: 1000000000\r\n\r\n"
    started = time.monotonic()
    with connected(running) as opened:
        opened.sendall(head + declared)
        came = opened.recv(65_536)  # although nothing of the body has come
        assert b"HTTP/1.1 413" in came
        assert b"connection: close" in came.lower()
        all_of(opened)
    assert time.monotonic() - started < 12
    assert running.left_behind() == []


def test_a_sender_of_a_gigabyte_gets_to_the_answer(start: Start) -> None:
    running = start(max_bytes=10_000)
    # this client reads the answer only where it could send
    refused = running.post(content=bytes(3_000_000), headers={"Content-Type": "audio/wav"})
    assert refused.status_code == 413


def test_a_refused_body_that_is_small_leaves_the_connection_open(start: Start, wav: bytes) -> None:
    running = start(token="secret")
    with httpx.Client() as client:
        for _ in range(2):
            refused = client.post(f"{running.url}/v1/predict", content=wav)
            assert (refused.status_code, "connection" in refused.headers) == (401, False)


def test_whoever_asks_first_need_not_send(start: Start, wav: bytes) -> None:
    running = start(max_requests=1)
    head = (
        "POST /v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/wav\r\n"
        f"Expect: 100-continue\r\nContent-Length: {len(wav)}\r\n\r\n"
    ).encode()
    with running.engine.held():
        first = aside(lambda: running.post(content=wav, headers={"Content-Type": "audio/wav"}))
        until(lambda: running.service.n_requests == 1)
        with connected(running) as opened:
            opened.sendall(head)
            assert opened.recv(65_536).startswith(b"HTTP/1.1 429 ")
    assert first.result().status_code == 200
    with connected(running) as opened:
        opened.sendall(head)
        assert opened.recv(65_536).startswith(b"HTTP/1.1 100 ")
        opened.sendall(wav)
        assert opened.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_requests_one_behind_the_other_are_answered_in_order(service: Running) -> None:
    models = GET.replace(b"/healthz", b"/v1/models")
    with connected(service) as opened:
        opened.sendall(GET + models + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        came = all_of(opened)
    assert came.count(b"HTTP/1.1 200") == 3
    assert came.index(b"ok\n") < came.index(b'"labels"') < came.rindex(b"ok\n")


def test_whoever_reads_nothing_is_not_waited_for(start: Start) -> None:
    running = start(read_timeout=0.5)
    with connected(running) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        opened.settimeout(0.2)
        asking = b"GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: localhost\r\n\r\n"
        with contextlib.suppress(OSError):
            opened.sendall(20 * asking)
        until(lambda: len(running.server.server_state.connections) == 0)


def test_pings_that_nobody_reads_the_answers_of_do_not_heap_up(start: Start) -> None:
    running = start(read_timeout=60)
    with connected(running) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        opened.sendall(UPGRADE % b"")
        assert b"101" in opened.recv(1_024)
        ping = b"\x89\xfd" + bytes(4) + bytes(125)
        opened.settimeout(0.5)
        n_bytes = 0
        with contextlib.suppress(TimeoutError):
            while n_bytes < 60_000_000:
                n_bytes += opened.send(1_000 * ping)
    assert n_bytes < 60_000_000  # it was slowed down


def test_an_answer_waits_for_no_word_of_its_head(start: Start) -> None:
    running = start()
    with connected(running) as opened:
        opened.sendall(b"GET")
        until(lambda: running.server.server_state.connections)
        (connection,) = running.server.server_state.connections
        taken = connection.transport.get_extra_info("socket")
        assert taken.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
