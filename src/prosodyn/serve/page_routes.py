"""`/`: the page for people, and its parts."""

from importlib.resources import files

from fastapi import APIRouter
from fastapi.responses import Response

from prosodyn.serve.problems import Problem

router = APIRouter(include_in_schema=False)

KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Of the parts of the page, by their endings."""

_PARTS = {each.name: each for each in files("prosodyn.serve").joinpath("page").iterdir()}


@router.get("/")
async def page() -> Response:
    """Show the page."""
    return _part("index.html")


@router.get("/favicon.ico")
async def icon() -> Response:
    """Give the page's sign to whoever asks for it under its old name."""
    return _part("icon.svg")


@router.get("/page/{name}")
async def part(name: str) -> Response:
    """Give a part of the page."""
    return _part(name)


def _part(name: str) -> Response:
    if name not in _PARTS:
        raise Problem(404, "there is no such page; begin at /")
    kind = KINDS[f".{name.rpartition('.')[2]}"]
    return Response(_PARTS[name].read_bytes(), media_type=kind, headers={"Cache-Control": "no-cache"})
