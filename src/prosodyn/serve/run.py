"""Running the service until it is told to stop; what is under way is finished then."""

import asyncio
import logging
import socket
from collections.abc import Callable

import uvicorn

from prosodyn.errors import OutputError
from prosodyn.inference import Recogniser
from prosodyn.serve.app import create_app
from prosodyn.serve.service import Service
from prosodyn.serve.settings import ServeSettings

MESSAGE_BYTES = 1_000_000
"""Of a message of a live stream: half a minute of 16-bit samples."""

_QUEUE = 4  # messages of a sender who is too fast; further ones wait at the sender's
_POLL = 0.05  # seconds


def serve(
    recogniser: Recogniser, settings: ServeSettings, ready: Callable[[str], None] = lambda _url: None
) -> None:
    """Serve a recogniser until Ctrl-C or SIGTERM.

    Args:
        recogniser: that answers
        settings: where it listens, and what is allowed
        ready: is told the address as soon as it can be asked

    Raises:
        OutputError: the address cannot be listened on
    """
    app = create_app(recogniser, settings)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=MESSAGE_BYTES,
        ws_max_queue=_QUEUE,
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=round(settings.drain),
        h11_max_incomplete_event_size=16_384,
    )
    with _listening(settings) as listening:
        host, port = listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        _Server(config, app.state.service, lambda: ready(f"http://{shown}:{port}/")).run([listening])


class _Server(uvicorn.Server):
    """Tells when it can be asked, and lets live streams end in their own way before it stops."""

    def __init__(self, config: uvicorn.Config, service: Service, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._service, self._ready = service, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._service.stopping.set()
        until = asyncio.get_running_loop().time() + self._service.settings.drain
        while self._service.n_streams and asyncio.get_running_loop().time() < until and not self.force_exit:
            await asyncio.sleep(_POLL)
        await super().shutdown(sockets)


def _listening(settings: ServeSettings) -> socket.socket:
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=256)
    except (OSError, UnicodeError) as fault:
        raise OutputError(
            f"serve: cannot listen on {settings.host}, port {settings.port}: {fault}; choose others"
        ) from fault
