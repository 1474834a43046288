"""`/docs`: the description of the service for people, with assets of its own."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import swagger_ui_bundle
from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter
from starlette.responses import FileResponse

from prosodyn.serve.guard import GUARDED
from prosodyn.serve.problems import MEDIA_TYPE, Problem
from prosodyn.serve.schema import LiveEvent

router = APIRouter(include_in_schema=False)

ASSETS = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
}
"""Of the viewer, and their types."""

_TOKEN = "token"
_VERSION = "3.0.3"  # of OpenAPI; the viewer reads no later one
_SCHEMAS = "#/components/schemas/{model}"


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


def described(app: FastAPI, needs_token: bool) -> Callable[[], dict[str, Any]]:
    """Return what gives the description of an application, made when it is first asked for.

    Args:
        app: with all of its routes
        needs_token: whether requests must bring one; else they may
    """

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            told = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                openapi_version=_VERSION,
            )
            # no route tells of a WebSocket's events
            events = TypeAdapter(LiveEvent).json_schema(ref_template=_SCHEMAS)
            told["components"]["schemas"] |= events.pop("$defs") | {"LiveEvent": events}
            told["components"]["securitySchemes"] = {_TOKEN: {"type": "http", "scheme": "bearer"}}
            for path, methods in told["paths"].items():
                for method in methods.values():
                    if path.startswith(GUARDED):
                        method["security"] = [{_TOKEN: []}] if needs_token else [{}, {_TOKEN: []}]
                    _name_problems(method["responses"])
            app.openapi_schema = _as_3_0(told)
        return app.openapi_schema

    return describe


def _name_problems(responses: dict[str, Any]) -> None:
    """Tell problems by their own type of media alone."""
    for response in responses.values():
        content = response.get("content", {})
        if MEDIA_TYPE in content:
            del content[MEDIA_TYPE]  # it has none of its own; the schema stands by the type of what succeeds
            (described,) = content.values()
            response["content"] = {MEDIA_TYPE: described}


def _as_3_0(told: Any) -> Any:
    """Return a description of the version 3.1 in the words of 3.0, where nothing may be of the type null."""
    if isinstance(told, list):
        return [_as_3_0(each) for each in told]
    if not isinstance(told, dict):
        return told
    told = {key: _as_3_0(value) for key, value in told.items()}
    if "const" in told:
        told["enum"] = [told.pop("const")]
    others = [each for each in told.get("anyOf", ()) if each != {"type": "null"}]
    if len(others) < len(told.get("anyOf", ())):
        del told["anyOf"]
        told |= {"nullable": True} | ({"allOf": others} if len(others) == 1 else {"anyOf": others})
    return told
