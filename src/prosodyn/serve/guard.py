"""Who may ask, and how much: what every request passes before any route sees it."""

import asyncio
import hmac
from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from prosodyn.serve.problems import Problem
from prosodyn.serve.settings import ServeSettings

LOCAL = ("localhost", "127.0.0.1", "::1")

_GUARDED = ("/v1/", "/metrics", "/openapi.json")
"""What needs the token, where there is one; the page holds nothing but itself."""


class Guard:
    """Refuses foreign names, foreign pages, and whoever brings no token.

    A page of another origin could otherwise send requests by the browser of somebody who may, and a foreign
    name that leads to this machine could stand for it.
    """

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        """Stand before an application."""
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass, or answer it with the problem."""
        if scope["type"] in {"http", "websocket"}:
            problem = self._problem(scope)
            if problem is not None:
                await refuse(problem, scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _problem(self, scope: Scope) -> Problem | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        if not self._is_own(host):
            return Problem(421, "asked under another name; start the service with --allow-host to allow it")
        origin = headers.get("origin")
        asks_for_more = scope["type"] == "websocket" or scope["method"] not in {"GET", "HEAD"}
        if origin is not None and asks_for_more and urlsplit(origin).netloc != host:
            return Problem(403, "asked by a page of another origin; call the service from a program instead")
        is_guarded = bool(self._settings.token) and scope["path"].startswith(_GUARDED)
        if is_guarded and not self._brings_token(scope, headers):
            told = "no token, or another one; send 'Authorization: Bearer …'"
            return Problem(401, told, {"WWW-Authenticate": "Bearer"})
        return None

    def _is_own(self, host: str) -> bool:
        name = urlsplit(f"//{host}").hostname or ""
        if not self._settings.is_local and not self._settings.hosts:
            return True
        return name in {*LOCAL, self._settings.host, *self._settings.hosts}

    def _brings_token(self, scope: Scope, headers: dict[str, str]) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            given = ""
        if scope["type"] == "websocket" and not given:  # browsers cannot send the header
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return hmac.compare_digest(given.encode(), self._settings.token.encode())


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
        try:
            self._refuse_declared(scope["headers"])
        except Problem as problem:
            await refuse(problem, scope, receive, send)
            return
        await self._app(scope, self._bounded(receive), send)

    def _refuse_declared(self, headers: Iterable[tuple[bytes, bytes]]) -> None:
        for name, value in headers:
            if name == b"content-length":
                if not value.isdigit():
                    raise Problem(400, "the length of the body is no number")
                self._refuse_size(int(value))

    def _refuse_size(self, n_bytes: int) -> None:
        most = self._settings.max_bytes
        if n_bytes > most:
            raise Problem(413, f"more than {most / 1e6:g} MB; send fewer recordings, or compressed ones")

    def _bounded(self, receive: Receive) -> Receive:
        settings, n_bytes, is_complete = self._settings, 0, False
        started = asyncio.get_running_loop().time()

        async def bounded() -> Message:
            nonlocal n_bytes, is_complete
            if is_complete:  # what is waited for now is that the sender leaves
                return await receive()
            until = started + settings.upload_timeout + n_bytes / settings.slowest_upload
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                told = "the request takes too long to arrive; send it faster, or in parts"
                raise Problem(408, told) from None
            n_bytes += len(message.get("body", b""))
            self._refuse_size(n_bytes)
            is_complete = not message.get("more_body", False)
            return message

        return bounded


async def refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request, or the opening of a WebSocket, with a problem."""
    response = problem.response()
    if scope["type"] == "http":
        await response(scope, receive, send)
        return
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    kind = "websocket.http.response"
    await send({"type": f"{kind}.start", "status": problem.status, "headers": response.raw_headers})
    await send({"type": f"{kind}.body", "body": bytes(response.body)})
