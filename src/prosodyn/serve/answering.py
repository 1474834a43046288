"""From the recordings of a request to their answers, for as long as somebody waits for them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from http import HTTPStatus
from threading import Event
from typing import Any, Literal, TypeVar

from fastapi import Request
from starlette.requests import ClientDisconnect

from prosodyn.errors import ProsodynError
from prosodyn.formats import Failure
from prosodyn.inference import TimelineSettings
from prosodyn.inference.clip import LONG
from prosodyn.serve.answers import TooLongError, Upload, declared_seconds, follow, hear, too_long
from prosodyn.serve.problems import Problem, problem_of, unavailable
from prosodyn.serve.service import Service
from prosodyn.timeline import Timeline
from prosodyn.types import Prediction

Answer = TypeVar("Answer")

_OF_ALL = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.INTERNAL_SERVER_ERROR)
"""Statuses that are those of a request with several recordings, whichever of them they come of."""


async def in_time(request: Request, working: Coroutine[Any, Any, Answer], service: Service) -> Answer:
    """Return what comes of some work, unless it takes too long, or whoever asked leaves before.

    Raises:
        Problem: it takes too long
        ClientDisconnect: nobody waits for it
    """
    tasks = (asyncio.create_task(working), asyncio.create_task(_left(request)))
    try:
        longest = service.settings.answer_timeout
        done, _ = await asyncio.wait(tasks, timeout=longest, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0] in done:
            return tasks[0].result()
        if done:
            raise ClientDisconnect
        raise unavailable(f"the answer takes longer than {longest:g} s; send less, or a job", 10)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def each_of(
    sent: list[Upload], answer: Callable[[Upload], Awaitable[Answer]], service: Service
) -> list[Any]:
    """Answer every recording, in order; where one alone is sent, its fault is that of the request.

    As many are worked on at a time as there are threads, so that a request with many neither fills the memory
    nor stands before all others.
    """
    if len(sent) == 1:
        return [await answer(sent[0])]
    turn = asyncio.Semaphore(service.settings.n_workers)

    async def answered(upload: Upload) -> Answer | Failure:
        async with turn:
            try:
                return await answer(upload)
            except Problem as problem:
                if problem.status in _OF_ALL:
                    raise
                return Failure(upload.name, ProsodynError(problem.detail))

    tasks = [asyncio.ensure_future(answered(upload)) for upload in sent]
    try:
        return list(await asyncio.gather(*tasks))
    finally:
        for task in tasks:
            task.cancel()


async def predict_one(service: Service, upload: Upload, needs_whole: bool = False) -> Prediction | Timeline:
    """Return the one answer to a recording; what is longer than a minute gets a timeline.

    Args:
        service: that is asked
        upload: the recording
        needs_whole: a timeline has no place in the answer

    Raises:
        Problem: a recording that cannot be used
    """
    longest = service.settings.max_seconds
    try:
        heard = service.workers.run("reading", hear, upload, min(LONG, longest))
        found = await service.batcher.answer(heard)
    except TooLongError:
        if longest <= LONG:
            raise too_long(longest, upload.name) from None
    except ProsodynError as fault:
        raise problem_of(fault, {str(upload.path): upload.name}) from fault
    else:
        service.metrics.sound.labels("predict").inc(found.duration)
        return found
    if needs_whole:
        told = f"{upload.name}: lasts more than {LONG:g} s, which is answered by a timeline, and the format "
        raise Problem(413, f"{told}holds none; take json, or add timeline=true")
    return await _follow_long(service, upload, TimelineSettings(), any_sound=False)


async def follow_one(
    service: Service, upload: Upload, settings: TimelineSettings, any_sound: bool
) -> Timeline:
    """Return the timeline of a recording.

    A short one does not wait for long ones: how long it is shows when it is read.

    Raises:
        Problem: a recording that cannot be used
    """
    try:
        return await _follow_in("brief", service, upload, settings, any_sound)
    except TooLongError:
        return await _follow_long(service, upload, settings, any_sound)


async def _follow_long(
    service: Service, upload: Upload, settings: TimelineSettings, any_sound: bool
) -> Timeline:
    longest = service.settings.max_seconds
    seconds = await service.workers.run("reading", declared_seconds, upload)
    if seconds is None or seconds <= LONG:  # it was longer when it was heard
        seconds = longest
    if seconds > longest:
        raise too_long(longest, upload.name)
    with service.admit_long(seconds):
        return await _follow_in("steady", service, upload, settings, any_sound)


async def _follow_in(
    pool: Literal["brief", "steady"],
    service: Service,
    upload: Upload,
    settings: TimelineSettings,
    any_sound: bool,
) -> Timeline:
    """Follow a recording in a thread that takes short ones alone, or in one for any.

    Raises:
        TooLongError: it is no short one
        Problem: it cannot be used, or is longer than any may be
    """
    longest, has_left = service.settings.max_seconds, Event()

    def progress(done: float, total: float | None) -> None:
        if has_left.is_set():
            raise ClientDisconnect  # nobody looks at it any more; it ends the thread's work
        seconds = max(done, total or 0.0)
        if seconds > longest:
            raise too_long(longest, upload.name)
        if pool == "brief" and seconds > LONG:
            raise TooLongError

    def work() -> Timeline:
        if pool == "brief":  # told by its header, before anything is computed
            progress(0.0, declared_seconds(upload))
        return follow(service.recogniser, upload, settings, any_sound, progress)

    try:
        found = await service.workers.run(pool, work)
    except ProsodynError as fault:
        raise problem_of(fault, {str(upload.path): upload.name}) from fault
    finally:
        has_left.set()
    service.metrics.sound.labels("timeline").inc(found.duration)
    return found
