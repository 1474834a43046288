"""What people read: lines, tables and remarks; plain where the output goes to a file or a pipe."""

import shlex
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import typer


def is_terminal() -> bool:
    """Tell whether somebody watches the output."""
    return sys.stdout.isatty()


def say(text: str = "") -> None:
    """Write to the output."""
    typer.echo(text)


def remark(text: str) -> None:
    """Write beside the output, so that a pipe does not see it."""
    typer.echo(text, err=True)


def printable(text: str) -> str:
    """Spell out what would break a line or steer the terminal; names of files may hold anything."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def typed_command() -> str:
    """Return what was typed, for results and cards."""
    return shlex.join(["prosodyn", *sys.argv[1:]])


@contextmanager
def resumable() -> Iterator[None]:
    """Tell whoever interrupts that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt:
        remark("interrupted; the same command goes on where it stopped")
        raise


def show_table(
    header: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[str] = (), title: str = ""
) -> None:
    """Write a table.

    Args:
        header: names of the columns
        rows: cells
        numbers: columns that are aligned to the right
        title: stands above
    """
    cells = [[printable(cell) for cell in row] for row in rows]
    if is_terminal():
        _draw_table(header, cells, numbers, title)
        return
    widths = [max(len(row[i]) for row in (header, *cells)) for i in range(len(header))]
    if title:
        say(title)
    for row in (header, *cells):
        aligned = [
            cell.rjust(width) if name in numbers else cell.ljust(width)
            for name, cell, width in zip(header, row, widths, strict=True)
        ]
        say("  ".join(aligned).rstrip())


def _draw_table(
    header: Sequence[str], cells: Sequence[Sequence[str]], numbers: Collection[str], title: str
) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, title=title or None, title_justify="left", title_style="bold")
    for name in header:
        table.add_column(name, justify="right" if name in numbers else "left", overflow="fold")
    for row in cells:
        table.add_row(*map(Text, row))
    Console().print(table)
