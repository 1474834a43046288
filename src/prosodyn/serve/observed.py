"""What is noted of every request, and the headers that every answer has."""

import asyncio
import logging
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from prosodyn.serve.guard import refuse
from prosodyn.serve.metrics import Metrics
from prosodyn.serve.problems import Problem, own_fault, unavailable

log = logging.getLogger("prosodyn.serve")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Of what a page may load: nothing from another host, and no code that is not a file of the service."""

DOCS_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""Of the viewer at /docs, which styles its elements one by one."""

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cache-Control": "no-store",
}

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""That are told apart in what is noted; a sender may invent any others."""


def note_fault(what: str, fault: BaseException) -> None:
    """Log a fault of ours by its class and its place: its message could tell what was sent."""
    frames = traceback.extract_tb(fault.__traceback__)[-4:]
    places = " < ".join(f"{Path(each.filename).name}:{each.lineno}" for each in reversed(frames))
    log.error("%s failed: %s at %s", what, type(fault).__name__, places)


class Observed:
    """Counts and times requests; the log names routes, never what was sent."""

    def __init__(self, app: ASGIApp, metrics: Metrics, routes: Sequence[BaseRoute]) -> None:
        """Stand before an application that has these routes."""
        self._app, self._metrics, self._routes = app, metrics, routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request pass and note what became of it; a fault of ours is told as such, and no more."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        noted = _Noted(scope, send)
        try:
            await self._app(scope, receive, noted.send)
        except (ClientDisconnect, ConnectionError):
            pass  # nobody is left to be answered
        except asyncio.CancelledError:  # the service cannot wait any longer
            await noted.refuse(unavailable("the service is being stopped", 10), receive)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the sender is answered
            note_fault("a request", fault)
            await noted.refuse(own_fault(), receive)
        finally:
            self._note(scope, noted)

    def _note(self, scope: Scope, noted: "_Noted") -> None:
        route = self._route_of(scope)
        method = scope.get("method", "WEBSOCKET")
        method = method if method in (*METHODS, "WEBSOCKET") else "OTHER"
        seconds = time.monotonic() - noted.started
        self._metrics.requests.labels(method, route, str(noted.status or "left")).inc()
        if scope["type"] == "http":
            self._metrics.seconds.labels(route).observe(seconds)
        log.info("%s %s %s %.0f ms", method, route, noted.status or "left", 1000 * seconds)

    def _route_of(self, scope: Scope) -> str:
        """Return the path of a request's route, also where it was refused before any was asked."""
        fitting = (each for each in self._routes if each.matches(scope)[0] is not Match.NONE)
        return str(getattr(scope.get("route") or next(fitting, None), "path", "unknown"))


class _Noted:
    """An answer on its way; its status is noted, and headers are added to it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope, self._send = scope, send
        self.started, self.status = time.monotonic(), 0

    async def send(self, message: Message) -> None:
        """Send a part of the answer."""
        kind = message["type"]
        if kind == "websocket.accept":
            self.status = 101
        elif kind == "websocket.close" and not self.status:
            self.status = 403
        elif kind in {"http.response.start", "websocket.http.response.start"}:
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            is_docs = self._scope["path"].startswith("/docs")
            headers.setdefault("Content-Security-Policy", DOCS_POLICY if is_docs else POLICY)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def refuse(self, problem: Problem, receive: Receive) -> None:
        """Answer with a problem where no answer has begun; another one breaks off."""
        if not self.status:
            await refuse(problem, self._scope, receive, self.send)
        elif self._scope["type"] == "websocket":
            await self._send({"type": "websocket.close", "code": 1011})
