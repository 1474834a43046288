"""The verb `predict`: from recordings to emotions."""

import itertools
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli.apart import libraries_silenced
from prosodyn.cli.options import EngineOption, ErrorRateOption, ModelOption
from prosodyn.cli.recordings import EnrolOption, FilesArgument, SelfTrainingOption, enrolled, expand
from prosodyn.cli.terminal import is_terminal, printable, remark, say, show_table
from prosodyn.cli.timeline_files import refuse_out, write_timelines
from prosodyn.cli.timelines import (
    AnySoundOption,
    HopOption,
    OutOption,
    TimelineOption,
    TurnsOption,
    Wanted,
    WindowOption,
    answer,
    refuse_wanted,
    settings_from,
    show_timeline,
    to_array,
    to_line,
)
from prosodyn.errors import AudioError, ConfigError

if TYPE_CHECKING:
    from prosodyn.cli.progress import Bars
    from prosodyn.cli.timelines import Answered
    from prosodyn.formats import Outcome

EXAMPLE = """\
Examples:
prosodyn predict call.wav
prosodyn predict recordings/ --csv > answers.csv
prosodyn predict call.wav --model mine --enrol other-calls-of-the-same-speaker/
prosodyn predict interview.mp3 --turns interview.rttm --out interview.srt
"""

HEADER = ("file", "emotion", "confidence", "remarks")

MANY = 50
"""Recordings beyond which somebody who watches sees a progress bar; fewer take a moment."""


def predict(
    files: FilesArgument,
    *,
    model: ModelOption = None,
    engine: EngineOption = "auto",
    error_rate: ErrorRateOption = None,
    enrol: EnrolOption = None,
    self_training: SelfTrainingOption = False,
    timeline: TimelineOption = False,
    window: WindowOption = None,
    hop: HopOption = None,
    turns: TurnsOption = None,
    any_sound: AnySoundOption = False,
    out: OutOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON array.")] = False,
    as_json_lines: Annotated[
        bool, typer.Option("--jsonl", help="Write one JSON object a line, as they come.")
    ] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write comma-separated values.")] = False,
) -> None:
    """Recognise the emotion in recordings.

    A recording that cannot be used is reported, the others are answered all the same;
    the exit code is then 3. With --enrol, all recordings must be of one speaker, whose other
    recordings tell the recogniser how this speaker usually sounds; with --self-training, its
    answers about those teach it, too.
    What is longer than a minute is answered moment by moment, and so is all with --timeline,
    --window, --hop, --turns, --any-sound or --out; where nobody speaks, it says so.
    """
    if as_json + as_json_lines + as_csv > 1:
        raise ConfigError("predict: --json, --jsonl and --csv exclude each other; choose one")
    from prosodyn.bundle import DEFAULT
    from prosodyn.formats import to_csv
    from prosodyn.inference import Recogniser
    from prosodyn.types import Prediction

    for_all = timeline or any_sound or {window, hop, turns} != {None} or bool(out)
    wanted = Wanted(for_all, not as_csv, settings_from(window, hop), turns, any_sound)
    paths, failures = expand(files, "predict")
    refuse_wanted(wanted, len(paths))
    for path in out or ():
        refuse_out(path, len(paths) + len(failures))
    recogniser = Recogniser.load(DEFAULT if model is None else model, engine, error_rate=error_rate)
    tell = remark if as_json or as_csv or as_json_lines else say
    with libraries_silenced():
        recogniser = enrolled(recogniser, enrol, "predict", tell, self_training=self_training)
    with libraries_silenced(), _watching(not as_json_lines) as bars:
        answers = itertools.chain(answer(recogniser, paths, wanted, bars), failures)
        answered = list(_written(answers) if as_json_lines else _counted(answers, len(paths), bars))
    if as_json:
        say(to_array(answered))
    elif as_csv:
        say(to_csv(_without_timelines(answered)).rstrip("\n"))
    elif not as_json_lines:
        _show(answered)
    for path in out or ():
        write_timelines(path, [each for each in answered if not isinstance(each, Prediction)])
    _report_failures(answered)


def _written(answers: Iterable["Answered"]) -> Iterator["Answered"]:
    """Write each answer as it passes, so that the reader of a pipe need not wait for the last."""
    for answered in answers:
        say(to_line(answered))
        yield answered


@contextmanager
def _watching(is_wanted: bool) -> Iterator["Bars | None"]:
    """Give what shows progress, where somebody watches."""
    if not is_wanted or not sys.stderr.isatty():
        yield None
        return
    from prosodyn.cli.progress import Bars

    with Bars() as bars:
        yield bars


def _counted(answers: Iterable["Answered"], total: int, bars: "Bars | None") -> Iterator["Answered"]:
    """Move a progress bar with each answer that passes, where there are many."""
    for done, answered in enumerate(answers, start=1):
        if bars is not None and total > MANY:
            bars.show("recordings", done, total)
        yield answered


def _report_failures(answers: Iterable["Answered"]) -> None:
    from prosodyn.formats import Failure

    failures = [answered for answered in answers if isinstance(answered, Failure)]
    for failure in failures:
        remark(f"prosodyn: {printable(str(failure.error))}")
    if failures:
        sys.exit(AudioError.exit_code)


def _without_timelines(answers: Iterable["Answered"]) -> list["Outcome"]:
    from prosodyn.timeline import Timeline

    return [answered for answered in answers if not isinstance(answered, Timeline)]


def _show(answers: list["Answered"]) -> None:
    """Show what has one answer in one table, then the timelines."""
    from prosodyn.timeline import Timeline

    outcomes = _without_timelines(answers)
    if outcomes or not answers:
        _show_outcomes(outcomes)
    for answered in answers:
        if isinstance(answered, Timeline):
            show_timeline(answered)


def _show_outcomes(outcomes: list["Outcome"]) -> None:
    from prosodyn.cli.answers import draw_answers, told_confidence, worded
    from prosodyn.formats import Failure

    if is_terminal():
        draw_answers(outcomes)
        return
    rows = [
        (outcome.source, "—", "—", "cannot be used, see below")
        if isinstance(outcome, Failure)
        else (
            outcome.source,
            worded(outcome),
            told_confidence(outcome),
            "; ".join(outcome.remarks),
        )
        for outcome in outcomes
    ]
    show_table(HEADER, rows, numbers=("confidence",))
