"""The entry point: the verbs, and what a mistake ends in."""

import sys
from typing import Annotated

import typer

from prosodyn import __version__
from prosodyn.cli import (
    archive,
    audit,
    corpora,
    demo,
    doctor,
    evaluate,
    experiments,
    explain,
    export,
    live,
    manual,
    models,
    plot,
    predict,
    reproduce,
    serve,
    train,
)
from prosodyn.cli.terminal import (
    drop_output,
    leave_nothing_to_tell,
    prepare_output,
    printable,
    remark,
    say,
    writing_output,
)
from prosodyn.errors import MissingExtraError, OutputError, ProsodynError

EXTRAS = {
    "torch": "train",
    "onnx": "train",
    "safetensors": "train",
    "matplotlib": "plots",
    "av": "media",
    "sounddevice": "live",
    "pyarrow": "archive",
    "ray": "scale",
    "fsspec": "remote",
}
"""Optional package to the extra that brings it."""

app = typer.Typer(
    name="prosodyn",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=manual.epilog(),
)

USING, TRAINING, LOOKING = "Use", "Train and measure", "Look around"

app.command(rich_help_panel=USING, epilog=predict.EXAMPLE)(predict.predict)
app.command(rich_help_panel=USING, epilog=explain.EXAMPLE)(explain.explain)
app.command(rich_help_panel=USING, epilog=doctor.EXAMPLE)(doctor.doctor)
app.command(rich_help_panel=USING, epilog=live.EXAMPLE)(live.live)
app.command(rich_help_panel=USING, epilog=serve.EXAMPLE)(serve.serve)
app.command(rich_help_panel=USING, epilog=archive.EXAMPLE)(archive.archive)
app.add_typer(plot.app, rich_help_panel=USING)
app.command(rich_help_panel=TRAINING, epilog=train.EXAMPLE)(train.train)
app.command(rich_help_panel=TRAINING, epilog=audit.EXAMPLE)(audit.audit)
app.command(rich_help_panel=TRAINING, epilog=evaluate.EXAMPLE)(evaluate.evaluate)
app.command(rich_help_panel=TRAINING, epilog=reproduce.EXAMPLE)(reproduce.reproduce)
app.command(rich_help_panel=TRAINING, epilog=export.EXAMPLE)(export.export)
app.command(rich_help_panel=LOOKING, epilog=demo.EXAMPLE)(demo.demo)
app.add_typer(corpora.app, rich_help_panel=LOOKING)
app.command(rich_help_panel=LOOKING, epilog=models.EXAMPLE)(models.models)
app.command(rich_help_panel=LOOKING, epilog=experiments.EXAMPLE)(experiments.experiments)
manual.fit_to_any_width(app)


def _show_version(wanted: bool) -> None:
    if wanted:
        say(f"prosodyn {__version__}")
        raise typer.Exit


@app.callback()
def describe(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Recognise the emotion in speech: offline, with every figure beside its protocol."""


def run() -> None:
    """Run what was typed, and end the process with its exit code."""
    try:
        prepare_output()
        app()
    except ProsodynError as fault:
        _fail(fault)
    except ModuleNotFoundError as fault:
        package = (fault.name or "").partition(".")[0]
        if package not in EXTRAS:
            raise
        _fail(MissingExtraError(package, EXTRAS[package], "this command"))
    finally:
        try:
            _flush()
        finally:
            leave_nothing_to_tell()


def _fail(fault: ProsodynError) -> None:
    remark(f"prosodyn: {printable(str(fault))}")
    sys.exit(fault.exit_code)


def _flush() -> None:
    """Write what is left; whoever read the output may have gone, as `head` does."""
    if sys.stdout is None:
        return  # closed from the beginning, and told
    try:
        with writing_output():
            sys.stdout.flush()
    except BrokenPipeError:
        drop_output()
    except OutputError as fault:
        _fail(fault)
