"""Timelines on the command line: which recordings get one, and how it is shown."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli.terminal import is_terminal, printable, say, show_table
from prosodyn.errors import AudioError, ConfigError, MissingExtraError, ProsodynError

if TYPE_CHECKING:
    from prosodyn.cli.progress import Bars
    from prosodyn.formats import Outcome
    from prosodyn.inference import Recogniser, TimelineSettings
    from prosodyn.timeline import Segment, Timeline

    Answered = Outcome | Timeline

TimelineOption = Annotated[
    bool,
    typer.Option(
        "--timeline", help="Answer moment by moment, as is done by itself for what is longer than a minute."
    ),
]
WindowOption = Annotated[
    float | None,
    typer.Option(
        "--window",
        help="Seconds of a timeline that are answered at a time; by default 3.",
        show_default=False,
    ),
]
HopOption = Annotated[
    float | None,
    typer.Option(
        "--hop",
        help="Seconds from one window of a timeline to the next; by default half a window.",
        show_default=False,
    ),
]
TurnsOption = Annotated[
    Path | None,
    typer.Option(
        "--turns",
        metavar="FILE",
        help="RTTM file of who speaks when: each turn is answered by itself.",
        show_default=False,
    ),
]


AnySoundOption = Annotated[
    bool,
    typer.Option("--any-sound", help="Answer a timeline's music and noise as well, as if somebody spoke."),
]
OutOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--out",
        metavar="FILE",
        help="Write the timeline there, by the file's ending: json, jsonl, csv, srt, vtt, rttm, TextGrid, "
        "txt (Audacity), html, png, svg or pdf; may be repeated.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of answer somebody wants.

    Attributes:
        for_all: whether short recordings get a timeline, too
        for_long: whether long ones get one
        settings: how to make it
        turns: RTTM file
        any_sound: whether what is no speech is answered, too
    """

    for_all: bool
    for_long: bool
    settings: "TimelineSettings"
    turns: Path | None
    any_sound: bool = False


def settings_from(window: float | None, hop: float | None) -> "TimelineSettings":
    """Return the settings that two options stand for.

    Raises:
        ConfigError: out of range
    """
    from prosodyn.inference import TimelineSettings

    window = TimelineSettings().window if window is None else window
    return TimelineSettings(window=window, hop=window / 2 if hop is None else hop)


def refuse_wanted(wanted: Wanted, n_recordings: int) -> None:
    """Raise where options do not go together.

    Raises:
        ConfigError: timelines as a table of files, or the turns of several recordings
    """
    if wanted.for_all and not wanted.for_long:
        raise ConfigError("predict: --csv holds one answer a file and no timeline; choose --json or --jsonl")
    if wanted.turns is not None and wanted.any_sound:
        raise ConfigError("predict: --turns say what is answered; leave out --any-sound")
    if wanted.turns is not None and n_recordings != 1:
        raise ConfigError(f"predict: --turns are those of one recording, found {n_recordings}; name one")


def answer(
    recogniser: "Recogniser", paths: Iterable[Path], wanted: Wanted, bars: "Bars | None"
) -> Iterator["Answered"]:
    """Answer recordings in their order, those that are to have one by a timeline."""
    for gets_timeline, group in itertools.groupby(paths, lambda path: _gets_timeline(path, wanted)):
        if gets_timeline:
            yield from (_follow(recogniser, path, wanted, bars) for path in group)
        else:
            yield from recogniser.from_files(group)


def _gets_timeline(path: Path, wanted: Wanted) -> bool:
    from prosodyn.audio import measure_duration
    from prosodyn.inference.clip import LONG

    if wanted.for_all or not wanted.for_long:
        return wanted.for_all
    try:
        return measure_duration(path) > LONG
    except ProsodynError:
        return False  # what is wrong is told where it is answered


def _follow(recogniser: "Recogniser", path: Path, wanted: Wanted, bars: "Bars | None") -> "Answered":
    from prosodyn.formats import Failure
    from prosodyn.inference import read_turns

    turns = () if wanted.turns is None else read_turns(wanted.turns, path)
    name = printable(path.name)

    def progress(done: float, total: float | None) -> None:
        if bars is not None:
            told = clock(done) if total is None else f"{clock(done)} of {clock(total)}"
            bars.show(name, done, total, told)

    try:
        return recogniser.timeline(
            path, wanted.settings, any_sound=wanted.any_sound, turns=turns, progress=progress
        )
    except (AudioError, MissingExtraError) as fault:
        return Failure(str(path), fault)
    finally:
        if bars is not None:
            bars.drop(name)


def clock(seconds: float) -> str:
    """Write a moment as hours, minutes, seconds and their tenths.

    Examples:
        >>> clock(7.25), clock(75), clock(3 * 3600 + 61.99)
        ('0:07.2', '1:15.0', '3:01:02.0')
    """
    tenths = round(10 * seconds)
    minutes, rest = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    last = f"{rest // 10:02d}.{rest % 10}"
    return f"{hours}:{minutes:02d}:{last}" if hours else f"{minutes}:{last}"


def to_line(answered: "Answered") -> str:
    """Return one answer as one line of JSON."""
    from prosodyn.formats import timeline_to_json, to_json_lines
    from prosodyn.timeline import Timeline

    if isinstance(answered, Timeline):
        return timeline_to_json(answered).replace("\n", "")  # between segments; inside texts it is escaped
    return to_json_lines([answered]).rstrip("\n")


def to_array(answers: Sequence["Answered"]) -> str:
    """Return answers as one JSON array, each on its own line."""
    lines = ",\n".join(f"  {to_line(answered)}" for answered in answers)
    return f"[\n{lines}\n]" if lines else "[]"


def show_timeline(timeline: "Timeline") -> None:
    """Write a table of the segments and, where somebody watches, a coloured line."""
    by_speaker = any(segment.speaker for segment in timeline.segments)
    header = ("start", "end", *(["speaker"] if by_speaker else []), "emotion", "confidence")
    rows = [
        (
            clock(segment.start),
            clock(segment.end),
            *([segment.speaker] if by_speaker else []),
            *in_words(segment),
        )
        for segment in timeline.segments
    ]
    show_table(header, rows, numbers=("start", "end", "confidence"), title=printable(timeline.source))
    for line in (describe(timeline), *timeline.remarks):
        say(printable(line))
    if is_terminal():
        from prosodyn.cli.lines import draw_lines

        draw_lines(timeline)


def in_words(segment: "Segment") -> tuple[str, str]:
    """Return an answer in words, and how probable the best guess is."""
    from prosodyn.formats.text import percent
    from prosodyn.types import UNCERTAIN

    words = segment.emotion
    if words == UNCERTAIN:
        words += f", perhaps {segment.best_guess}"
    if segment.is_strange:
        words += ", strange"
    return words, "" if segment.confidence is None else percent(segment.confidence)


def describe(timeline: "Timeline") -> str:
    """Say how long somebody spoke, and how much of that in each emotion, the most frequent first."""
    from prosodyn.formats.text import percent
    from prosodyn.types import NO_SPEECH

    seconds: dict[str, float] = {}
    for segment in timeline.segments:
        seconds[segment.emotion] = seconds.get(segment.emotion, 0.0) + segment.duration
    seconds.pop(NO_SPEECH, None)
    spoken = sum(seconds.values())
    told = f"speech {clock(spoken)} of {clock(timeline.duration)}"
    shares = sorted(seconds.items(), key=lambda item: -item[1])
    named = ", ".join(f"{emotion} {percent(share / spoken)}" for emotion, share in shares)
    return f"{told}: {named}" if named else told
