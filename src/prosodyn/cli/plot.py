"""The verbs `plot recording`, `plot confusion` and `plot reliability`: figures of recordings and results."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli.terminal import say
from prosodyn.errors import EvaluationError
from prosodyn.files import reaching

if TYPE_CHECKING:
    from prosodyn.evaluation.result_file import ResultFile

RECORDING_EXAMPLE = "Example: prosodyn plot recording call.wav --out call.png"
CONFUSION_EXAMPLE = "Example: prosodyn plot confusion runs/emodb/result.json --out confusion.png"
RELIABILITY_EXAMPLE = "Example: prosodyn plot reliability runs/emodb/result.json --out reliability.png"

SystemOption = Annotated[
    str | None,
    typer.Option("--system", help="Of a report of several results, which one.", show_default=False),
]

app = typer.Typer(name="plot", no_args_is_help=True, help="Draw recordings and results.")

OutOption = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="The figure: .png, .svg or .pdf; by default the file's name with .png.",
        show_default=False,
    ),
]
TitleOption = Annotated[str | None, typer.Option("--title", help="Above the figure.", show_default=False)]


@app.command(epilog=RECORDING_EXAMPLE)
def recording(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.")],
    out: OutOption = None,
    title: TitleOption = None,
) -> None:
    """Draw the waveform and the spectrogram of a recording (figure 4 of the paper)."""
    from prosodyn.audio import load
    from prosodyn.evaluation.plots import plot_waveform_and_spectrogram
    from prosodyn.types import SAMPLE_RATE

    figure = out or Path(f"{file.stem}.png")
    plot_waveform_and_spectrogram(load(file).waveform, SAMPLE_RATE, title or file.name, figure)
    say(f"wrote {figure}")


ResultArgument = Annotated[
    Path, typer.Argument(metavar="RESULT.json", help="What `evaluate` wrote, or a report.json.")
]


@app.command(epilog=CONFUSION_EXAMPLE)
def confusion(
    result: ResultArgument,
    out: OutOption = None,
    title: TitleOption = None,
    system: SystemOption = None,
) -> None:
    """Draw the confusion matrix of a result, in percent of the rows (figures 5 to 7 of the paper)."""
    import numpy as np

    from prosodyn.evaluation.metrics import row_normalised
    from prosodyn.evaluation.plots import plot_confusion
    from prosodyn.evaluation.report import figure_title

    found = _choose(result, system)
    figure = out or Path(f"{result.stem}.png")
    shares = row_normalised(np.array(found.scores.confusion))
    plot_confusion(shares, found.scores.labels, title or figure_title(found), figure)
    say(f"wrote {figure}")


@app.command(epilog=RELIABILITY_EXAMPLE)
def reliability(
    result: ResultArgument,
    out: OutOption = None,
    title: TitleOption = None,
    system: SystemOption = None,
) -> None:
    """Draw how often answers of similar confidence were right, for a training with held_out_folds."""
    from prosodyn.evaluation.plots import plot_reliability
    from prosodyn.evaluation.report import figure_title

    found = _choose(result, system)
    if found.belief is None:
        raise EvaluationError(
            f"{result}: tells nothing of confidence: nobody was held out to calibrate it; "
            "run it with held_out_folds, as the experiment 'open' has them"
        )
    figure = out or Path(f"{result.stem}.png")
    plot_reliability(found.belief, title or figure_title(found), figure)
    say(f"wrote {figure}")


def _choose(path: Path, system: str | None) -> "ResultFile":
    """Return the result of a file, or of a report the one that was asked for.

    Raises:
        EvaluationError: neither a result nor a report, or not exactly one result of this system
    """
    found = _read_all(path)
    fitting = [result for result in found if system in {None, result.run.system}]
    if len(fitting) != 1:
        held = ", ".join(
            f"{result.run.system} ({result.run.corpus}, {result.run.protocol})" for result in found
        )
        raise EvaluationError(
            f"{path}: holds {held or 'no results'}; choose one by --system, "
            "or give its own file where a system has several"
        )
    return fitting[0]


def _read_all(path: Path) -> list["ResultFile"]:
    from prosodyn.evaluation.result_file import read_result, result_from_mapping

    with reaching(path, EvaluationError):
        content = path.read_bytes()
    try:
        entries = json.loads(content)
    except (ValueError, RecursionError):
        entries = None  # the line below says why
    if not isinstance(entries, list):
        return [read_result(path)]
    if not all(isinstance(entry, dict) for entry in entries):
        raise EvaluationError(f"{path}: is a list, but not of results; give a result.json or a report.json")
    return [result_from_mapping(entry, f"{path}, result {n}") for n, entry in enumerate(entries, start=1)]
