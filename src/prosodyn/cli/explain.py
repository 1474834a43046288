"""The verb `explain`: which moments, bands and kernels decided."""

import math
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli.options import JsonOption, ModelOption
from prosodyn.cli.terminal import is_terminal, printable, say
from prosodyn.errors import ConfigError, OutputError

if TYPE_CHECKING:
    from prosodyn.explanation import Explanation, Numbers

EXAMPLE = """\
Examples:
prosodyn explain call.wav
prosodyn explain call.wav --out why.png
prosodyn explain call.wav --against sadness --start 12 --end 16 --json
"""

PICTURES = (".png", ".svg", ".pdf")
TEXT = ".json"

BLOCKS = " ▁▂▃▄▅▆▇█"


def explain(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A recording.", readable=False)],
    *,
    model: ModelOption = None,
    against: Annotated[
        str,
        typer.Option(
            "--against",
            metavar="EMOTION",
            help="Say why the answer is not this one; by default, none of the others.",
            show_default=False,
        ),
    ] = "",
    start: Annotated[float, typer.Option("--start", help="Seconds; of the piece that is explained.")] = 0.0,
    end: Annotated[
        float | None,
        typer.Option("--end", help="Seconds; by default the recording's end.", show_default=False),
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out",
            metavar="FILE",
            help="Write it there, by the file's ending: png, svg, pdf or json; may be repeated.",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a recording is answered so: which moments, bands and kernels decided.

    Parts of the sound are hidden, one after the other, and what the answer loses by that is told in bits:
    one bit is half the odds. What a network attended to is told beside it, and is no proof of what it used.
    It tells what the recogniser listens to, not what an emotion is. It takes some hundreds of answers; at
    most a minute is explained at a time.
    """
    from prosodyn.bundle import DEFAULT
    from prosodyn.cli.progress import Bars
    from prosodyn.inference.explain import explain as find_out
    from prosodyn.inference.recogniser import Recogniser

    _refuse(out or (), start, end)
    recogniser = Recogniser.load(DEFAULT if model is None else model)
    with Bars() as bars:

        def show(done: int, total: int) -> None:
            bars.show("parts hidden", done, total)

        found = find_out(recogniser, file, start=start, end=end, against=against, progress=show)
    for path in out or ():
        _write(found, file, path)
    if as_json:
        from prosodyn.formats import explanation_to_json

        say(explanation_to_json(found).rstrip("\n"))
    else:
        _show(found)


def _refuse(out: Sequence[Path], start: float, end: float | None) -> None:
    """Raise, before anything is answered, where an ending names no format, or start and end no piece."""
    endings = (*PICTURES, TEXT)
    for path in out:
        if path.suffix.lower() not in endings:
            raise OutputError(
                f"{path}: the ending tells no format of explanations; choose one of {', '.join(endings)}"
            )
    if not 0 <= start < (math.inf if end is None else end):
        until = "the end" if end is None else f"{end:g} s"
        raise ConfigError(
            f"explain: no piece lies from {start:g} s to {until}, expected 0 <= --start < --end"
        )


def _write(found: "Explanation", file: Path, path: Path) -> None:
    from prosodyn.audio import load
    from prosodyn.files import write_text
    from prosodyn.formats import OverviewBuilder, explanation_to_json, plot_explanation

    if path.suffix.lower() == TEXT:
        write_text(path, explanation_to_json(found))
        return
    builder = OverviewBuilder()
    builder.push(load(file, start=found.start, end=found.end).waveform)
    plot_explanation(found, builder.overview(), path)


def _show(found: "Explanation") -> None:
    """Write it in words and, where somebody watches, what each moment costs and weighs."""
    from prosodyn.formats import explanation_in_words

    for line in explanation_in_words(found):
        say(printable(line))
    if not is_terminal():
        return
    name_width = len("attention ")
    width = max(10, shutil.get_terminal_size().columns - name_width - 1)
    occlusion, attention = found.occlusion, found.attention
    say("moments".ljust(name_width) + profile(occlusion.moments, occlusion.times, width))
    if attention is not None:
        say("attention".ljust(name_width) + profile(attention.frames, attention.times, width))
    scale = f"{found.start:.1f} s".ljust(width - 8) + f"{found.end:.1f} s".rjust(8)
    say(" " * name_width + scale)


def profile(values: "Sequence[float] | Numbers", times: "Sequence[float] | Numbers", width: int) -> str:
    """Draw values over time in so many characters, the largest as a full block, what is below zero as none.

    Args:
        values: `(moment,)`
        times: `(moment + 1,)`, where moments begin and end
        width: characters

    Examples:
        >>> profile([1.0, -3.0, 2.0], [0.0, 1.0, 2.0, 3.0], 6)
        '▄▄  ██'
    """
    largest = max(*values, 1e-12)
    heights = [round((len(BLOCKS) - 1) * max(0.0, float(value)) / largest) for value in values]
    drawn, place = "", 0
    for column in range(width):
        instant = times[0] + (column + 0.5) * (times[-1] - times[0]) / width
        while place < len(heights) - 1 and times[place + 1] <= instant:
            place += 1
        drawn += BLOCKS[heights[place]]
    return drawn
