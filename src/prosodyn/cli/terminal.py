"""What people read: lines, tables and remarks; plain where the output goes to a file or a pipe."""

import io
import os
import re
import shlex
import sys
import textwrap
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Literal, TextIO

import typer

from prosodyn.errors import OutputError

LONGEST_REMARK = 20_000
"""Characters; whatever path a system knows fits, what a broken file holds need not."""


def prepare_output() -> None:
    """See to it that the output takes any name, and takes it whole or says that it cannot.

    Raises:
        OutputError: there is none, because whoever started the program closed it
    """
    is_closed = sys.stdout is None
    # the numbers of closed streams would go to the next files that are opened, which then were written to
    while (spare := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(spare)
    if is_closed:
        raise OutputError("the output cannot be written: it is closed; send it to a file or a terminal")
    if sys.stderr is None:
        sys.stderr = _writing_to(2)  # to nowhere, so that nobody needs to ask whether there is one
    # where Python was told not to buffer, it forgets what a disk that fills up takes only in part
    own, raw = sys.__stdout__, getattr(sys.stdout, "buffer", None)
    if own is not None and sys.stdout is own and isinstance(raw, io.RawIOBase):
        sys.stdout = _writing_to(own.fileno(), own.encoding)
    # what the output's encoding lacks is spelt out, instead of failing on it
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def _writing_to(number: int, encoding: str = "utf-8") -> io.TextIOWrapper:
    whole = io.BufferedWriter(io.FileIO(number, "w", closefd=False))
    return io.TextIOWrapper(whole, encoding, write_through=True)


def is_terminal() -> bool:
    """Tell whether somebody watches the output."""
    return sys.stdout.isatty()


def say(text: str = "") -> None:
    """Write to the output.

    Raises:
        OutputError: it goes to a file that cannot be written, as on a full disk
    """
    with writing_output():
        typer.echo(text)


@contextmanager
def writing_output() -> Iterator[None]:
    """Name the fault of an output that cannot be written; a reader who left is none.

    Raises:
        OutputError: such a fault; what is still to be written is dropped
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as fault:
        drop_output()
        raise OutputError(f"the output cannot be written: {fault.strerror}; send it elsewhere") from fault


def drop_output() -> None:
    """Send to nowhere what is written from now on, and what is left from before."""
    _drop(sys.stdout)


def leave_nothing_to_tell() -> None:
    """Drop what cannot be written beside the output: else Python ends with a code of its own for that."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.flush()
    except OSError:
        _drop(sys.stderr)


def _drop(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def remark(text: str) -> None:
    """Write beside the output, so that a pipe does not see it."""
    if len(text) > LONGEST_REMARK:
        text = f"{text[:LONGEST_REMARK]}… ({len(text) - LONGEST_REMARK} characters more)"
    # where that fails, nobody can be told of it: the exit code has to do
    with suppress(OSError):
        typer.echo(text, err=True)


def printable(text: str) -> str:
    """Spell out what would break a line or steer the terminal; names of files may hold anything."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def in_short(text: str, width: int = 24) -> str:
    """Cut a text after its first clause, and between words where that is too long for a table.

    Examples:
        >>> in_short("signed licence, research use")
        'signed licence'
        >>> in_short("whatever the owners of the recordings allow")
        'whatever the owners of…'
    """
    return textwrap.shorten(re.split(r"[.,;:] ", text)[0], width, placeholder="…")


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
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Collection[str] = (),
    title: str = "",
    spare: Sequence[str] = (),
) -> None:
    """Write a table.

    Args:
        header: names of the columns
        rows: cells
        numbers: columns that are aligned to the right
        title: stands above
        spare: columns that a narrow terminal does without, the first of them first
    """
    cells = [[printable(cell) for cell in row] for row in rows]
    if is_terminal():
        _draw_table(header, cells, numbers, title, spare)
        return
    widths = _widths(header, cells)
    if title:
        say(title)
    for row in (header, *cells):
        aligned = [
            cell.rjust(width) if name in numbers else cell.ljust(width)
            for name, cell, width in zip(header, row, widths, strict=True)
        ]
        say("  ".join(aligned).rstrip())


def _widths(header: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(header, *cells, strict=True)]


def _draw_table(
    header: Sequence[str],
    cells: Sequence[Sequence[str]],
    numbers: Collection[str],
    title: str,
    spare: Sequence[str],
) -> None:
    """Draw a table in which the widest column alone is wrapped, so that no other breaks its words."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    left_out = _left_out(header, cells, spare, console.width)
    kept = [place for place, name in enumerate(header) if name not in left_out]
    widths = _widths(header, cells)
    widest = max(kept, key=lambda place: widths[place])
    table = Table(box=SIMPLE_HEAD, title=title or None, title_justify="left", title_style="bold")
    for place in kept:
        justify: Literal["left", "right"] = "right" if header[place] in numbers else "left"
        # as text, since an emotion may be called what stands for a colour
        table.add_column(Text(header[place]), justify=justify, overflow="fold", no_wrap=place != widest)
    for row in cells:
        table.add_row(*(Text(row[place]) for place in kept))
    console.print(table)
    if left_out:
        say(f"left out, for want of width: {', '.join(left_out)}")


def _left_out(
    header: Sequence[str], cells: Sequence[Sequence[str]], spare: Sequence[str], width: int
) -> Sequence[str]:
    """Return the spare columns without which the others fit: the widest in words, the others in lines."""
    needs = dict(zip(header, _widths(header, cells), strict=True))
    words = [[max(cell.split() or [""], key=len) for cell in row] for row in cells]
    shortest = dict(zip(header, _widths(header, words), strict=True))
    for n_left_out in range(len(spare) + 1):
        kept = [name for name in header if name not in spare[:n_left_out]]
        widest = max(kept, key=lambda name: needs[name])
        borders = 3 * len(kept) + 1
        if sum(needs[name] for name in kept) - needs[widest] + shortest[widest] + borders <= width:
            break
    return spare[:n_left_out]
