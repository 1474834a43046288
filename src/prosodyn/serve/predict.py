"""`POST /v1/predict`: recordings in, answers out, while the sender waits."""

import asyncio
import time
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from prosodyn.errors import BundleError, OutputError, ProsodynError
from prosodyn.formats import TIMELINE_FORMATS, Failure, Outcome, entry, render, to_csv
from prosodyn.formats.timelines.outcome import TimelineOutcome
from prosodyn.inference import TimelineSettings
from prosodyn.serve.answers import Upload, follow, hear, refuse_longer
from prosodyn.serve.problems import Problem, problem_of, without_paths
from prosodyn.serve.schema import FailureModel, PredictionModel, TimelineModel
from prosodyn.serve.service import Asked, Service
from prosodyn.serve.uploads import BODY, uploads
from prosodyn.timeline import Timeline
from prosodyn.types import Prediction

Format = Literal["json", "jsonl", "csv", "srt", "vtt", "rttm", "textgrid", "audacity"]

MEDIA_TYPES: dict[str, str] = {
    "json": "application/json",
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8",
    "srt": "application/x-subrip",
    "vtt": "text/vtt; charset=utf-8",
}
"""Of the formats that have one; the others are plain text."""

Window = Annotated[float | None, Query(description="seconds of a timeline that are answered at a time")]
Hop = Annotated[float | None, Query(description="seconds from one window to the next; half a window")]
AnySound = Annotated[bool, Query(description="answer music and noise as well, as if somebody spoke")]

router = APIRouter()


@router.post(
    "/v1/predict",
    response_model=list[PredictionModel | FailureModel] | list[TimelineModel | FailureModel],  # type: ignore[valid-type]
    openapi_extra={"requestBody": BODY},
    summary="Recognise the emotion in recordings",
)
async def predict(  # noqa: PLR0917 - a route's parameters are a request's
    request: Request,
    service: Asked,
    timeline: Annotated[bool, Query(description="answer moment by moment")] = False,
    format: Format = "json",  # noqa: A002 - what senders call it
    window: Window = None,
    hop: Hop = None,
    any_sound: AnySound = False,
) -> Response:
    """Answer each recording, in order.

    Several that fail in part are answered by 200, with `file` and `error` in the place of the failed ones;
    one alone that fails is a problem. With `timeline`, each answer is a timeline.
    """
    if not timeline and format not in {"json", "csv"}:
        raise Problem(400, f"the format {format} is one of timelines; add timeline=true, or take json or csv")
    settings = settings_from(window, hop)
    started = time.monotonic()
    with service.admit_request():
        async with uploads(request, service.settings) as sent:
            if timeline:
                followed = await _each(sent, lambda upload: _follow(service, upload, settings, any_sound))
                answer = _told_timelines(followed, format)
            else:
                answer = _told(await _each(sent, lambda upload: _predict(service, upload)), format)
        service.metrics.took(time.monotonic() - started)
    return answer


def settings_from(window: float | None, hop: float | None) -> TimelineSettings:
    """Return the settings that two parameters stand for.

    Raises:
        ConfigError: out of range
    """
    window = TimelineSettings().window if window is None else window
    return TimelineSettings(window=window, hop=window / 2 if hop is None else hop)


async def _each(sent: list[Upload], answer: Any) -> list[Any]:
    """Answer every recording; where one alone is sent, its fault is that of the request."""
    if len(sent) == 1:
        return [await answer(sent[0])]
    found = await asyncio.gather(*map(answer, sent), return_exceptions=True)
    return [_failed(upload, each) for upload, each in zip(sent, found, strict=True)]


def _failed(upload: Upload, found: Any) -> Any:
    if isinstance(found, Problem):
        return Failure(upload.name, ProsodynError(found.detail))
    if isinstance(found, ProsodynError) and not isinstance(found, BundleError):
        told = without_paths(str(found), {str(upload.path): upload.name})
        return Failure(upload.name, ProsodynError(told))
    if isinstance(found, BaseException):
        raise found
    return found


async def _predict(service: Service, upload: Upload) -> Prediction:
    try:
        clip = await service.workers.run(hear, upload, service.settings.max_seconds)
        prediction = await service.batcher.answer(clip)
    except ProsodynError as fault:
        raise problem_of(fault, {str(upload.path): upload.name}) from fault
    service.metrics.sound.labels("predict").inc(clip.duration)
    return prediction


async def _follow(service: Service, upload: Upload, settings: TimelineSettings, any_sound: bool) -> Timeline:
    def progress(done: float, _total: float | None) -> None:
        refuse_longer(done, service.settings.max_seconds, upload.name)

    try:
        found = await service.workers.run(follow, service.recogniser, upload, settings, any_sound, progress)
    except ProsodynError as fault:
        raise problem_of(fault, {str(upload.path): upload.name}) from fault
    service.metrics.sound.labels("timeline").inc(found.duration)
    return found


def _told(outcomes: list[Outcome], form: str) -> Response:
    if form == "csv":
        return Response(to_csv(outcomes), media_type=MEDIA_TYPES["csv"])
    return json_array([_entry(each) for each in outcomes])


def _told_timelines(outcomes: list[TimelineOutcome], form: str) -> Response:
    if form == "json":
        return json_array([_entry(each) for each in outcomes])
    return in_format(outcomes, form)


def in_format(outcomes: list[TimelineOutcome], form: str) -> Response:
    """Return timelines in a format of `formats`.

    Raises:
        Problem: the format holds the timeline of one recording
    """
    try:
        text = render(outcomes, form)
    except OutputError as fault:
        raise Problem(400, str(fault)) from fault
    suffix = TIMELINE_FORMATS[form].suffix
    headers = {"Content-Disposition": f'attachment; filename="timeline{suffix}"'}
    return Response(text, headers=headers, media_type=MEDIA_TYPES.get(form, "text/plain; charset=utf-8"))


def _entry(outcome: Outcome | Timeline) -> dict[str, Any]:
    if isinstance(outcome, Failure):
        return {"file": outcome.source, "error": str(outcome.error)}
    return entry(outcome)


def json_array(entries: list[dict[str, Any]]) -> Response:
    """Return entries as they are, without a second look at what the library made."""
    from prosodyn.formats.as_json import one_line_of_json

    text = "[" + ",\n".join(map(one_line_of_json, entries)) + "]\n"
    return Response(text, media_type=MEDIA_TYPES["json"])
