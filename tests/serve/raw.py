"""Bytes to and from a service, without a library that would mend them."""

import contextlib
import socket
import struct
from collections.abc import Iterator

from serve.running import PATIENCE, Running

UPGRADE = (
    b"GET /v1/live%s HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
"""Kinds of frames (RFC 6455)."""


@contextlib.contextmanager
def connected(running: Running) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE) as opened:
        yield opened


def all_of(opened: socket.socket) -> bytes:
    """Return whatever comes until the other side ends it."""
    came = b""
    with contextlib.suppress(ConnectionError):
        while piece := opened.recv(65_536):
            came += piece
    return came


def answer_to(running: Running, *sent: bytes, ends: bool = False) -> bytes:
    """Return what is answered to some bytes, until the service hangs up; `ends`: or before it does."""
    with connected(running) as opened:
        with contextlib.suppress(ConnectionError):
            for piece in sent:
                opened.sendall(piece)
            if ends:
                opened.shutdown(socket.SHUT_WR)
        return all_of(opened)


def head(path: str, *lines: str, method: str = "POST") -> bytes:
    """Return the head of a request that asks for no further one."""
    told = (f"{method} {path} HTTP/1.1", "Host: localhost", "Connection: close", *lines)
    return ("\r\n".join(told) + "\r\n\r\n").encode("utf-8")


def frame(
    content: bytes,
    kind: int = BINARY,
    *,
    first: int | None = None,
    masked: bool = True,
    size: int | None = None,
) -> bytes:
    """Return a frame of a client.

    Args:
        content: that it holds
        kind: of the frame, the last one of its message
        first: the whole first byte, in place of the kind
        masked: as a client's must be
        size: that it declares, in place of its own
    """
    n_bytes = len(content) if size is None else size
    mask = 0x80 if masked else 0
    if n_bytes < 126:
        told = bytes([mask | n_bytes])
    elif n_bytes < 65_536:
        told = struct.pack("!BH", mask | 126, n_bytes)
    else:
        told = struct.pack("!BQ", mask | 127, n_bytes)
    key = bytes(4) if masked else b""  # which leaves the content as it is
    return bytes([0x80 | kind if first is None else first]) + told + key + content


@contextlib.contextmanager
def streaming(running: Running, query: bytes = b"") -> Iterator[socket.socket]:
    """Open a live stream."""
    with connected(running) as opened:
        opened.sendall(UPGRADE % query)
        came = b""
        while b"\r\n\r\n" not in came:
            came += opened.recv(1)
        assert came.startswith(b"HTTP/1.1 101 ")
        yield opened


def until_closed(opened: socket.socket) -> bytes:
    """Return what comes until the other side closes the stream, or ends it, and agree."""
    came = b""
    with contextlib.suppress(ConnectionError):
        while code_of(came) is None and (piece := opened.recv(65_536)):
            came += piece
        opened.sendall(frame(b"", CLOSE))
    return came


def answer_to_frames(running: Running, query: bytes, *sent: bytes) -> bytes:
    """Return what is answered to a stream of some frames, until the service hangs up."""
    with connected(running) as opened, contextlib.suppress(ConnectionError):
        opened.sendall(UPGRADE % query)
        came = opened.recv(65_536)
        if came.startswith(b"HTTP/1.1 101 "):
            opened.sendall(b"".join(sent) + frame(b"end", TEXT))
            came += until_closed(opened)
        return came + all_of(opened)
    return b""


def code_of(came: bytes) -> int | None:
    """Return the code of the frame that closes what a service sent; None where there is none."""
    place, code = 0, None
    while place + 2 <= len(came):
        kind, n_bytes, place = came[place] & 15, came[place + 1] & 127, place + 2
        if n_bytes == 126:
            n_bytes, place = struct.unpack_from("!H", came, place)[0], place + 2
        elif n_bytes == 127:
            n_bytes, place = struct.unpack_from("!Q", came, place)[0], place + 8
        if kind == CLOSE and n_bytes >= 2:
            code = struct.unpack_from("!H", came, place)[0]
        place += n_bytes
    return code
