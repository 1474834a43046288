"""A stream in a terminal: settled segments scroll by, and below them stands what is heard now."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from prosodyn.cli.answers import NOTE, bar
from prosodyn.cli.colours import colour, strip
from prosodyn.cli.terminal import printable
from prosodyn.cli.timelines import clock, in_words
from prosodyn.formats.text import percent
from prosodyn.inference import Stream
from prosodyn.timeline import Segment

SHOWN = 120.0
"""Seconds that the coloured line spans."""


@contextmanager
def drawn() -> Iterator["Drawing"]:
    """Draw while the block lasts, and leave the terminal clean."""
    console = Console()
    with Live(console=console, transient=True, auto_refresh=False) as live:
        yield Drawing(live)
    console.print(Text(NOTE, style="dim"))


class Drawing:
    """Draws a stream."""

    def __init__(self, live: Live) -> None:
        """Draw into a live display."""
        self._live = live
        self._recent: deque[Segment] = deque()

    def show(self, settled: tuple[Segment, ...], stream: Stream) -> None:
        """Show further settled segments, and what is not settled yet."""
        for segment in settled:
            self._live.console.print(_line(segment))
            self._recent.append(segment)
        begin = max(0.0, stream.duration - SHOWN)
        while self._recent and self._recent[0].end <= begin:
            self._recent.popleft()
        pending = stream.provisional()
        width = max(10, self._live.console.width - 1)
        line = strip([*self._recent, *pending], begin, begin + SHOWN, width)
        self._live.update(Group(line, _now(pending, stream.duration)), refresh=True)


def _line(segment: Segment) -> Text:
    words, confidence = in_words(segment)
    times = f"{clock(segment.start):>9}  {clock(segment.end):>9}  "
    return Text.assemble(times, (f"{printable(words):<12}", colour(segment.emotion)), f" {confidence}")


def _now(pending: tuple[Segment, ...], duration: float) -> Text:
    heard = f"{clock(duration):>9}  "
    if not pending or pending[-1].confidence is None:
        return Text(f"{heard}listening")
    newest = pending[-1]
    share = newest.confidence or 0.0
    shade = colour(newest.emotion)
    return Text.assemble(
        heard,
        (f"{printable(in_words(newest)[0]):<12}", f"bold {shade}"),
        (bar(share), shade),
        f" {percent(share)}",
    )
