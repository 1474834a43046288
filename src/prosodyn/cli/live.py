"""The verb `live`: the emotions of whoever is speaking now, from a microphone or a pipe."""

import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import typer

from prosodyn.cli.options import EngineOption, ErrorRateOption, ModelOption, SampleFormat
from prosodyn.cli.recordings import EnrolOption, SelfTrainingOption, enrolled
from prosodyn.cli.terminal import is_terminal, printable, remark, say
from prosodyn.cli.timelines import AnySoundOption, HopOption, WindowOption, clock, settings_from
from prosodyn.errors import ConfigError

if TYPE_CHECKING:
    from prosodyn.inference import Stream
    from prosodyn.timeline import Segment

EXAMPLE = """\
Examples:
prosodyn live
ffmpeg -i call.mp3 -f s16le -ac 1 -ar 16000 - | prosodyn live --stdin --jsonl
"""


class Display(Protocol):
    """Shows a stream as it goes."""

    def show(self, settled: tuple["Segment", ...], stream: "Stream") -> None:
        """Show further settled segments, and how far the stream is."""
        ...


def live(
    *,
    from_stdin: Annotated[
        bool, typer.Option("--stdin", help="Take raw samples from standard input, not from a microphone.")
    ] = False,
    rate: Annotated[int, typer.Option("--rate", help="Samples a second.")] = 16_000,
    sample_format: Annotated[
        SampleFormat, typer.Option("--sample-format", help="Of standard input.")
    ] = "s16le",
    channels: Annotated[
        int, typer.Option("--channels", help="Of standard input; they are averaged.", min=1, max=64)
    ] = 1,
    model: ModelOption = None,
    engine: EngineOption = "auto",
    error_rate: ErrorRateOption = None,
    enrol: EnrolOption = None,
    self_training: SelfTrainingOption = False,
    any_sound: AnySoundOption = False,
    window: WindowOption = None,
    hop: HopOption = None,
    as_json_lines: Annotated[
        bool, typer.Option("--jsonl", help="Write one JSON object a segment, as they are settled.")
    ] = False,
) -> None:
    """Recognise the emotion of whoever is speaking, until Ctrl-C or the end of the input.

    A segment is written once it has ended, some seconds later; in a terminal, what is not settled yet
    is shown below. The microphone is the system's, and needs the extra `live`.
    """
    if not from_stdin and (channels != 1 or sample_format != "s16le"):
        raise ConfigError("live: --channels and --sample-format are of standard input; add --stdin")
    from prosodyn.audio import hear_microphone
    from prosodyn.bundle import DEFAULT
    from prosodyn.cli.pcm import read_pcm
    from prosodyn.inference import Recogniser
    from prosodyn.inference.enrolment import remarks_on_enrolment

    source = "standard input" if from_stdin else "microphone"
    recogniser = Recogniser.load(DEFAULT if model is None else model, engine, error_rate=error_rate)
    recogniser = enrolled(recogniser, enrol, "live", remark, self_training=self_training)
    for line in remarks_on_enrolment(recogniser.enrolment, recogniser.card):
        remark(line)
    stream = recogniser.stream(rate, settings_from(window, hop), any_sound=any_sound, source=source)
    loss = _Loss()
    pieces = read_pcm(sample_format, channels) if from_stdin else hear_microphone(loss.happens, rate)
    with _display(as_json_lines) as display:
        try:
            for piece in _until_interrupted(pieces):
                display.show(stream.push(piece), stream)
        finally:
            # whatever ends it, what has been heard is answered
            display.show(stream.flush(), stream)
            loss.tell_how_often()


def _until_interrupted(pieces: Iterator[Any]) -> Iterator[Any]:
    """Yield pieces until there are no more, or Ctrl-C, which never breaks off what is done with one."""
    is_waiting, is_over = False, False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal is_over
        is_over = True
        if is_waiting:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, stop)
    try:
        while True:
            is_waiting = True
            # asked after the flag is up: whatever comes later breaks off the waiting
            if is_over:
                return
            piece = next(pieces, None)
            is_waiting = False
            if piece is None:
                return
            yield piece
    except KeyboardInterrupt:
        return
    finally:
        signal.signal(signal.SIGINT, before)


class _Loss:
    """Tells of lost sound when it happens first, and in the end how often it did."""

    def __init__(self) -> None:
        self._n_times = 0

    def happens(self) -> None:
        """Count a time that some sound was lost."""
        self._n_times += 1
        if self._n_times == 1:
            remark("this computer is too slow to keep up: some sound was lost; try --hop 3")

    def tell_how_often(self) -> None:
        """Tell it, where it was more than once."""
        if self._n_times > 1:
            remark(f"sound was lost {self._n_times} times")


def _display(as_json_lines: bool) -> AbstractContextManager[Display]:
    if as_json_lines or not is_terminal():
        return _plain(as_json_lines)
    from prosodyn.cli.live_lines import drawn

    return drawn()


@contextmanager
def _plain(as_json_lines: bool) -> Iterator[Display]:
    yield _Lines(as_json_lines)


class _Lines:
    """Writes a line for each settled segment."""

    def __init__(self, as_json_lines: bool) -> None:
        self._as_json_lines = as_json_lines

    def show(self, settled: tuple["Segment", ...], stream: "Stream") -> None:  # noqa: ARG002
        from prosodyn.formats import segment_to_json

        for segment in settled:
            say(segment_to_json(segment) if self._as_json_lines else describe(segment))


def describe(segment: "Segment") -> str:
    """Write a segment as a line."""
    from prosodyn.formats.text import percent

    confidence = "" if segment.confidence is None else percent(segment.confidence)
    times = f"{clock(segment.start):>9}  {clock(segment.end):>9}"
    return f"{times}  {printable(segment.emotion):<12}  {confidence:>5}".rstrip()
