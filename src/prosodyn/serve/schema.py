"""The schema of every answer, made from the nouns of the library: nothing is written twice."""

import inspect
import re
import types
import typing
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from prosodyn.formats.entries import ENTRIES
from prosodyn.serve.jobs import State
from prosodyn.timeline import Segment, Timeline
from prosodyn.types import Prediction


@cache
def model_of(noun: type) -> type[BaseModel]:
    """Return the model of a noun of `formats.entries`: its keys, their types, and what its docstring says."""
    fields = {key: _field(noun, name) for key, name in ENTRIES[noun].items()}
    about = inspect.getdoc(noun) or ""
    model: type[BaseModel] = create_model(
        noun.__name__,
        __config__=ConfigDict(extra="forbid"),
        __doc__=about.partition("\n")[0],
        **fields,
    )
    return model


def _field(noun: type, name: str) -> Any:
    told = inspect.getattr_static(noun, name)
    if isinstance(told, property):
        hint = typing.get_type_hints(told.fget)["return"]
        about = inspect.getdoc(told) or ""
        about = about.partition("\n")[0].removeprefix("Return ").removeprefix("Tell ")
    else:
        hint, about = typing.get_type_hints(noun)[name], _attributes(noun)[name]
    return _translated(hint), Field(description=about)


def _translated(hint: Any) -> Any:
    """Return a type as JSON has it."""
    if hint in ENTRIES:
        return model_of(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        return list[_translated(arguments[0])]  # type: ignore[misc]
    if origin is types.UnionType or origin is typing.Union:
        return typing.Union[tuple(map(_translated, arguments))]  # noqa: UP007
    return dict[str, arguments[1]] if origin is Mapping else hint  # type: ignore[valid-type]


@cache
def _attributes(noun: type) -> Mapping[str, str]:
    """Return what a noun's docstring says of each attribute, on one line."""
    section = (inspect.getdoc(noun) or "").partition("Attributes:\n")[2]
    found = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", section, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}


PredictionModel, TimelineModel, SegmentModel = map(model_of, (Prediction, Timeline, Segment))


class FailureModel(BaseModel):
    """A recording, among several, that could not be recognised."""

    model_config = ConfigDict(extra="forbid", title="Failure")

    file: str = Field(description="the sender's own name for it")
    error: str = Field(description="what is wrong with it, and what to do instead")


class ProblemModel(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = ConfigDict(extra="forbid", title="Problem")

    type: str = Field(description="about:blank, since the status names the kind")
    title: str = Field(description="what the status is called")
    status: int = Field(description="of HTTP")
    detail: str = Field(description="what is wrong, and what to do instead")
    retry_after: int | None = Field(None, description="seconds until another try may succeed")


class JobModel(BaseModel):
    """How far a job is."""

    model_config = ConfigDict(extra="forbid", title="Job")

    id: str = Field(description="that nobody can guess; who knows it may read the answer")
    file: str = Field(description="the sender's own name for the recording")
    state: State
    done: float = Field(description="seconds of the recording that have been followed")
    total: float | None = Field(description="seconds that it lasts; null where its header does not say so")
    timeline: TimelineModel | None = Field(description="the answer, once it is there")  # type: ignore[valid-type]
    problem: ProblemModel | None = Field(description="why there is none")


class ReadyModel(BaseModel):
    """First event of a live stream: samples may come."""

    model_config = ConfigDict(extra="forbid", title="Ready")

    type: Literal["ready"]
    labels: list[str] = Field(description="that may be answered")
    rate: int = Field(description="samples a second that are expected")


class HeardModel(BaseModel):
    """Event of a live stream: what was heard of late."""

    model_config = ConfigDict(extra="forbid", title="Heard")

    type: Literal["timeline"]
    heard: float = Field(description="seconds of sound so far")
    settled: list[SegmentModel] = Field(description="that have ended, each told once")  # type: ignore[valid-type]
    provisional: list[SegmentModel] = Field(description="that may change yet")  # type: ignore[valid-type]


class EndModel(BaseModel):
    """Last event of a live stream."""

    model_config = ConfigDict(extra="forbid", title="End")

    type: Literal["end"]
    heard: float = Field(description="seconds of sound in all")


class LiveProblemModel(ProblemModel):
    """Last event of a live stream that is refused or broken off."""

    model_config = ConfigDict(extra="forbid", title="LiveProblem")

    type: Literal["problem"]


LiveEvent = Annotated[ReadyModel | HeardModel | EndModel | LiveProblemModel, Field(discriminator="type")]
"""Whatever is told of a live stream."""
