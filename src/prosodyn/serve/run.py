"""Running the service until it is told to stop; what is under way is finished then."""

import asyncio
import logging
import math
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn

from prosodyn.errors import OutputError
from prosodyn.inference import Recogniser
from prosodyn.serve.app import create_app
from prosodyn.serve.connections import HttpConnection
from prosodyn.serve.live_connection import LiveConnection
from prosodyn.serve.observed import note_fault
from prosodyn.serve.service import Service
from prosodyn.serve.settings import ServeSettings

_HEAD_BYTES = 16_384
_POLL = 0.05  # seconds


def serve(
    recogniser: Recogniser, settings: ServeSettings, ready: Callable[[str], None] = lambda _url: None
) -> bool:
    """Serve a recogniser until Ctrl-C or SIGTERM.

    Args:
        recogniser: that answers
        settings: where it listens, and what is allowed
        ready: is told the address as soon as it can be asked

    Returns:
        whether all of its threads have ended; Python waits for the others before the process ends

    Raises:
        OutputError: the address cannot be listened on, or no temporary file be written
    """
    _refuse_without_room()
    with listening(settings) as listener:
        server = Server(recogniser, settings, lambda: ready(address_of(listener)))
        server.run([listener])
    return server.close()


class Server(uvicorn.Server):
    """Tells when it can be asked, and lets live streams end in their own way before it stops."""

    def __init__(
        self, recogniser: Recogniser, settings: ServeSettings, ready: Callable[[], None] = lambda: None
    ) -> None:
        """Begin nothing yet; `run` listens at the socket that it is given."""
        app = create_app(recogniser, settings)
        super().__init__(_config(app, settings))
        self._service: Service = app.state.service
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        asyncio.get_running_loop().set_exception_handler(_note)
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let what is under way end, for as long as was said."""
        now = asyncio.get_running_loop().time
        until = now() + self._service.settings.drain
        self._service.begin_to_stop()
        # it listens meanwhile, so that whoever asks is told
        while self._service.is_busy and now() < until and not self.force_exit:
            await asyncio.sleep(_POLL)
        self.config.timeout_graceful_shutdown = max(1, round(until - now()))
        await super().shutdown(sockets)

    def close(self) -> bool:
        """Leave nothing behind, also where there was no time to stop well.

        Returns:
            whether all threads have ended
        """
        return self._service.close()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop by signals; who was told to stop, and did, has not failed."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def listening(settings: ServeSettings) -> socket.socket:
    """Return a socket that listens where the settings say.

    Raises:
        OutputError: the address cannot be listened on
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=256)
    except (OSError, UnicodeError) as fault:
        raise OutputError(
            f"serve: cannot listen on {settings.host}, port {settings.port}: {fault}; choose others"
        ) from fault


def _refuse_without_room() -> None:
    try:
        with tempfile.TemporaryFile():
            pass
    except OSError as fault:
        raise OutputError(
            f"serve: there is no folder for temporary files: {fault}; let TMPDIR name one that can be written"
        ) from fault


def address_of(listener: socket.socket) -> str:
    """Return where a service that listens at a socket can be asked."""
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


def _config(app: Any, settings: ServeSettings) -> uvicorn.Config:
    # what they log may hold what was sent, or the token of a live stream; what matters is logged here
    for library in ("uvicorn.error", "python_multipart"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        http=partial(HttpConnection, settings=settings),  # type: ignore[arg-type]
        ws=partial(LiveConnection, settings=settings),  # type: ignore[arg-type]
        timeout_keep_alive=math.ceil(settings.head_timeout) + 1,  # the connection's own patience ends before
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )


def _note(_loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
    """Log what no task has looked at, and no more of it than its place."""
    fault = told.get("exception")
    if fault is not None and not isinstance(fault, ConnectionError):
        note_fault("a connection", fault)
