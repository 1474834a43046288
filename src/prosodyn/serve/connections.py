"""Connections that nobody can hold open, or fill, without end.

uvicorn's protocols read and write; what they lack is patience that ends: with a client that connects and says
nothing, that says half of something, that reads nothing of what it is sent, or that sends more than is taken.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

from prosodyn.serve.problems import Problem, unavailable
from prosodyn.serve.settings import ServeSettings

_MOST_FRAGMENTS = 1024  # of a message; empty ones have no size that would end them

_QUIET = (h11.IDLE, h11.SEND_RESPONSE)
"""States of our side of a connection in which an answer of ours may still begin."""


class _Countdown:
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
        self._waiting = _Countdown(self.loop, settings.head_timeout, self._give_up)
        self._unread = _Countdown(self.loop, settings.read_timeout, self._abort)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a client in, where there is room for one."""
        super().connection_made(transport)
        if len(self.connections) > self._settings.max_connections:
            self._end_with(unavailable("too many connections are open", 1))
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a client."""
        self._waiting.stop()
        self._unread.stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what was sent."""
        super().data_received(data)
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
        self.transport.write(_written(problem))
        self.transport.close()


class LiveConnection(WebSocketsSansIOProtocol):
    """A WebSocket on which messages that wait are one, so that a fast sender costs no more than a slow one.

    uvicorn reads nothing while a message waits, but what one read brought may hold thousands.
    """

    def __init__(self, *arguments: Any, settings: ServeSettings, **words: Any) -> None:
        """Begin; all but the settings is uvicorn's."""
        super().__init__(*arguments, **words)
        self._last: bytearray | None = None
        self._unread = _Countdown(self.loop, settings.read_timeout, self._abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a client."""
        self._unread.stop()
        super().connection_lost(exc)

    def handle_cont(self, event: Frame) -> None:
        """Take a further part of a message."""
        if len(self.frames) >= _MOST_FRAGMENTS:
            self.frames = []
            self.conn.fail(CloseCode.MESSAGE_TOO_BIG, "too many fragments")
            self.handle_parser_exception()
            return
        super().handle_cont(event)

    def handle_parser_exception(self) -> None:
        """Close a stream that is broken, with a code where one was opened."""
        if self.conn.close_sent is None:
            self.transport.close()
        else:
            super().handle_parser_exception()

    def send_receive_event_to_app(self) -> None:
        """Hand a message over, together with samples that wait to be heard."""
        is_waiting = self._last is not None and not self.queue.empty()
        if self.curr_msg_data_type == "bytes" and is_waiting and not self.close_sent:
            assert self._last is not None
            for part in self.frames:
                self._last += part
            self.frames = []
            return
        self._last = None
        if self.curr_msg_data_type == "bytes":
            self._last = bytearray().join(self.frames)
            self.frames = [self._last]  # type: ignore[list-item]
        super().send_receive_event_to_app()

    def data_received(self, data: bytes) -> None:
        """Take what was sent, unless the answers are not read: to pings, too, and they would heap up."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.transport.write(_written(Problem(400, "no WebSocket can be opened so; see RFC 6455")))
            self.transport.close()
        if not self.writable.is_set() and not self.transport.is_closing():
            self.transport.pause_reading()

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
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()


def _written(problem: Problem) -> bytes:
    """Return a problem as the last answer on a connection, where no application gives it."""
    answer = problem.response()
    lines = [b"HTTP/1.1 %d %s" % (problem.status, str(problem.body()["title"]).encode("ascii"))]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*lines, b"connection: close", b"", bytes(answer.body)])
