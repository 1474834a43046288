"""Who may ask: what every request passes before any route sees it."""

import hmac
from urllib.parse import parse_qs, urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from prosodyn.serve.problems import Problem
from prosodyn.serve.settings import ServeSettings

LOCAL = ("localhost", "127.0.0.1", "::1")

GUARDED = ("/v1/", "/metrics")
"""What needs the token, where there is one; the page and the description hold nothing but themselves."""


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
        if origin is not None and asks_for_more and not _is_of(origin, host):
            return Problem(403, "asked by a page of another origin; call the service from a program instead")
        is_guarded = bool(self._settings.token) and scope["path"].startswith(GUARDED)
        if is_guarded and not self._brings_token(scope, headers):
            told = "no token, or another one; send 'Authorization: Bearer …'"
            return Problem(401, told, {"WWW-Authenticate": "Bearer"})
        return None

    def _is_own(self, host: str) -> bool:
        if not self._settings.is_local and not self._settings.hosts:
            return True
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name in {each.lower() for each in (*LOCAL, self._settings.host, *self._settings.hosts)}

    def _brings_token(self, scope: Scope, headers: dict[str, str]) -> bool:
        kind, _, given = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            given = ""
        if scope["type"] == "websocket" and not given:  # browsers cannot send the header
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return hmac.compare_digest(given.strip().encode(), self._settings.token.encode())


def _is_of(origin: str, host: str) -> bool:
    try:
        return urlsplit(origin).netloc.lower() == host.lower()
    except ValueError:
        return False


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
