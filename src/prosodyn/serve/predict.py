"""`POST /v1/predict`: recordings in, answers out, while the sender waits."""

from pathlib import PurePath
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from prosodyn.errors import OutputError
from prosodyn.formats import TIMELINE_FORMATS, Failure, Outcome, entry, render, to_csv
from prosodyn.formats.as_json import one_line_of_json
from prosodyn.formats.timelines.outcome import TimelineOutcome
from prosodyn.inference import TimelineSettings
from prosodyn.serve.answering import each_of, follow_one, in_time, predict_one
from prosodyn.serve.parameters import refuse_unknown, refuse_without_effect
from prosodyn.serve.problems import Problem
from prosodyn.serve.schema import FailureModel, PredictionModel, TimelineModel
from prosodyn.serve.service import Asked
from prosodyn.serve.uploads import BODY, Name, uploads

Format = Literal["json", "jsonl", "csv", "srt", "vtt", "rttm", "textgrid", "audacity"]

MEDIA_TYPES: dict[str, str] = {
    "json": "application/json",
    "jsonl": "application/jsonl",
    "csv": "text/csv; charset=utf-8",
    "srt": "application/x-subrip",
    "vtt": "text/vtt; charset=utf-8",
}
"""Of the formats that have one; the others are plain text."""

_PLAIN = "text/plain; charset=utf-8"

_LONGEST_STEM = 100  # characters of the name of a download

TEXTS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            media.partition(";")[0]: {"schema": {"type": "string"}}
            for media in (*MEDIA_TYPES.values(), _PLAIN)
            if media != MEDIA_TYPES["json"]
        }
    }
}
"""Answers in other formats than JSON, for the description of the service."""

Window = Annotated[float | None, Query(description="seconds of a timeline that are answered at a time")]
Hop = Annotated[float | None, Query(description="seconds from one window to the next; half a window")]
AnySound = Annotated[bool, Query(description="answer music and noise as well, as if somebody spoke")]

router = APIRouter(dependencies=[Depends(refuse_unknown)])


@router.post(
    "/v1/predict",
    response_model=list[PredictionModel | TimelineModel | FailureModel],  # type: ignore[valid-type]
    responses=TEXTS,
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
    name: Name = "",
) -> Response:
    """Answer each recording, in order.

    Several that fail in part are answered by 200, with `file` and `error` in the place of the failed ones;
    one alone that fails is a problem. With `timeline`, each answer is a timeline; so is, without it, that
    of a recording of more than a minute.
    """
    if not timeline and format not in {"json", "csv"}:
        raise Problem(400, f"the format {format} is one of timelines; add timeline=true, or take json or csv")
    if not timeline:
        refuse_without_effect("timeline=true", window=window, hop=hop, any_sound=any_sound)
    settings = settings_from(window, hop)
    async with uploads(request, service, name) as sent:
        if timeline and len(sent) > 1:
            _refuse_several(format)
        with service.admit_request():
            if timeline:
                followed = each_of(sent, lambda one: follow_one(service, one, settings, any_sound), service)
                return _told_timelines(await in_time(request, followed, service), format)
            predicted = each_of(sent, lambda one: predict_one(service, one, format == "csv"), service)
            return _told(await in_time(request, predicted, service), format)


def settings_from(window: float | None, hop: float | None) -> TimelineSettings:
    """Return the settings that two parameters stand for.

    Raises:
        ConfigError: out of range
    """
    window = TimelineSettings().window if window is None else window
    return TimelineSettings(window=window, hop=window / 2 if hop is None else hop)


def _refuse_several(form: str) -> None:
    """Raise, before any work, where a format holds the timeline of one recording."""
    if form != "json" and TIMELINE_FORMATS[form].many is None:
        holders = ", ".join(each.name for each in TIMELINE_FORMATS.values() if each.many)
        raise Problem(400, f"{form} holds the timeline of one recording; send one, or take one of {holders}")


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
    headers = {"Content-Disposition": f"attachment; {_file_name(outcomes, TIMELINE_FORMATS[form].suffix)}"}
    return Response(text, headers=headers, media_type=MEDIA_TYPES.get(form, _PLAIN))


def _file_name(outcomes: list[TimelineOutcome], suffix: str) -> str:
    """Return how a download is called: as its recording where it is one, in letters that are safe."""
    stem = PurePath(outcomes[0].source).stem if len(outcomes) == 1 else "timelines"
    kept = "".join(each if each.isalnum() or each in "-_. " else "_" for each in stem).strip(". ")
    name = (kept or "timeline")[:_LONGEST_STEM] + suffix
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return f'filename="{plain}"' + ("" if name.isascii() else f"; filename*=UTF-8''{quote(name)}")


def _entry(outcome: Outcome | TimelineOutcome) -> dict[str, Any]:
    if isinstance(outcome, Failure):
        return {"file": outcome.source, "error": str(outcome.error)}
    return entry(outcome)


def json_array(entries: list[dict[str, Any]]) -> Response:
    """Return entries as they are, without a second look at what the library made."""
    text = "[" + ",\n".join(map(one_line_of_json, entries)) + "]\n"
    return Response(text, media_type=MEDIA_TYPES["json"])
