"""Progress bars for people who wait; a line now and then where nobody watches."""

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from prosodyn.cli.terminal import remark

LINES = 10
"""The most lines that are written for each row, where there is no terminal; but see `Bars`."""

QUIET = 5.0
"""Seconds between two lines of a row."""

MEMORY = 600.0
"""Seconds over which the remaining time is estimated; an epoch may take minutes."""


class Bars:
    """Rows of progress, one for each name, beside the output. Use it in a `with` block."""

    def __init__(self, *, silent: bool = False, every: float | None = None) -> None:
        """Draw nothing until the block is entered.

        Args:
            silent: nothing is drawn or written at all, since another process tells the same
            every: seconds after which another line is written where there is no terminal, also of a row whose
                end nobody knows; by default there are `LINES`, however long it takes
        """
        self._every = every
        self._silent = silent
        self._watched = sys.stderr.isatty() and not silent
        self._rows: dict[str, TaskID] = {}
        self._tenths: dict[str, int] = {}
        self._written: dict[str, float] = {}
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[remark]}"),
            TimeRemainingColumn(compact=True),
            console=Console(stderr=True),
            transient=True,
            disable=not self._watched,
            speed_estimate_period=MEMORY,
        )

    def __enter__(self) -> "Bars":
        """Start drawing."""
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop drawing, and leave the terminal clean."""
        self._progress.stop()

    def show(self, name: str, done: float, total: float | None, text: str = "") -> None:
        """Move a row, or begin it.

        Args:
            name: of the row
            done: units that are done
            total: units in all; None where nobody knows
            text: stands beside the bar, by default how many are done
        """
        text = text or (f"{done:g} of {total:g}" if total is not None else f"{done:g}")
        if not self._watched:
            self._write(name, done, total, text)
        elif name in self._rows:
            self._progress.update(self._rows[name], completed=done, total=total, remark=text)
        else:
            # what an earlier run has done is no measure of this one's speed
            self._rows[name] = self._progress.add_task(name, completed=int(done), total=total, remark=text)

    def drop(self, name: str) -> None:
        """End a row."""
        if name in self._rows:
            self._progress.remove_task(self._rows.pop(name))

    def _write(self, name: str, done: float, total: float | None, text: str) -> None:
        if self._silent:
            return
        now, tenth = time.monotonic(), int(LINES * done / total) if total else 0
        waited = now - self._written.setdefault(name, now)
        is_further = tenth > self._tenths.get(name, 0) and waited > QUIET
        if is_further or (self._every is not None and waited >= self._every):
            self._tenths[name], self._written[name] = tenth, now
            remark(f"{name}: {text}")
