"""Runs the real service in a thread, around a recogniser that tests can hold back."""

import asyncio
import contextlib
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from prosodyn.inference import Recogniser
from prosodyn.serve import ServeSettings
from prosodyn.serve.run import Server, address_of, listening
from prosodyn.serve.service import Service
from prosodyn.types import Engine, EngineOutput, FloatArray, IntArray, SpeakerStatistics

PATIENCE = 30.0
"""Seconds until whatever is waited for has failed."""


class HeldEngine:
    """An engine that answers when it may, and tells what it was asked.

    Attributes:
        batches: how many recordings it was given at a time
        seconds: of sound that it was given at a time, padding included
    """

    name = "held"

    def __init__(self, engine: Engine) -> None:
        self.batches: list[int] = []
        self.seconds: list[float] = []
        self._engine, self._may = engine, threading.Event()
        self._may.set()

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        self.batches.append(len(samples))
        self.seconds.append(waveform.size / 16_000)
        assert self._may.wait(PATIENCE)
        return self._engine.run(waveform, samples, speaker)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Answer nothing meanwhile."""
        self._may.clear()
        try:
            yield
        finally:
            self.let_go()

    def let_go(self) -> None:
        """Answer again."""
        self._may.set()


class Running:
    """A service that runs.

    Attributes:
        url: without a slash at its end
        folder: for temporary files, of nobody else
        engine: of its recogniser
        service: from inside
    """

    def __init__(self, recogniser: Recogniser, folder: Path, settings: ServeSettings) -> None:
        self.folder = folder
        self.engine = HeldEngine(recogniser.engine)
        held = Recogniser(recogniser.card, self.engine, recogniser.enrolment, recogniser.doubt)
        self._listener = listening(settings)
        self.url = address_of(self._listener).rstrip("/")
        self._is_ready = threading.Event()
        self.server = Server(held, settings, self._is_ready.set)
        self.service: Service = self.server._service
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        asyncio.run(self.server.serve([self._listener]))

    def __enter__(self) -> "Running":
        before, tempfile.tempdir = tempfile.tempdir, str(self.folder)
        try:
            self._thread.start()
            assert self._is_ready.wait(PATIENCE)
        finally:
            tempfile.tempdir = before
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._listener.close()

    def stop(self) -> None:
        """Tell it to stop, as a signal does, and wait until it has."""
        self.server.should_exit = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    @property
    def port(self) -> int:
        """Return where it listens."""
        return int(self.url.rpartition(":")[2])

    @property
    def address(self) -> str:
        """Return where it is asked by WebSocket."""
        return self.url.replace("http", "ws", 1)

    def left_behind(self) -> list[Path]:
        """Return the recordings that lie on the disk."""
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def post(self, path: str = "/v1/predict", **words: Any) -> httpx.Response:
        """Send something by POST."""
        with httpx.Client(timeout=PATIENCE) as client:
            return client.post(self.url + path, **words)

    def get(self, path: str, **words: Any) -> httpx.Response:
        """Ask for something."""
        with httpx.Client(timeout=PATIENCE) as client:
            return client.get(self.url + path, **words)


def events_of(stream: ClientConnection) -> list[dict[str, Any]]:
    """Return the events of a live stream until it is closed, however."""
    found = []
    try:
        while True:
            found.append(json.loads(stream.recv(PATIENCE)))
    except ConnectionClosed:
        return found


def until(is_so: Callable[[], object], what: str = "what is waited for") -> None:
    """Wait until something is so."""
    ends = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends, f"{what} does not come"
        time.sleep(0.01)


def aside(work: Callable[[], object]) -> "Aside":
    """Begin some work in a thread of its own."""
    begun = Aside(work)
    begun.thread.start()
    return begun


class Aside:
    """Work in a thread of its own."""

    def __init__(self, work: Callable[[], object]) -> None:
        self.thread = threading.Thread(target=self._do, args=(work,))
        self._outcome: Any = None

    def _do(self, work: Callable[[], object]) -> None:
        try:
            self._outcome = work()
        except Exception as fault:  # noqa: BLE001 - the test judges it
            self._outcome = fault

    def result(self) -> Any:
        """Return what came of it."""
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome
