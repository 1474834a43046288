"""What the routes share: the recogniser, its threads, the jobs, and the counts of what goes on."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from prosodyn.inference import Recogniser
from prosodyn.serve.batcher import Batcher
from prosodyn.serve.jobs import Jobs
from prosodyn.serve.metrics import Metrics
from prosodyn.serve.place import Place
from prosodyn.serve.problems import too_busy, unavailable
from prosodyn.serve.settings import ServeSettings
from prosodyn.serve.workers import Workers

_STREAM_LASTS = 10  # seconds until it is worth asking for a stream again
_LONG_LASTS = 10  # seconds until it is worth asking for a long recording again


@dataclass(slots=True)
class Service:
    """A recogniser that many ask at once.

    Attributes:
        recogniser: that answers
        settings: what is allowed
        workers: threads
        batcher: answers recordings together
        jobs: that take long
        metrics: counts
        place: where recordings lie while they are answered
        is_stopping: the service was told to stop
        n_uploads: requests with recordings that are still arriving
        n_requests: that have arrived, and are worked on or wait
        n_streams: live ones
        long_seconds: of sound in long recordings that are answered while somebody waits
        patience: of each live stream that waits for sound
    """

    recogniser: Recogniser
    settings: ServeSettings
    workers: Workers
    batcher: Batcher
    jobs: Jobs
    metrics: Metrics
    place: Place
    is_stopping: bool = False
    n_uploads: int = 0
    n_requests: int = 0
    n_streams: int = 0
    long_seconds: float = 0.0
    patience: set[asyncio.Timeout] = field(default_factory=set)

    def start(self) -> None:
        """Begin to answer."""
        self.place.open()
        self.batcher.start()

    @property
    def is_busy(self) -> bool:
        """Tell whether requests or live streams are under way."""
        return self.n_uploads + self.n_requests + self.n_streams > 0

    def begin_to_stop(self) -> None:
        """Take nothing new, break off jobs, and let live streams come to their end."""
        self.is_stopping = True
        self.jobs.cancel()
        for waiting in self.patience:
            waiting.reschedule(asyncio.get_running_loop().time())

    async def stop(self) -> None:
        """Leave nothing behind."""
        self.begin_to_stop()
        await self.jobs.stop()
        await self.batcher.stop()
        self.close()

    def close(self) -> bool:
        """Begin nothing more, and remove all recordings.

        Returns:
            whether no thread is at work any more
        """
        self.workers.close()
        self.place.close()
        return self.workers.n_busy == 0

    @contextmanager
    def admit_upload(self) -> Iterator[None]:
        """Let a request with recordings arrive, where it is worth its while.

        Raises:
            Problem: there are too many, or the service is being stopped
        """
        self.refuse_when_stopping()
        self._refuse_more(self.n_uploads, self.settings.max_uploads, "requests are arriving")
        self._refuse_more(self.n_requests, self.settings.max_requests, "requests are being answered")
        self.n_uploads += 1
        try:
            yield
        finally:
            self.n_uploads -= 1

    @contextmanager
    def admit_request(self) -> Iterator[None]:
        """Let the recordings of a request be answered.

        Raises:
            Problem: there are too many
        """
        self._refuse_more(self.n_requests, self.settings.max_requests, "requests are being answered")
        self.n_requests += 1
        started = asyncio.get_running_loop().time()
        try:
            yield
            self.metrics.took(asyncio.get_running_loop().time() - started)
        finally:
            self.n_requests -= 1

    @contextmanager
    def admit_long(self, seconds: float) -> Iterator[None]:
        """Let a recording be answered moment by moment.

        Args:
            seconds: that it lasts, or may last

        Raises:
            Problem: others hold too much sound; one alone is always let in
        """
        if self.long_seconds > 1 and self.long_seconds + seconds > self.settings.max_long_seconds:
            self.metrics.refused.inc()
            told = f"{self.long_seconds:.0f} s of sound in long recordings are being answered"
            raise too_busy(told, _LONG_LASTS)
        self.long_seconds += seconds
        try:
            yield
        finally:
            self.long_seconds -= seconds

    @contextmanager
    def admit_stream(self) -> Iterator[None]:
        """Let a live stream in.

        Raises:
            Problem: there are too many, or the service is being stopped
        """
        self.refuse_when_stopping()
        if self.n_streams >= self.settings.max_streams:
            self.metrics.refused.inc()
            raise too_busy(f"{self.n_streams} live streams are open", _STREAM_LASTS)
        self.n_streams += 1
        self.metrics.streams.set(self.n_streams)
        try:
            yield
        finally:
            self.n_streams -= 1
            self.metrics.streams.set(self.n_streams)

    def refuse_when_stopping(self) -> None:
        """Raise where the service is being stopped.

        Raises:
            Problem: it is
        """
        if self.is_stopping:
            raise unavailable("the service is being stopped", 10)

    def _refuse_more(self, n_now: int, most: int, what: str) -> None:
        if n_now >= most:
            self.metrics.refused.inc()
            raise too_busy(f"{n_now} {what}", self.metrics.usual_seconds())


def build_service(recogniser: Recogniser, settings: ServeSettings) -> Service:
    """Return a service that is ready to be started."""
    workers, metrics = Workers(settings.n_workers), Metrics()
    return Service(
        recogniser=recogniser,
        settings=settings,
        workers=workers,
        batcher=Batcher(recogniser.answerer.predictions, workers, metrics, settings),
        jobs=Jobs(recogniser, workers, metrics, settings),
        metrics=metrics,
        place=Place(),
    )


def _service_of(connection: HTTPConnection) -> Service:
    service: Service = connection.app.state.service
    return service


Asked = Annotated[Service, Depends(_service_of)]
"""The service, as a parameter of a route."""
