"""`/v1/live`: sound by WebSocket as it is made, timelines back as they grow."""

import asyncio
from contextlib import suppress
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from numpy.typing import NDArray

from prosodyn.errors import ProsodynError
from prosodyn.formats import entry
from prosodyn.inference import Stream
from prosodyn.serve.predict import AnySound, Hop, Window, settings_from
from prosodyn.serve.problems import Problem, problem_of
from prosodyn.serve.service import Asked, Service
from prosodyn.timeline import Segment

Encoding = Literal["s16le", "f32le"]

STEP = 0.5
"""Seconds of sound from one event to the next, where nothing is settled in between."""

_PIECE = 1.0  # seconds that are heard at a time, so that nobody's long piece makes the others wait
_CODES = {400: 1007, 422: 1007, 429: 1013, 503: 1012, 500: 1011}
_DTYPES: dict[str, np.dtype[Any]] = {"s16le": np.dtype("<i2"), "f32le": np.dtype("<f4")}

router = APIRouter()


class Pieces:
    """Bytes in pieces of any size, as samples; what is no whole sample waits for the rest of it."""

    def __init__(self, encoding: Encoding) -> None:
        """Begin."""
        self._dtype = _DTYPES[encoding]
        self._rest = b""

    def take(self, piece: bytes) -> NDArray[Any]:
        """Return the samples that are whole by now, `(time,)`."""
        held = self._rest + piece
        n_whole = len(held) - len(held) % self._dtype.itemsize
        self._rest = held[n_whole:]
        return np.frombuffer(held[:n_whole], self._dtype)


class Session:
    """A live stream: pushes samples, and says what is to be told.

    A sender who is faster than the service is slowed down: nothing is read while a piece is heard, and
    nothing is heard while an event is on its way.
    """

    def __init__(self, service: Service, stream: Stream, encoding: Encoding) -> None:
        """Take a stream that has just begun."""
        self._service, self._stream, self._pieces = service, stream, Pieces(encoding)
        self._told_until = 0.0

    async def hear(self, piece: bytes) -> list[dict[str, Any]]:
        """Return the events that come of a piece.

        Raises:
            InvalidSamplesError: as `Stream.push`
        """
        samples = self._pieces.take(piece)
        size = max(1, round(_PIECE * self._stream.sample_rate))
        events = []
        for start in range(0, len(samples), size):
            part = samples[start : start + size]
            events += await self._service.workers.run(self._push, part)
        self._service.metrics.sound.labels("live").inc(len(samples) / self._stream.sample_rate)
        return events

    async def end(self) -> list[dict[str, Any]]:
        """Return the last events, with all that is left."""
        settled = await self._service.workers.run(self._stream.flush)
        return [self._event(settled, ()), {"type": "end", "heard": self._stream.duration}]

    def _push(self, samples: NDArray[Any]) -> list[dict[str, Any]]:
        settled = self._stream.push(samples)
        if not settled and self._stream.duration < self._told_until + STEP:
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


@router.websocket("/v1/live")
async def live(  # noqa: PLR0917 - a route's parameters are a request's
    socket: WebSocket,
    service: Asked,
    rate: Annotated[int, Query()] = 16_000,
    encoding: Annotated[Encoding, Query()] = "s16le",
    window: Window = None,
    hop: Hop = None,
    any_sound: AnySound = False,
) -> None:
    """Hear one channel of raw samples in binary messages of any size, until the text message `end`."""
    await socket.accept()
    try:
        with service.admit_stream():
            settings = settings_from(window, hop)
            stream = service.recogniser.stream(rate, settings, any_sound=any_sound, source="live")
            await socket.send_json({"type": "ready", "labels": service.recogniser.labels, "rate": rate})
            await _converse(socket, service, Session(service, stream, encoding))
    except WebSocketDisconnect:
        return
    except ProsodynError as fault:
        await _refuse(socket, problem_of(fault))
    except Problem as problem:
        await _refuse(socket, problem)


async def _converse(socket: WebSocket, service: Service, session: Session) -> None:
    """Hear what is sent until somebody ends it: the sender, a long silence, or the service."""
    while True:
        message = await _next(socket, service)
        if message is None:
            break
        piece = message.get("bytes")
        if piece is None:
            if (message.get("text") or "").strip() == "end":
                break
            raise Problem(400, "not understood; send samples as binary messages, and 'end' as text")
        for event in await session.hear(piece):
            await socket.send_json(event)
    for event in await session.end():
        await socket.send_json(event)
    await socket.close(1012 if service.stopping.is_set() else 1000)


async def _next(socket: WebSocket, service: Service) -> Any:
    """Return the next message; None where the service is told to stop first.

    Raises:
        WebSocketDisconnect: the sender has gone
        Problem: nothing came for long
    """
    receiving = asyncio.ensure_future(socket.receive())
    stopping = asyncio.ensure_future(service.stopping.wait())
    try:
        patience = service.settings.stream_timeout
        await asyncio.wait({receiving, stopping}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        if receiving.done():
            message = receiving.result()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            return message
        if service.stopping.is_set():
            return None
        raise Problem(400, f"nothing came for {patience:g} s; open another stream")
    finally:
        for task in (receiving, stopping):
            task.cancel()
            with suppress(asyncio.CancelledError, RuntimeError):
                await task


async def _refuse(socket: WebSocket, problem: Problem) -> None:
    """Tell why a stream ends; whoever is gone already need not know."""
    with suppress(RuntimeError, WebSocketDisconnect):
        await socket.send_json(problem.body() | {"type": "problem"})
        await socket.close(_CODES.get(problem.status, 1008))
