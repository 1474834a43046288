"""A colour for each emotion, and a timeline as one coloured line."""

from collections.abc import Sequence

from rich.text import Text

from prosodyn.cli.terminal import printable
from prosodyn.timeline import Segment
from prosodyn.types import NO_SPEECH, UNCERTAIN

COLOURS = {
    "anger": "red",
    "boredom": "cyan",
    "calm": "bright_cyan",
    "contempt": "dark_orange3",
    "disgust": "green",
    "excitement": "bright_yellow",
    "fear": "magenta",
    "frustration": "bright_red",
    "happiness": "yellow",
    "neutral": "white",
    "sadness": "blue",
    "surprise": "bright_magenta",
    UNCERTAIN: "bright_black",
    NO_SPEECH: "bright_black",
}

MARKS = {UNCERTAIN: "░", NO_SPEECH: "·"}
"""What is drawn where there is no emotion; a block where there is one."""


def colour(emotion: str) -> str:
    """Return the colour of an emotion, white for those of one's own."""
    return COLOURS.get(emotion, "white")


def strip(segments: Sequence[Segment], start: float, end: float, width: int) -> Text:
    """Draw what was said from one second to another in so many characters, each of the moment at its middle.

    Args:
        segments: in order, of one speaker; where there are none, nothing is drawn
        start: seconds
        end: seconds, after `start`
        width: characters
    """
    line = Text()
    place = 0
    for column in range(width):
        moment = start + (column + 0.5) * (end - start) / width
        while place < len(segments) and segments[place].end <= moment:
            place += 1
        if place < len(segments) and segments[place].start <= moment:
            emotion = segments[place].emotion
            line.append(MARKS.get(emotion, "█"), style=colour(emotion))
        else:
            line.append(" ")
    return line


def legend(emotions: Sequence[str]) -> Text:
    """Name the colours of emotions, in their order."""
    named = [
        Text.assemble((MARKS.get(emotion, "█"), colour(emotion)), f" {printable(emotion)}")
        for emotion in emotions
    ]
    return Text("  ").join(named)
