"""What a request may weigh, and how long it may take to arrive."""

import asyncio
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from prosodyn.serve.guard import refuse
from prosodyn.serve.problems import Problem
from prosodyn.serve.settings import ServeSettings

_LINGER = 2.0
"""Seconds for which the rest of a refused body is read and dropped, so that its sender gets to the answer:
who sends on into a closed connection may never see it."""

_MOST_DIGITS = 20  # of a length, as HTTP libraries have it

_SMALL = 1_000_000  # bytes of a refused body that are worth reading to keep the connection


class Intake:
    """Refuses bodies that are too large or too slow, while they arrive."""

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        """Stand before an application."""
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass with what it may hold."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(scope, receive, send, self._settings)
        problem = body.declared_problem()
        if problem is not None:
            await refuse(problem, scope, body.receive, body.send)
            return
        await self._app(scope, body.receive, body.send)


class _Body:
    """The body of a request on its way, and the answer, which may come before all of it is there."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, settings: ServeSettings) -> None:
        self._receive, self._send, self._settings = receive, send, settings
        headers = dict(scope["headers"])
        self._declared = headers.get(b"content-length")
        # without either header there is no body, so that all of it is there
        self._is_complete = self._declared is None and b"transfer-encoding" not in headers
        self._n_bytes = 0
        self._started = asyncio.get_running_loop().time()
        self._breaks_off = False

    def declared_problem(self) -> Problem | None:
        """Return what is wrong with the body that is announced, if anything is."""
        if self._declared is None:
            return None
        if not self._declared.isdigit() or len(self._declared) > _MOST_DIGITS:
            self._declared = None
            return Problem(400, "the length of the body is no number")
        return self._size_problem(int(self._declared))

    async def receive(self) -> Message:
        """Return the next piece.

        Raises:
            Problem: it is too much, or took too long
        """
        if self._is_complete:  # what is waited for now is that the sender leaves
            return await self._receive()
        settings = self._settings
        until = self._started + settings.upload_timeout + self._n_bytes / settings.slowest_upload
        try:
            async with asyncio.timeout_at(until):
                message = await self._receive()
        except TimeoutError:
            told = "the request takes too long to arrive; send it faster, or in parts"
            raise Problem(HTTPStatus.REQUEST_TIMEOUT, told) from None
        self._n_bytes += len(message.get("body", b""))
        problem = self._size_problem(self._n_bytes)
        if problem is not None:
            raise problem
        self._is_complete = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        """Send the answer; where much is still to come, the connection ends with it."""
        if message["type"] == "http.response.start" and self._is_far_from_complete():
            self._breaks_off = True
            MutableHeaders(scope=message)["Connection"] = "close"
        is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if self._breaks_off and is_last:
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _is_far_from_complete(self) -> bool:
        if self._is_complete:
            return False
        return self._declared is None or int(self._declared) - self._n_bytes > _SMALL

    async def _linger(self) -> None:
        try:
            async with asyncio.timeout(_LINGER):
                while (message := await self._receive())["type"] == "http.request":
                    if not message.get("more_body", False):
                        return
        except TimeoutError:
            return

    def _size_problem(self, n_bytes: int) -> Problem | None:
        most = self._settings.max_bytes
        if n_bytes <= most:
            return None
        return Problem(413, f"more than {most / 1e6:g} MB; send fewer recordings, or compressed ones")
