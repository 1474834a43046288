"""`/v1/jobs`: hour-long recordings, with progress, and an answer to be fetched when it is there."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from prosodyn.formats import entry
from prosodyn.serve.answers import Upload
from prosodyn.serve.jobs import Job
from prosodyn.serve.parameters import refuse_unknown
from prosodyn.serve.predict import TEXTS, AnySound, Format, Hop, Window, in_format, json_array, settings_from
from prosodyn.serve.problems import Problem
from prosodyn.serve.schema import JobModel, TimelineModel
from prosodyn.serve.service import Asked
from prosodyn.serve.uploads import BODY, Name, uploads

router = APIRouter(dependencies=[Depends(refuse_unknown)])

_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events of the kinds `progress` and `end`, each a Job; the last holds the answer.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.post("/v1/jobs", status_code=202, response_model=JobModel, openapi_extra={"requestBody": BODY})
async def begin(  # noqa: PLR0917 - a route's parameters are a request's
    request: Request,
    service: Asked,
    window: Window = None,
    hop: Hop = None,
    any_sound: AnySound = False,
    name: Name = "",
) -> Response:
    """Take a recording of any length, and follow it when its turn comes.

    What is told of the job is at the address that `Location` names.
    """
    settings = settings_from(window, hop)
    service.jobs.refuse_more()
    async with uploads(request, service, name) as sent:
        if len(sent) != 1:
            raise Problem(400, f"a job follows one recording, not {len(sent)}; send a job for each")
        service.jobs.refuse_more()
        # under a name of its own it outlives its request
        kept = Upload(sent[0].name, sent[0].path.rename(service.place.new()))
    job = Job(kept, settings, any_sound)
    service.jobs.begin(job)
    return JSONResponse(told(job), 202, {"Location": f"/v1/jobs/{job.id}"})


@router.get("/v1/jobs/{identifier}", response_model=JobModel)
async def look(identifier: str, service: Asked) -> Response:
    """Say how far a job is; the answer is part of it once it is there."""
    return JSONResponse(told(service.jobs.find(identifier)))


@router.get(
    "/v1/jobs/{identifier}/timeline",
    response_model=list[TimelineModel],  # type: ignore[valid-type]
    responses=TEXTS,
)
async def fetch(
    identifier: str,
    service: Asked,
    format: Annotated[Format, Query()] = "json",  # noqa: A002 - what senders call it
) -> Response:
    """Give the answer in any format."""
    job = service.jobs.find(identifier)
    if job.problem is not None:
        raise job.problem
    if job.timeline is None:
        raise Problem(409, "the job is not done yet; look at its progress, and come back")
    return json_array([entry(job.timeline)]) if format == "json" else in_format([job.timeline], format)


@router.get("/v1/jobs/{identifier}/events", response_class=StreamingResponse, responses=_EVENTS)
async def events(identifier: str, service: Asked) -> StreamingResponse:
    """Tell of a job's progress as it goes (server-sent events): `progress`, and `end` with the answer."""
    job = service.jobs.find(identifier)
    return StreamingResponse(
        _events(service.jobs.watch(job)), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
    )


@router.delete("/v1/jobs/{identifier}", status_code=204)
async def remove(identifier: str, service: Asked) -> None:
    """Cancel a job, or forget its answer."""
    service.jobs.remove(identifier)


def told(job: Job, *, with_answer: bool = True) -> dict[str, Any]:
    """Return what is told of a job, as `JobModel` describes it."""
    has_answer = with_answer and job.timeline is not None
    return {
        "id": job.id,
        "file": job.name,
        "state": job.state,
        "done": round(job.done, 3),
        "total": job.total,
        "timeline": entry(job.timeline) if has_answer else None,
        "problem": None if job.problem is None else job.problem.body(),
    }


async def _events(job_as_it_goes: AsyncIterator[Job]) -> AsyncIterator[str]:
    async for job in job_as_it_goes:
        kind = "end" if job.is_over else "progress"
        yield f"event: {kind}\ndata: {json.dumps(told(job, with_answer=job.is_over))}\n\n"
