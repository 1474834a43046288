"""Connections that nobody can hold open without end.

uvicorn's protocol reads and writes; what it lacks is patience that ends: with a client that connects and says
nothing, that says half of something, or that reads nothing of what it is sent.
"""

import asyncio
import socket
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from prosodyn.serve.problems import Problem, unavailable
from prosodyn.serve.settings import ServeSettings

_QUIET = (h11.IDLE, h11.SEND_RESPONSE)
"""States of our side of a connection in which an answer of ours may still begin."""


class Countdown:
    """A patience that ends, where it is not stopped before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, end: Callable[[], object]) -> None:
        self._loop, self._seconds, self._end = loop, seconds, end
        self._planned: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin, where it has not begun."""
        if self._planned is None:
            self._planned = self._loop.call_later(self._seconds, self._end)

    def stop(self) -> None:
        """Begin anew the next time."""
        if self._planned is not None:
            self._planned.cancel()
            self._planned = None


class HttpConnection(H11Protocol):
    """A connection that is closed where its client keeps the service waiting."""

    def __init__(self, *arguments: Any, settings: ServeSettings, **words: Any) -> None:
        """Begin; all but the settings is uvicorn's."""
        super().__init__(*arguments, **words)
        self._settings, self._is_handed_over = settings, False
        self._waiting = Countdown(self.loop, settings.head_timeout, self._give_up)
        self._unread = Countdown(self.loop, settings.read_timeout, self._abort)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a client in, where there is room for one."""
        super().connection_made(transport)
        # a head and a body are written one after the other: the second is not to wait for word of the first
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self.connections) > self._settings.max_connections:
            self._end_with(unavailable("too many connections are open", 1))
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a client."""
        self._waiting.stop()
        self._unread.stop()
        super().connection_lost(exc)

    def data_received(self, piece: bytes) -> None:
        """Take what was sent."""
        super().data_received(piece)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._watch()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand the connection over."""
        self._is_handed_over = True
        super().handle_websocket_upgrade(event)

    def send_400_response(self, msg: str) -> None:
        """Say that what was sent is no HTTP."""
        self._end_with(Problem(400, f"{msg.rstrip('.').lower()}; see RFC 9112"))

    def _abort(self) -> None:
        self.transport.abort()

    def pause_writing(self) -> None:
        """Wait until the client reads what it was sent, and no longer than it is given."""
        super().pause_writing()
        self._unread.start()

    def resume_writing(self) -> None:
        """Go on."""
        self._unread.stop()
        super().resume_writing()

    def _watch(self) -> None:
        """Give the client its time wherever nothing but its request is waited for, and only once for each."""
        is_waited_for = self.cycle is None or self.cycle.response_complete
        if is_waited_for and not self._is_handed_over and not self.transport.is_closing():
            self._waiting.start()
        else:
            self._waiting.stop()

    def _give_up(self) -> None:
        if self.conn.trailing_data[0]:
            self._end_with(Problem(408, "the request takes too long to arrive; send it faster"))
        else:
            self.transport.close()

    def _end_with(self, problem: Problem) -> None:
        """Answer before any application does, and close."""
        if self.conn.our_state not in _QUIET or self.transport.is_closing():
            self.transport.abort()
            return
        answer = problem.response()
        self.transport.write(written(problem.status, answer.raw_headers, bytes(answer.body)))
        self.transport.close()


def written(status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """Return the last answer on a connection, where no library writes it."""
    lines = [b"HTTP/1.1 %d %s" % (status, HTTPStatus(status).phrase.encode("ascii"))]
    lines += [name + b": " + value for name, value in headers if name.lower() != b"content-length"]
    lines += [b"content-length: %d" % len(body), b"connection: close"]
    return b"\r\n".join([*lines, b"", body])
