"""A live stream as it goes: pieces of bytes in, events out."""

import asyncio
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from prosodyn.formats import entry
from prosodyn.inference import Stream
from prosodyn.serve.service import Service
from prosodyn.timeline import Segment

Encoding = Literal["s16le", "f32le"]

STEP = 0.5
"""Seconds of sound from one event to the next. A thread is not woken for less: with short pieces from many
streams, waking it costs more than hearing."""

_MOST = 1.0
"""Seconds of sound that a thread hears at a time, so that nobody's long piece makes the others wait."""

_DTYPES: dict[str, np.dtype[Any]] = {"s16le": np.dtype("<i2"), "f32le": np.dtype("<f4")}


class Session:
    """Pushes samples, and says what is to be told.

    A sender who is faster than the service is slowed down: nothing is read while a piece is heard, and
    nothing is heard while an event is on its way.

    Attributes:
        heard_at: when the last whole sample came, by the clock of the event loop
    """

    def __init__(self, service: Service, stream: Stream, encoding: Encoding) -> None:
        """Take a stream that has just begun."""
        self._service, self._stream, self._dtype = service, stream, _DTYPES[encoding]
        self._held = bytearray()
        self._told_until = 0.0
        self.heard_at = self._begun = asyncio.get_running_loop().time()

    @property
    def seconds(self) -> float:
        """Return how long it has lasted, by the clock or by its sound, whichever is more."""
        return max(self._stream.duration, asyncio.get_running_loop().time() - self._begun)

    async def hear(self, piece: bytes) -> list[dict[str, Any]]:
        """Return the events that come of a piece; what is no whole sample waits for the rest of it.

        Raises:
            InvalidSamplesError: as `Stream.push`
        """
        if not piece:
            return []
        n_whole = len(self._held) // self._dtype.itemsize
        self._held += piece
        if len(self._held) // self._dtype.itemsize > n_whole:  # bytes that make no sample are no sound
            self.heard_at = asyncio.get_running_loop().time()
        if not self._is_due(len(self._held) // self._dtype.itemsize):
            return []
        return await self._hear_held()

    async def end(self) -> list[dict[str, Any]]:
        """Return the last events, with all that is left."""
        events = await self._hear_held()
        settled = await self._service.workers.run("live", self._stream.flush)
        return [*events, self._event(settled, ()), {"type": "end", "heard": self._stream.duration}]

    async def _hear_held(self) -> list[dict[str, Any]]:
        started = asyncio.get_running_loop().time()
        n_whole = len(self._held) - len(self._held) % self._dtype.itemsize
        samples = np.frombuffer(bytes(self._held[:n_whole]), self._dtype)
        del self._held[:n_whole]
        size = self._n_bytes(_MOST) // self._dtype.itemsize
        events = []
        for start in range(0, len(samples), size):
            events += await self._service.workers.run("live", self._push, samples[start : start + size])
        metrics = self._service.metrics
        metrics.sound.labels("live").inc(len(samples) / self._stream.sample_rate)
        if events:
            metrics.lag.observe(asyncio.get_running_loop().time() - started)
        return events

    def _push(self, samples: NDArray[Any]) -> list[dict[str, Any]]:
        settled = self._stream.push(samples)
        if not settled and not self._is_due(0):
            return []
        return [self._event(settled, self._stream.provisional())]

    def _event(self, settled: tuple[Segment, ...], provisional: tuple[Segment, ...]) -> dict[str, Any]:
        self._told_until = self._stream.duration
        return {
            "type": "timeline",
            "heard": self._stream.duration,
            "settled": [entry(segment) for segment in settled],
            "provisional": [entry(segment) for segment in provisional],
        }

    def _is_due(self, n_held: int) -> bool:
        """Tell whether an event is due, once so many more samples are heard."""
        return self._stream.duration + n_held / self._stream.sample_rate >= self._told_until + STEP

    def _n_bytes(self, seconds: float) -> int:
        return max(1, round(seconds * self._stream.sample_rate)) * self._dtype.itemsize
