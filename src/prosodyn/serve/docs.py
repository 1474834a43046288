"""`/docs`: the description of the service for people, with assets of its own."""

from importlib.resources import files
from pathlib import Path

import swagger_ui_bundle
from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from starlette.responses import FileResponse

from prosodyn.serve.problems import Problem

router = APIRouter(include_in_schema=False)

ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
}
"""Of the viewer, and their types."""


@router.get("/docs", response_class=HTMLResponse)
async def docs() -> Response:
    """Show what can be asked."""
    return HTMLResponse(files("prosodyn.serve").joinpath("page", "docs.html").read_text("utf-8"))


@router.get("/docs/{name}")
async def asset(name: str) -> Response:
    """Give a part of the viewer."""
    if name not in ASSETS:
        raise Problem(404, "there is no such page; look at /docs")
    folder = Path(next(iter(swagger_ui_bundle.__path__)), "vendor")
    found = next(folder.glob(f"*/{name}"), None)
    if found is None:
        raise Problem(404, "the viewer is not installed; read /openapi.json instead")
    return FileResponse(found, media_type=ASSETS[name])
