"""What `--help` says beside the options: examples, exit codes, environment variables, files."""

import inspect
import re
import textwrap
from collections.abc import Iterable, Iterator

import typer

from prosodyn.errors import ProsodynError

WIDTH = 76
"""Columns of a line that is written here; a terminal of 80 shows it whole."""

ENVIRONMENT = {
    "PROSODYN_CORPORA": "the folder that holds a folder per corpus; by default corpora",
    "PROSODYN_ENCODERS": "the folder that holds the files of pretrained encoders; by default encoders",
    "PROSODYN_TOKEN": "what every request to serve must bring, as --token",
    "PROSODYN_CACHE": "a folder for what encoders make of recordings; without it nothing is kept",
    "PROSODYN_MEETING": "a file by which the processes of train --processes meet, which sets it for them",
    "OMP_NUM_THREADS": "threads on the CPU of train, as --threads; by default one a core",
}
"""Variable to what it says; it is compared with the rooms that read it by a test."""

FILES = {
    "FOLDER/card.json": "tells that the folder is a bundle: a trained recogniser, for --model",
    "OUT.run": "what train needs to go on after a kill",
    "RESULTS": "what archive has answered, and needs to go on",
    "runs": "finished folds of evaluate and reproduce",
    "benchmarks/results": "what reproduce has measured, a file for each figure",
}

EXAMPLES = """\
Examples:
prosodyn predict call.wav
prosodyn train recordings/ --out mine
prosodyn predict call.wav --model mine
prosodyn evaluate recordings/
"""

SEE_ALSO = "Exit codes, variables and files are told by the --help of the program itself."

RECORDINGS, TRAINING, MEASURING, OUTPUT = "Recordings", "Training", "Measurement", "Output"
"""Panels of options."""


def exit_codes() -> dict[int, str]:
    """Return what each exit code means, as the errors say it."""
    codes = {0: "Done.", 1: "An unexpected fault, or nobody reads the output.", 130: "Interrupted."}
    for error in ProsodynError.__subclasses__():
        codes[error.exit_code] = (error.__doc__ or error.__name__).splitlines()[0]
    codes[2] += " Or no such verb, option or argument."
    return dict(sorted(codes.items()))


def epilog() -> str:
    """Return what stands below the list of verbs."""
    parts = {
        "Exit codes": {f"{code:>3}": meaning for code, meaning in exit_codes().items()},
        "Environment variables": ENVIRONMENT,
        "Files": FILES,
    }
    tables = [f"{title}:\n{table(rows.items())}" for title, rows in parts.items()]
    return "\n\n".join([indented(EXAMPLES), *tables])


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Lay out names beside what they mean, with lines that break below the meaning.

    Examples:
        >>> print(table([("runs", "finished folds"), ("OUT.run", "what train needs")]))
          runs     finished folds
          OUT.run  what train needs
    """
    rows = list(rows)
    width = max(len(name) for name, _ in rows)
    return "\n".join(
        textwrap.fill(
            meaning,
            WIDTH,
            initial_indent=f"  {name:<{width}}  ",
            subsequent_indent=" " * (width + 4),
            break_on_hyphens=False,
        )
        for name, meaning in rows
    )


def indented(examples: str) -> str:
    """Indent the commands below their heading."""
    return re.sub(r"^(?=prosodyn )", "  ", examples.strip(), flags=re.MULTILINE)


def paragraphs(text: str) -> str:
    """Join the lines of each paragraph, so that a terminal of any width breaks them itself."""
    return "\n\n".join(" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n"))


def fit_to_any_width(app: typer.Typer) -> None:
    """Give each verb its docstring as paragraphs, its examples indented, and where to read on."""
    for verb in _verbs(app):
        verb.help = paragraphs((verb.callback and verb.callback.__doc__) or "")
        verb.epilog = "\n\n".join(filter(None, [indented(verb.epilog or ""), SEE_ALSO]))


def _verbs(app: typer.Typer) -> Iterator[typer.models.CommandInfo]:
    yield from app.registered_commands
    for group in app.registered_groups:
        if group.typer_instance is not None:
            yield from _verbs(group.typer_instance)
