"""The application: the routes, what stands before them, and what every mistake is answered with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from prosodyn import __version__
from prosodyn.errors import ProsodynError
from prosodyn.formats.text import one_line
from prosodyn.inference import Recogniser
from prosodyn.serve import about, docs, job_routes, live, page_routes, predict
from prosodyn.serve.guard import Guard
from prosodyn.serve.heads import Heads
from prosodyn.serve.intake import Intake
from prosodyn.serve.observed import Observed, note_fault
from prosodyn.serve.problems import Problem, own_fault, problem_of
from prosodyn.serve.schema import ProblemModel
from prosodyn.serve.service import Service, build_service
from prosodyn.serve.settings import ServeSettings

DESCRIPTION = """\
Emotions in speech: of recordings, of hour-long ones as jobs, and of live sound at the WebSocket `/v1/live`
(one channel of raw samples, `s16le` or `f32le`, in binary messages of any size; `end` as text ends it;
events are JSON of the type `ready`, `timeline`, `end` or `problem`).

It knows acted emotion, as in the recordings that it learnt from, and is not for decisions about people.
"""

_ROUTERS = tuple(room.router for room in (predict, job_routes, live, about, docs, page_routes))

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": ProblemModel, "content": {"application/problem+json": {}}}
    for status in (400, 401, 403, 404, 408, 409, 413, 415, 421, 422, 429, 503)
}


def create_app(recogniser: Recogniser, settings: ServeSettings | None = None) -> FastAPI:
    """Return the application that serves a recogniser.

    Args:
        recogniser: that answers; one that follows a speaker answers as if everybody were that speaker
        settings: what is allowed
    """
    settings = settings or ServeSettings()
    service = build_service(recogniser, settings)
    app = FastAPI(
        title="prosodyn",
        version=__version__,
        description=DESCRIPTION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=_PROBLEMS,
    )
    app.state.service = service
    app.openapi = docs.described(app, needs_token=bool(settings.token))  # type: ignore[method-assign]
    for router in _ROUTERS:
        app.include_router(router)
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(ProsodynError, _answer_fault)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)
    app.add_exception_handler(WebSocketRequestValidationError, live.refuse_invalid)
    # the last one that is added is the first that sees a request
    app.add_middleware(Heads)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(Intake, settings=settings)
    routes = [route for router in _ROUTERS for route in router.routes]
    app.add_middleware(Observed, metrics=service.metrics, routes=routes)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    service: Service = app.state.service
    service.start()
    try:
        yield
    finally:
        await service.stop()


async def _answer_problem(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, Problem)
    if fault.status == own_fault().status:
        note_fault("a request", fault.__cause__ or fault)
    return fault.response()


async def _answer_fault(request: Request, fault: Exception) -> Response:
    assert isinstance(fault, ProsodynError)
    problem = problem_of(fault)
    problem.__cause__ = fault
    return await _answer_problem(request, problem)


async def _answer_invalid(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, RequestValidationError)
    told = [f"{'.'.join(map(str, each['loc'][1:]))}: {each['msg']}" for each in fault.errors()]
    return Problem(422, one_line("; ".join(told))[:500] + "; see /docs").response()


async def _answer_http(_request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    told = {404: "there is nothing here; see /docs", 405: "not by this method; see /docs"}
    detail = told.get(fault.status_code, str(fault.detail))
    return Problem(fault.status_code, detail, fault.headers).response()
