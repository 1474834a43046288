"""A timeline in a terminal: one coloured line a speaker."""

from rich.console import Console
from rich.text import Text

from prosodyn.cli.answers import NOTE
from prosodyn.cli.colours import legend, strip
from prosodyn.cli.terminal import printable
from prosodyn.timeline import Timeline

_NAME = 12
"""Characters of a speaker's name, at the most."""


def draw_lines(timeline: Timeline) -> None:
    """Draw a line for each speaker, one where nobody is named, and what its colours mean."""
    console = Console()
    speakers = sorted({segment.speaker for segment in timeline.segments})
    names = [printable(speaker)[:_NAME] for speaker in speakers]
    margin = max(map(len, names), default=0)
    for speaker, name in zip(speakers, names, strict=True):
        own = [segment for segment in timeline.segments if segment.speaker == speaker]
        drawn = strip(own, 0.0, timeline.duration, max(10, console.width - margin - 2))
        console.print(Text.assemble(name.ljust(margin) + " " * bool(margin), drawn), no_wrap=True)
    console.print(legend(sorted({segment.emotion for segment in timeline.segments})))
    console.print(Text(NOTE, style="dim"))
