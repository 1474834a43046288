"""The verbs `plot recording` and `plot confusion`: figures like those of the seed paper."""

from pathlib import Path
from typing import Annotated

import typer

from prosodyn.cli.terminal import say

RECORDING_EXAMPLE = "Example: prosodyn plot recording call.wav --out call.png"
CONFUSION_EXAMPLE = "Example: prosodyn plot confusion runs/emodb/result.json --out confusion.png"

app = typer.Typer(name="plot", no_args_is_help=True, help="Draw a recording or a confusion matrix.")

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


@app.command(epilog=CONFUSION_EXAMPLE)
def confusion(
    result: Annotated[Path, typer.Argument(metavar="RESULT.json", help="What `evaluate` wrote.")],
    out: OutOption = None,
    title: TitleOption = None,
) -> None:
    """Draw the confusion matrix of a result, in percent of the rows (figures 5 to 7 of the paper)."""
    import numpy as np

    from prosodyn.evaluation.metrics import row_normalised
    from prosodyn.evaluation.plots import plot_confusion
    from prosodyn.evaluation.reference import TITLES
    from prosodyn.evaluation.result_file import read_result
    from prosodyn.evaluation.tables import partial_note

    found = read_result(result)
    figure = out or Path(f"{result.stem}.png")
    system, corpus = (TITLES.get(name, name) for name in (found.run.system, found.run.corpus))
    given = f"{system} on {corpus} ({found.run.protocol}{partial_note(found.run)})"
    shares = row_normalised(np.array(found.scores.confusion))
    plot_confusion(shares, found.scores.labels, title or given, figure)
    say(f"wrote {figure}")
