"""What a service says of itself: its models, whether it is well, and what it has done."""

from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from prosodyn import __version__
from prosodyn.bundle import Card
from prosodyn.formats.pictures.palette import palette
from prosodyn.inference import TimelineSettings
from prosodyn.serve.parameters import refuse_unknown
from prosodyn.serve.service import Asked

router = APIRouter()


class ModelModel(BaseModel):
    """A recogniser: what it answers with, on whose recordings it learnt, and under which licence."""

    name: str
    description: str
    labels: tuple[str, ...]
    corpora: tuple[str, ...] = Field(description="that it learnt from")
    licence: str
    limits: str = Field(description="what it is not good for")
    version: str = Field(description="of prosodyn")
    window: float = Field(description="seconds of a timeline that are answered at a time, by default")
    hop: float = Field(description="seconds from one window to the next, by default")
    colours: dict[str, str] = Field(description="in which the page draws the labels")


@router.get("/v1/models", dependencies=[Depends(refuse_unknown)])
async def models(service: Asked) -> list[ModelModel]:
    """Say who answers here."""
    return [_model(service.recogniser.card)]


@router.get("/healthz", response_class=PlainTextResponse)
async def health(service: Asked) -> str:
    """Answer `ok` while the service takes requests; it is 503 while it is being stopped."""
    service.refuse_when_stopping()
    return "ok\n"


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(service: Asked) -> Response:
    """Give the counts of what went on, as Prometheus reads them."""
    return Response(service.metrics.text(), media_type=CONTENT_TYPE_LATEST)


def _model(card: Card) -> ModelModel:
    settings = TimelineSettings()
    return ModelModel(
        name=card.name,
        description=card.description,
        labels=card.labels,
        corpora=card.corpora,
        licence=card.licence,
        limits=card.limits,
        version=__version__,
        window=settings.window,
        hop=settings.hop,
        colours=palette(card.labels),
    )
