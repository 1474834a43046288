"""`/v1/live`: sound by WebSocket as it is made, timelines back as they grow."""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, WebSocket, WebSocketDisconnect
from fastapi.exceptions import WebSocketRequestValidationError

from prosodyn.errors import ProsodynError
from prosodyn.serve.inbox import Message
from prosodyn.serve.observed import note_fault
from prosodyn.serve.parameters import refuse_unknown
from prosodyn.serve.predict import AnySound, Hop, Window, settings_from
from prosodyn.serve.problems import Problem, own_fault, problem_of
from prosodyn.serve.service import Asked, Service
from prosodyn.serve.session import Encoding, Session

_CODES = {429: 1013, 503: 1012, 500: 1011}
"""Status of a problem to the code that closes a stream; that of all others is 1008, a broken rule."""

router = APIRouter()


@router.websocket("/v1/live")
async def live(  # noqa: PLR0917 - a route's parameters are a request's
    socket: WebSocket,
    service: Asked,
    rate: Annotated[int, Query()] = 16_000,
    encoding: Annotated[Encoding, Query()] = "s16le",
    window: Window = None,
    hop: Hop = None,
    any_sound: AnySound = False,
    token: Annotated[str, Query()] = "",  # noqa: ARG001 - the guard has looked at it
) -> None:
    """Hear one channel of raw samples in binary messages of any size, until the text message `end`."""
    await socket.accept()
    try:
        refuse_unknown(socket)
        with service.admit_stream():
            settings = settings_from(window, hop)
            stream = service.recogniser.stream(rate, settings, any_sound=any_sound, source="live")
            await socket.send_json({"type": "ready", "labels": service.recogniser.labels, "rate": rate})
            await _converse(socket, service, Session(service, stream, encoding))
    except WebSocketDisconnect:
        return
    except Exception as fault:  # noqa: BLE001 - whatever it is, the sender is told
        await _refuse(socket, _problem(fault))


@router.get("/v1/live", include_in_schema=False)
async def no_stream() -> None:
    """Say what is to be opened here."""
    raise Problem(426, "a WebSocket is opened here; see /docs", {"Upgrade": "websocket"})


async def refuse_invalid(socket: WebSocket, fault: Exception) -> None:
    """Tell what is wrong with the parameters of a stream."""
    assert isinstance(fault, WebSocketRequestValidationError)
    told = [f"{each['loc'][-1]}: {each['msg']}" for each in fault.errors()]
    await socket.accept()
    await _refuse(socket, Problem(422, "; ".join(told)[:500]))


def _problem(fault: Exception) -> Problem:
    """Return what to tell of a fault; one of ours is logged."""
    if isinstance(fault, Problem):
        return fault
    problem = problem_of(fault) if isinstance(fault, ProsodynError) else own_fault()
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        note_fault("a live stream", fault)
    return problem


async def _converse(socket: WebSocket, service: Service, session: Session) -> None:
    """Hear what is sent until somebody ends it: the sender, a long silence, or the service."""
    while not service.is_stopping and (message := await _next(socket, service, session)) is not None:
        for event in await session.hear(message["bytes"], message["since"]):
            await socket.send_json(event)
        if session.seconds >= service.settings.max_stream_seconds:
            for event in (await session.end())[:-1]:
                await socket.send_json(event)
            told = f"lasts more than {service.settings.max_stream_seconds:g} s; open another stream"
            raise Problem(413, told)
    for event in await session.end():
        await socket.send_json(event)
    await socket.close(1012 if service.is_stopping else 1000)


async def _next(socket: WebSocket, service: Service, session: Session) -> Message | None:
    """Return the next message of samples; None where the sender ends it, or the service is told to stop.

    Raises:
        WebSocketDisconnect: the sender has gone
        Problem: no sound came for long, or something that is none
    """
    until = session.heard_at + service.settings.stream_timeout
    try:
        async with asyncio.timeout_at(until) as patience:
            service.patience.add(patience)
            try:
                message = await socket.receive()
            finally:
                service.patience.discard(patience)
    except TimeoutError:
        if service.is_stopping:
            return None
        told = f"no sound came for {service.settings.stream_timeout:g} s; open another stream"
        raise Problem(408, told) from None
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    if "bytes" in message:
        return message
    if message["text"].strip() != "end":
        raise Problem(400, "not understood; send samples as binary messages, and 'end' as text")
    return None


async def _refuse(socket: WebSocket, problem: Problem) -> None:
    """Tell why a stream ends; whoever is gone already need not know."""
    event: dict[str, Any] = problem.body() | {"type": "problem"}
    with suppress(RuntimeError, WebSocketDisconnect):
        await socket.send_json(event)
        await socket.close(_CODES.get(problem.status, 1008))
