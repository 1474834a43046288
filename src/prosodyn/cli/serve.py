"""The verb `serve`: the recogniser as a service, with a page for people."""

import logging
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli.apart import end_at_once, libraries_silenced
from prosodyn.cli.options import EngineOption, ErrorRateOption, ModelOption
from prosodyn.cli.terminal import remark, say
from prosodyn.errors import ConfigError, MissingExtraError

if TYPE_CHECKING:
    from prosodyn.serve import ServeSettings

EXAMPLE = """\
Examples:
prosodyn serve
PROSODYN_TOKEN=... prosodyn serve --port 9000 --host 0.0.0.0 --allow-host voice.example
prosodyn serve --limit max_streams=16 --limit keep_jobs=600
curl -F file=@call.wav http://127.0.0.1:8000/v1/predict
"""

TokenOption = Annotated[
    str,
    typer.Option(
        "--token",
        envvar="PROSODYN_TOKEN",
        help="That every request must bring.",
        show_default=False,
        show_envvar=True,
    ),
]
LimitOption = Annotated[
    list[str] | None,
    typer.Option("--limit", metavar="NAME=NUMBER", help="Change a limit, such as max_seconds=60."),
]


def serve(
    *,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; by default, only this machine reaches it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="0 for any that is free.", min=0, max=65_535)] = 8000,
    token: TokenOption = "",
    allowed_hosts: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="Name under which it may be asked, too."),
    ] = None,
    model: ModelOption = None,
    engine: EngineOption = "auto",
    error_rate: ErrorRateOption = None,
    workers: Annotated[
        int, typer.Option("--workers", help="Threads that answer; 0 for one a core.", min=0)
    ] = 0,
    limits: LimitOption = None,
    is_told: Annotated[
        bool, typer.Option("--log", help="Write a line for each request; never what was sent.")
    ] = False,
) -> None:
    """Serve the recogniser: a page at /, files by POST, live sound by WebSocket; see /docs.

    Audio is kept no longer than its request or job takes, and nothing of it is logged. Ctrl-C or
    SIGTERM ends it, after what is under way; a second Ctrl-C at once.
    """
    try:
        from prosodyn.serve import serve as run
    except ModuleNotFoundError as fault:
        raise MissingExtraError((fault.name or "fastapi").partition(".")[0], "serve", "a service") from fault
    from prosodyn.bundle import DEFAULT
    from prosodyn.inference import Recogniser

    where = {"host": host, "port": port, "token": token, "hosts": allowed_hosts or (), "workers": workers}
    settings = _settings(where, limits or ())
    if not token and not settings.is_local:
        remark("serve: whoever reaches this machine may use it; --token keeps others out")
        if not allowed_hosts:
            remark(
                "serve: so may any web page that a browser of your network shows, under a name that it makes "
                "lead here; --allow-host NAME refuses all names but yours"
            )
    recogniser = Recogniser.load(DEFAULT if model is None else model, engine, error_rate=error_rate)
    with libraries_silenced():
        if is_told:
            logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
        all_ended = run(
            recogniser, settings, lambda address: say(f"prosodyn listens at {address} (Ctrl-C ends it)")
        )
        if not all_ended:
            end_at_once()


def _settings(where: Mapping[str, object], limits: Sequence[str]) -> "ServeSettings":
    from prosodyn.mapping import from_mapping
    from prosodyn.serve import ServeSettings

    return from_mapping(ServeSettings, {**where, **dict(map(_limit, limits))}, "serve")


def _limit(text: str) -> tuple[str, float]:
    """Return the name and the number of a limit; a whole number stays whole however it is written."""
    name, _, value = text.partition("=")
    try:
        number = float(value)
    except ValueError:
        raise ConfigError(f"--limit: expected NAME=NUMBER, such as max_seconds=60, found '{text}'") from None
    return name.strip(), int(number) if number.is_integer() else number
