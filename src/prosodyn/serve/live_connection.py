"""A WebSocket between a client and an ASGI application, which neither can fill without end.

Messages that wait are one, so that a fast sender costs no more than a slow one. Nothing is read while many
wait, or while what is sent is not read: not even pings, whose answers would heap up.
"""

import asyncio
import json
import logging
from typing import Any
from urllib.parse import unquote

import uvicorn
from uvicorn.server import ServerState
from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from prosodyn.serve.connections import Countdown, written
from prosodyn.serve.inbox import Inbox, Message
from prosodyn.serve.problems import Problem
from prosodyn.serve.settings import ServeSettings

_SILENT = logging.Logger("silent", logging.CRITICAL + 1)
"""Told of every frame and every token, and says nothing of them."""

_PING = 20.0  # seconds from one ping to the next; whoever has sent nothing since the last one has gone
_CLOSE = 5.0  # seconds for a client to close its side


class LiveConnection(asyncio.Protocol):
    """Stands where a connection was one of HTTP until now; uvicorn makes it, and tells it to shut down."""

    def __init__(
        self, config: uvicorn.Config, server_state: ServerState, app_state: Any, *, settings: ServeSettings
    ) -> None:
        """Begin; all but the settings is uvicorn's."""
        self._app, self._server, self._app_state = config.loaded_app, server_state, app_state
        self._protocol = ServerProtocol(max_size=settings.max_message_bytes, logger=_SILENT)
        self._most, self._has_said = settings.max_message_bytes, False
        self._accepted: Response | None = None
        self._refusal: Message = {}
        self._inbox, self._is_reading = Inbox(), True
        self._may_write = asyncio.Event()
        self._may_write.set()
        loop = asyncio.get_running_loop()
        self._pinging, self._is_alive = Countdown(loop, _PING, self._ping), True
        self._unread = Countdown(loop, settings.read_timeout, self._abort)
        self._closing = Countdown(loop, _CLOSE, self._abort)

    # what asyncio and uvicorn call

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a client over."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections.add(self)  # type: ignore[arg-type]

    def connection_lost(self, _exc: Exception | None) -> None:
        """Forget a client."""
        for countdown in (self._pinging, self._unread, self._closing):
            countdown.stop()
        self._server.connections.discard(self)
        self._inbox.end(CloseCode.ABNORMAL_CLOSURE)
        self._may_write.set()

    def data_received(self, piece: bytes) -> None:
        """Take what was sent."""
        self._is_alive, was_open = True, self._protocol.state is OPEN
        self._protocol.receive_data(piece)
        if was_open and self._protocol.state is not OPEN:
            self._say_too_large(self._protocol.close_sent)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._open(event)
            elif isinstance(event, Frame):
                self._take(event)
        if self._protocol.handshake_exc is not None:
            self._refuse()
        elif self._protocol.state > OPEN:
            told = self._protocol.close_rcvd or self._protocol.close_sent
            self._inbox.end(CloseCode.NO_STATUS_RCVD if told is None else told.code)
        self._flush()
        self._regulate()

    def pause_writing(self) -> None:
        """Wait until the client reads what it was sent, and no longer than it is given."""
        self._may_write.clear()
        self._unread.start()
        self._regulate()

    def resume_writing(self) -> None:
        """Go on."""
        self._may_write.set()
        self._unread.stop()
        self._regulate()

    def shutdown(self) -> None:
        """Close, because the service does not wait any longer."""
        if self._protocol.state is OPEN:
            self._protocol.send_close(CloseCode.SERVICE_RESTART)
        self._inbox.end(CloseCode.SERVICE_RESTART)
        self._flush()
        self._transport.close()

    # what the application calls

    async def receive(self) -> Message:
        """Return the next message, or that the client has left."""
        message = await self._inbox.take()
        self._regulate()
        return message

    async def send(self, message: Message) -> None:
        """Send a message, or the end, to the client.

        Raises:
            ConnectionError: it has left
        """
        await self._may_write.wait()
        if self._transport.is_closing() or self._inbox.has_ended:
            raise ConnectionError("the client has left")
        kind = message["type"]
        if kind == "websocket.accept":
            assert self._accepted is not None
            self._protocol.send_response(self._accepted)
            self._pinging.start()
        elif kind == "websocket.http.response.start":
            self._refusal = message
        elif kind == "websocket.http.response.body":
            headers = list(self._refusal["headers"])
            self._end(written(self._refusal["status"], headers, message["body"]))
        elif kind == "websocket.close" and self._protocol.state is not OPEN:
            self._end(written(403, [], b""))
        elif kind == "websocket.close":
            self._protocol.send_close(message.get("code", 1000), message.get("reason") or "")
            self._inbox.end(message.get("code", 1000))
            self._regulate()
        elif message.get("text") is not None:
            self._protocol.send_text(message["text"].encode())
        else:
            self._protocol.send_binary(message["bytes"])
        self._flush()

    # within

    def _open(self, request: Request) -> None:
        """Ask the application about a request for a stream."""
        self._accepted = self._protocol.accept(request)
        if self._accepted.status_code != 101:
            self._refuse()
            return
        loop = asyncio.get_running_loop()
        self._inbox.put({"type": "websocket.connect"})
        task = loop.create_task(self._run(_scope(request, self._transport, self._app_state)))
        self._server.tasks.add(task)
        task.add_done_callback(self._server.tasks.discard)

    async def _run(self, scope: dict[str, Any]) -> None:
        try:
            await self._app(scope, self.receive, self.send)
        except ConnectionError:
            return  # nobody is left to be told
        if self._protocol.state is OPEN:
            self._protocol.send_close(CloseCode.INTERNAL_ERROR)
            self._inbox.end(CloseCode.INTERNAL_ERROR)
            self._flush()
            self._regulate()

    def _take(self, frame: Frame) -> None:
        if frame.opcode in {Opcode.TEXT, Opcode.BINARY, Opcode.CONT} and not self._inbox.has_ended:
            try:
                self._inbox.add(frame)
            except UnicodeDecodeError:
                self._protocol.fail(CloseCode.INVALID_DATA, "text that is not UTF-8")
            except OverflowError:
                self._protocol.fail(CloseCode.MESSAGE_TOO_BIG, "too many fragments")
                self._say_too_large(self._protocol.close_sent)

    def _say_too_large(self, closing: Close | None) -> None:
        """Tell, before the end that is on its way, that a message was too large to be taken."""
        if self._has_said or closing is None or closing.code != CloseCode.MESSAGE_TOO_BIG:
            return
        self._has_said = True
        told = f"a message of more than {self._most / 1e6:g} MB, or of too many parts; send smaller ones"
        event = json.dumps(Problem(413, told).body() | {"type": "problem"})
        self._transport.write(Frame(Opcode.TEXT, event.encode()).serialize(mask=False))

    def _flush(self) -> None:
        """Send what is to be sent, and close where all has been said."""
        for piece in self._protocol.data_to_send():
            if piece:
                self._transport.write(piece)
            else:
                # no more than that: closed while something is unread, it would take back what was sent
                self._transport.write_eof()
        if self._protocol.close_expected():
            self._closing.start()

    def _regulate(self) -> None:
        """Read where somebody waits for more, and what was sent is read."""
        is_wanted = self._may_write.is_set() and not self._inbox.is_full
        if is_wanted == self._is_reading or self._transport.is_closing():
            return
        self._is_reading = is_wanted
        if is_wanted:
            self._transport.resume_reading()
        else:
            self._transport.pause_reading()

    def _refuse(self) -> None:
        problem = Problem(400, "no WebSocket can be opened so; see RFC 6455").response()
        self._end(written(problem.status_code, problem.raw_headers, bytes(problem.body)))

    def _end(self, answer: bytes) -> None:
        """Answer as if the request had been one for a page."""
        self._transport.write(answer)
        self._inbox.end(CloseCode.ABNORMAL_CLOSURE)
        self._transport.close()

    def _ping(self) -> None:
        if not self._is_alive and self._inbox.is_empty:
            self._abort()
        elif self._protocol.state is OPEN:
            self._is_alive = False
            self._protocol.send_ping(b"")
            self._flush()
            self._pinging.stop()
            self._pinging.start()

    def _abort(self) -> None:
        self._transport.abort()


def _scope(request: Request, transport: asyncio.Transport, app_state: Any) -> dict[str, Any]:
    path, _, query = request.path.partition("?")
    headers = request.headers.raw_items()
    return {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws",
        "server": (transport.get_extra_info("sockname") or ("", 0))[:2],
        "client": (transport.get_extra_info("peername") or ("", 0))[:2],
        "root_path": "",
        "path": unquote(path),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        "subprotocols": [],
        "state": app_state.copy(),
        "extensions": {"websocket.http.response": {}},
    }
