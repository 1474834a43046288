"""A live stream as it goes: pieces of bytes in, events out."""

import asyncio
import math
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from prosodyn.formats import entry
from prosodyn.inference import Stream
from prosodyn.serve.service import Service
from prosodyn.timeline import Segment

Encoding = Literal["s16le", "f32le"]

STEP = 0.5
"""Seconds of sound from one event to the next, and what a thread hears at a time. With less, waking threads
for many streams would cost more than hearing; with more, a long piece would keep the others waiting."""

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

    async def hear(self, piece: bytes | bytearray, since: float) -> list[dict[str, Any]]:
        """Return the events that come of a piece; what is no whole step yet waits for the rest of it.

        Args:
            piece: may end within a sample
            since: when it came, by the clock of the event loop

        Raises:
            InvalidSamplesError: as `Stream.push`, once a step is full
        """
        n_before = self._n_held
        self._held += piece
        if self._n_held > n_before:  # bytes that make no sample are no sound
            self.heard_at = asyncio.get_running_loop().time()
        if self._n_held == n_before or not self._is_due(self._n_held):
            return []
        events = await self._hear_held()
        self._service.metrics.lag.observe(asyncio.get_running_loop().time() - since)
        return events

    async def end(self) -> list[dict[str, Any]]:
        """Return the last events, with all that is left."""
        events = await self._hear_held()
        settled = await self._service.workers.run("live", self._stream.flush)
        return [*events, self._event(settled, ()), {"type": "end", "heard": self._stream.duration}]

    async def _hear_held(self) -> list[dict[str, Any]]:
        n_bytes = self._n_held * self._dtype.itemsize
        samples = np.frombuffer(self._held[:n_bytes], self._dtype)
        del self._held[:n_bytes]
        size = math.ceil(STEP * self._stream.sample_rate)
        events = []
        for start in range(0, len(samples), size):
            events += await self._service.workers.run("live", self._push, samples[start : start + size])
        self._service.metrics.sound.labels("live").inc(len(samples) / self._stream.sample_rate)
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

    @property
    def _n_held(self) -> int:
        return len(self._held) // self._dtype.itemsize

    def _is_due(self, n_held: int) -> bool:
        """Tell whether an event is due, once so many more samples are heard."""
        return self._stream.duration + n_held / self._stream.sample_rate >= self._told_until + STEP
