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
from prosodyn.serve.problems import Problem, too_busy
from prosodyn.serve.settings import ServeSettings
from prosodyn.serve.workers import Workers


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
        stopping: set when the service is told to stop
        n_requests: with recordings, that are worked on or wait
        n_streams: live ones
    """

    recogniser: Recogniser
    settings: ServeSettings
    workers: Workers
    batcher: Batcher
    jobs: Jobs
    metrics: Metrics
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    n_requests: int = 0
    n_streams: int = 0

    @contextmanager
    def admit_request(self) -> Iterator[None]:
        """Let a request in with its recordings.

        Raises:
            Problem: there are too many, or the service is being stopped
        """
        self.refuse_when_stopping()
        if self.n_requests >= self.settings.max_requests:
            self.metrics.refused.inc()
            raise too_busy(f"{self.n_requests} requests are being answered", self.metrics.usual_seconds())
        self.n_requests += 1
        try:
            yield
        finally:
            self.n_requests -= 1

    @contextmanager
    def admit_stream(self) -> Iterator[None]:
        """Let a live stream in.

        Raises:
            Problem: there are too many, or the service is being stopped
        """
        self.refuse_when_stopping()
        if self.n_streams >= self.settings.max_streams:
            self.metrics.refused.inc()
            raise too_busy(f"{self.n_streams} live streams are open", 10)
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
        if self.stopping.is_set():
            raise Problem(503, "the service is being stopped; try again later", {"Retry-After": "10"})


def build_service(recogniser: Recogniser, settings: ServeSettings) -> Service:
    """Return a service that is ready to be started."""
    workers = Workers(settings.n_workers)
    return Service(
        recogniser=recogniser,
        settings=settings,
        workers=workers,
        batcher=Batcher(recogniser.answerer.predictions, workers, settings),
        jobs=Jobs(recogniser, workers, settings),
        metrics=Metrics(),
    )


def _service_of(connection: HTTPConnection) -> Service:
    service: Service = connection.app.state.service
    return service


Asked = Annotated[Service, Depends(_service_of)]
"""The service, as a parameter of a route."""
