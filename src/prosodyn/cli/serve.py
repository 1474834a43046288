"""The verb `serve`: the recogniser as a service, with a page for people."""

import logging
import sys
from typing import Annotated

import typer

from prosodyn.cli.options import EngineOption, ErrorRateOption, ModelOption
from prosodyn.cli.terminal import remark, say
from prosodyn.errors import MissingExtraError

EXAMPLE = """\
Examples:
prosodyn serve
prosodyn serve --port 9000 --token "$TOKEN" --host 0.0.0.0
curl -F file=@call.wav http://127.0.0.1:8000/v1/predict
"""


def serve(
    *,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; by default, only this machine reaches it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="0 for any that is free.", min=0, max=65_535)] = 8000,
    token: Annotated[
        str,
        typer.Option(
            "--token",
            envvar="PROSODYN_TOKEN",
            help="That every request must bring.",
            show_default=False,
            show_envvar=True,
        ),
    ] = "",
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
    max_streams: Annotated[int, typer.Option("--max-streams", help="Live streams at a time.", min=1)] = 64,
    max_requests: Annotated[
        int, typer.Option("--max-requests", help="Requests that are answered or wait.", min=1)
    ] = 32,
    max_megabytes: Annotated[int, typer.Option("--max-megabytes", help="Of a request.", min=1)] = 200,
    max_seconds: Annotated[
        float, typer.Option("--max-seconds", help="Of sound in a recording that is no job.")
    ] = 600.0,
    is_told: Annotated[
        bool, typer.Option("--log", help="Write a line for each request; never what was sent.")
    ] = False,
) -> None:
    """Serve the recogniser: a page at /, files by POST, live sound by WebSocket; see /docs.

    Audio is kept no longer than its request or job takes, and nothing of it is logged. Ctrl-C or
    SIGTERM ends it, after what is under way.
    """
    if token == "" and host not in {"127.0.0.1", "::1", "localhost"}:
        remark("serve: whoever reaches this machine may use it; --token keeps others out")
    try:
        from prosodyn.serve import ServeSettings
        from prosodyn.serve import serve as run
    except ModuleNotFoundError as fault:
        raise MissingExtraError((fault.name or "fastapi").partition(".")[0], "serve", "a service") from fault
    from prosodyn.bundle import DEFAULT
    from prosodyn.inference import Recogniser

    settings = ServeSettings(
        host=host,
        port=port,
        token=token,
        hosts=tuple(allowed_hosts or ()),
        max_streams=max_streams,
        max_requests=max_requests,
        max_bytes=max_megabytes * 1_000_000,
        max_seconds=max_seconds,
        workers=workers,
    )
    if is_told:
        logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    recogniser = Recogniser.load(DEFAULT if model is None else model, engine, error_rate=error_rate)
    run(recogniser, settings, lambda address: say(f"prosodyn listens at {address} (Ctrl-C ends it)"))
