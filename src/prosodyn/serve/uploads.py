"""The recordings of a request, in files that are gone when it is answered."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException

from prosodyn.formats.text import one_line
from prosodyn.serve.answers import Upload
from prosodyn.serve.problems import Problem
from prosodyn.serve.settings import ServeSettings

BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
            }
        },
        "audio/*": {"schema": {"type": "string", "format": "binary"}},
    },
}
"""What a request with recordings holds, for the description of the service."""

_FORM, _RAW = "multipart/form-data", ("audio/", "video/", "application/octet-stream", "application/ogg")
_LONGEST_NAME = 200  # characters; more helps nobody to tell recordings apart


@asynccontextmanager
async def uploads(request: Request, settings: ServeSettings) -> AsyncIterator[list[Upload]]:
    """Take the recordings of a request, and remove them in the end.

    They come as files of a form (`multipart/form-data`, each in a field `file`), or as the request's body,
    of a type `audio/…`, named by the parameter `name`.

    Raises:
        Problem: none, too many, too large, or of another type
    """
    folder = Path(tempfile.mkdtemp(prefix="prosodyn-"))
    try:
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == _FORM:
            taken = await _of_form(request, folder, settings)
        elif kind.startswith(_RAW):
            taken = [await _of_body(request, folder)]
        else:
            raise Problem(415, f"no recordings in a body of type '{one_line(kind)}'; send {_FORM} or audio/*")
        yield taken
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _of_form(request: Request, folder: Path, settings: ServeSettings) -> list[Upload]:
    try:
        form = await request.form(max_files=settings.max_files, max_fields=settings.max_files)
    except MultiPartException as fault:
        raise Problem(400, f"the form cannot be read: {one_line(fault.message)}") from fault
    try:
        sent = [each for each in form.getlist("file") if isinstance(each, UploadFile)]
        if not sent:
            raise Problem(400, "no recording in the form; send each in a field 'file', with its file name")
        taken = []
        for number, each in enumerate(sent):
            path = folder / str(number)
            await asyncio.to_thread(_copy, each, path)
            taken.append(Upload(_name(each.filename), path))
        return taken
    finally:
        await form.close()


def _copy(sent: UploadFile, path: Path) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(sent.file, file)


async def _of_body(request: Request, folder: Path) -> Upload:
    path = folder / "0"
    with path.open("wb") as file:
        async for piece in request.stream():
            file.write(piece)
    return Upload(_name(request.query_params.get("name")), path)


def _name(given: str | None) -> str:
    """Return the sender's name for a recording, without folders, on one line."""
    name = one_line((given or "").replace("\\", "/").rpartition("/")[2])[:_LONGEST_NAME]
    return name or "recording"
