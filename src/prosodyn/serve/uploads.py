"""The recordings of a request, in files that are gone when it is answered."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

from fastapi import Query, Request

from prosodyn.formats.text import one_line
from prosodyn.serve.answers import Upload, own_name
from prosodyn.serve.forms import FIELD, Form
from prosodyn.serve.parameters import refuse_without_effect
from prosodyn.serve.problems import Problem, unavailable
from prosodyn.serve.service import Service

BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": [FIELD],
                "properties": {FIELD: {"type": "array", "items": {"type": "string", "format": "binary"}}},
            }
        },
        "audio/*": {"schema": {"type": "string", "format": "binary"}},
    },
}
"""What a request with recordings holds, for the description of the service."""

Name = Annotated[str, Query(description="of the recording that is the body of the request")]

_FORM, _RAW = "multipart/form-data", ("audio/", "video/", "application/octet-stream", "application/ogg")
_AT_ONCE = 1_000_000  # bytes of a request that are written in the event loop: a thread for each takes longer


@asynccontextmanager
async def uploads(request: Request, service: Service, name: str = "") -> AsyncIterator[list[Upload]]:
    """Take the recordings of a request, and remove them in the end.

    They come as files of a form (`multipart/form-data`, each in a field `file`), or as the request's body,
    of a type `audio/…`.

    Args:
        request: that brings them
        service: that is asked
        name: of a recording that is the request's body

    Raises:
        Problem: none, too many, too large, or of another type; or the service has no room for them
        ClientDisconnect: the sender has gone
    """
    _refuse_coded(request)
    written: list[Path] = []

    def new_path() -> Path:
        written.append(service.place.new())
        return written[-1]

    try:
        with service.admit_upload():
            try:
                taken = await _take(request, name, new_path, service.settings.max_files)
            except OSError as fault:
                raise unavailable("there is no room for what is sent", 60) from fault
        yield taken
    finally:
        for path in written:
            path.unlink(missing_ok=True)


async def _take(request: Request, name: str, new_path: Callable[[], Path], max_files: int) -> list[Upload]:
    told = request.headers.get("content-type", "")
    kind = told.partition(";")[0].strip().lower()
    if kind == _FORM:
        refuse_without_effect("the recording as the body of the request", name=name)
        form = Form(told, new_path, max_files)
        try:
            await _read(request, form.take)
        finally:
            form.close()
        return form.end()
    if kind.startswith(_RAW):
        upload = Upload(own_name(name), new_path())
        with upload.path.open("wb", buffering=0) as file:
            await _read(request, file.write)
        return [upload]
    raise Problem(415, f"no recordings in a body of type '{one_line(kind)[:100]}'; send {_FORM} or audio/*")


async def _read(request: Request, take: Callable[[bytes], object]) -> None:
    n_bytes = 0
    async for piece in request.stream():
        n_bytes += len(piece)
        if n_bytes <= _AT_ONCE:
            take(piece)
        else:
            await asyncio.to_thread(take, piece)


def _refuse_coded(request: Request) -> None:
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    if coding != "identity":
        raise Problem(415, f"no body is decoded from '{one_line(coding)[:100]}'; send it as it is")
