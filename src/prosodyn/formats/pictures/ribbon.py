"""The rows of coloured stretches below a spectrogram, whatever draws them."""

from collections.abc import Iterator
from dataclasses import dataclass

from prosodyn.formats.pictures.palette import opacity, palette
from prosodyn.formats.text import one_line
from prosodyn.formats.timelines.clock import clock, milliseconds
from prosodyn.formats.timelines.tiers import STEPS, Tier
from prosodyn.formats.timelines.words import caption
from prosodyn.timeline import Timeline
from prosodyn.types import UNCERTAIN

DOUBT = "uncertain, in the colour of the best guess"
OPACITY = "the paler, the less sure"
SILENT = "no speech"

# seconds between two marks of a time axis
_STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a ribbon.

    Attributes:
        start: seconds
        end: seconds
        name: what can be written on it
        about: what it says, with times and all probabilities, a few lines
        colour: of the emotion, or of the best guess
        opacity: the more confident, the more solid
        is_doubtful: no emotion is probable enough, to be hatched
    """

    start: float
    end: float
    name: str
    about: str
    colour: str
    opacity: float
    is_doubtful: bool


def stretches(tier: Tier, timeline: Timeline) -> Iterator[Stretch]:
    """Yield the ribbon of a tier, in order."""
    colours = palette(timeline.labels)
    for start, end, segment in tier.segments:
        guess = segment.best_guess or segment.emotion
        is_doubtful = segment.emotion == UNCERTAIN
        probable = ", ".join(
            f"{one_line(label)} {100 * probability:.0f} %"
            for label, probability in segment.probabilities.items()
        )
        times = f"{clock(milliseconds(segment.start), '.')} – {clock(milliseconds(segment.end), '.')}"
        yield Stretch(
            start=start / STEPS,
            end=end / STEPS,
            name=one_line(segment.emotion),
            about="\n".join(filter(None, (times, caption(segment), probable))),
            colour=colours.get(guess if is_doubtful else segment.emotion, "#ffffff"),
            opacity=opacity(segment.confidence),
            is_doubtful=is_doubtful,
        )


def whole_duration(timeline: Timeline, tiers: list[Tier]) -> float:
    """Return how many seconds a picture shows: all of the recording, and more than nothing."""
    return max(timeline.duration, *(tier.end / STEPS for tier in tiers), 0.001)


def marks(duration: float, n_most: int = 12) -> list[tuple[float, str]]:
    """Return round instants for a time axis, each with its name.

    Examples:
        >>> marks(3.0, 4)
        [(0, '0:00'), (1, '0:01'), (2, '0:02'), (3, '0:03')]
        >>> marks(7200.0, 3)
        [(0, '0:00:00'), (3600, '1:00:00'), (7200, '2:00:00')]
    """
    step = next((step for step in _STEPS if duration / step < n_most), 86_400 * (1 + duration // 864_000))
    return [(place * step, _mark(place * step, duration, step)) for place in range(int(duration / step) + 1)]


def _mark(instant: float, duration: float, step: float) -> str:
    tenths = round(10 * instant)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    seconds = f"{tenths // 10:02}" + (f".{tenths % 10}" if step < 1 else "")
    return f"{hours}:{minutes:02}:{seconds}" if duration >= 3600 else f"{minutes}:{seconds}"
