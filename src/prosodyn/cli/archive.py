"""The verb `archive`: very many recordings, a row for each, whatever is killed on the way."""

import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prosodyn.cli.manual import OUTPUT, RECORDINGS
from prosodyn.cli.options import ErrorRateOption, ModelOption
from prosodyn.cli.terminal import in_short, printable, remark, resumable, say, show_table

if TYPE_CHECKING:
    from prosodyn.cli.progress import Bars
    from prosodyn.scale import Progress, Summary

EXAMPLE = """\
Examples:
prosodyn archive recordings/ --out results
prosodyn archive calls.csv --out results --date day --workers 8
prosodyn archive s3://calls/list.parquet --out results --cluster auto
"""

EVERY = 30.0
"""Seconds from one line of progress to the next, where there is no terminal."""

RECENT = 60.0
"""Seconds over which the rate is measured."""

WORK = "Work"
"""Panel of options."""


SourceArgument = Annotated[
    str,
    typer.Argument(
        metavar="MANIFEST|FOLDER",
        help="A list of recordings as CSV, JSON Lines or Parquet with a column 'path', or a folder of "
        "recordings; or the URL of either.",
    ),
]
OutOption = Annotated[
    str,
    typer.Option("--out", metavar="RESULTS", help="Folder for the results.", rich_help_panel=OUTPUT),
]
DateOption = Annotated[
    str | None,
    typer.Option(
        "--date",
        metavar="COLUMN",
        help="Column of the list with the day of a recording, such as 2025-01-31, for the picture.",
        show_default=False,
        rich_help_panel=RECORDINGS,
    ),
]
RetryOption = Annotated[
    bool,
    typer.Option("--retry-failed", help="Read once more what could not be read.", rich_help_panel=RECORDINGS),
]
WorkersOption = Annotated[
    int,
    typer.Option(
        "--workers",
        metavar="N",
        help="Processes, each on one core; by default one a core.",
        min=0,
        show_default=False,
        rich_help_panel=WORK,
    ),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        metavar="ADDRESS",
        help="Work on the Ray cluster there; 'auto' finds the one that this machine belongs to, "
        "'local' starts one for this.",
        show_default=False,
        rich_help_panel=WORK,
    ),
]
ShardSizeOption = Annotated[
    int | None,
    typer.Option(
        "--shard-size",
        metavar="N",
        help="Recordings of a file of results, which is what a crash costs a worker; by default 1000, or "
        "fewer of a short list.",
        min=1,
        show_default=False,
        rich_help_panel=OUTPUT,
    ),
]
PatienceOption = Annotated[
    float,
    typer.Option(
        "--patience",
        metavar="SECONDS",
        help="After so long with one file, a worker is ended and replaced.",
        rich_help_panel=WORK,
    ),
]
SummaryOption = Annotated[
    bool, typer.Option("--json", help="Write the summary as JSON.", rich_help_panel=OUTPUT)
]


def archive(
    source: SourceArgument,
    out: OutOption,
    *,
    model: ModelOption = None,
    error_rate: ErrorRateOption = None,
    date: DateOption = None,
    retry_failed: RetryOption = False,
    workers: WorkersOption = 0,
    cluster: ClusterOption = None,
    shard_size: ShardSizeOption = None,
    patience: PatienceOption = 600.0,
    as_json: SummaryOption = False,
) -> None:
    """Recognise the emotion in very many recordings, and write a row for each as Parquet.

    Whatever ends it, a kill, a full disk or Ctrl-C, the same command goes on where it stopped, and in the end
    each recording has exactly one row. What cannot be used has a row that says why; the exit code is 0 all
    the same. What is longer than a minute is answered moment by moment, and its row sums that up.
    """
    from prosodyn.bundle import DEFAULT
    from prosodyn.cli.progress import Bars
    from prosodyn.scale import ArchiveSettings
    from prosodyn.scale import archive as answer_all
    from prosodyn.scale.places import Places

    settings = ArchiveSettings(
        model=DEFAULT if model is None else model,
        error_rate=error_rate,
        shard_size=shard_size,
        n_workers=workers,
        cluster=cluster,
        patience=patience,
        retries=retry_failed,
        date=date,
    )
    with resumable(), Bars(every=EVERY) as bars:
        summary = answer_all(source, out, settings, _follow(bars))
    if as_json:
        say(Path(out, "summary.json").read_text(encoding="utf-8").rstrip("\n"))
    else:
        _show(summary, Path(out))
    if not Places(Path(out)).plot.exists():
        remark("no picture over time was drawn, for want of matplotlib: pip install 'prosodyn[plots]'")


def _follow(bars: "Bars") -> Callable[["Progress"], None]:
    """Return what shows how far a run is, how fast, and how long it will take."""
    pace = Pace()
    stages: list[str] = []

    def show(progress: "Progress") -> None:
        if stages and stages[-1] != progress.stage:
            bars.drop(stages[-1])
        stages[:] = [progress.stage]
        text = f"{progress.done:,}" if progress.total is None else f"{progress.done:,} of {progress.total:,}"
        if progress.stage == "answering" and progress.total is not None:
            text += pace.tell(progress.seconds, progress.answered, progress.total - progress.done)
        if progress.deaths:
            text += f", {progress.deaths} workers died"
        bars.show(progress.stage, progress.done, progress.total, text)

    return show


class Pace:
    """How fast a run has been of late."""

    def __init__(self) -> None:
        """Begin to measure."""
        self._moments: deque[tuple[float, int]] = deque()

    def tell(self, seconds: float, done: int, left: int) -> str:
        """Say how many recordings are answered a second, and how long the rest takes.

        Args:
            seconds: since the run began
            done: recordings that it has answered
            left: recordings that are still to be answered
        """
        while len(self._moments) > 1 and seconds - self._moments[0][0] > RECENT:
            self._moments.popleft()
        self._moments.append((seconds, done))
        began, before = self._moments[0]
        if seconds <= began or done <= before:
            return ""
        rate = (done - before) / (seconds - began)
        # a bar tells the time by itself
        rest = "" if sys.stderr.isatty() else f", {duration(left / rate)} left"
        return f", {rate:.1f} a second{rest}"


def duration(seconds: float) -> str:
    """Write a time in two units at most.

    Examples:
        >>> duration(42), duration(160), duration(7 * 3600), duration(100 * 3600)
        ('42 s', '3 min', '7 h 0 min', '4 d 4 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} d {hours % 24} h"


def _show(summary: "Summary", out: Path) -> None:
    """Write what was counted."""
    from prosodyn.scale.places import Places

    n_answered = summary.n_rows - summary.n_failed
    sound = f"{summary.hours:,.1f} h" if summary.hours >= 1 else duration(3600 * summary.hours)
    say(f"{summary.n_rows:,} recordings, a row for each; {n_answered:,} answered, {sound} of sound")
    rows = [(name, f"{n:,}", f"{100 * n / summary.n_rows:.1f} %") for name, n in summary.emotions.items()]
    show_table(("emotion", "recordings", "share"), rows, numbers=("recordings", "share"))
    if summary.errors:
        failed = [(name, f"{n:,}", summary.examples[name]) for name, n in summary.errors.items()]
        show_table(("no answer", "recordings", "the first of them"), failed, numbers=("recordings",))
    run = summary.run
    if run.n_rows:
        rate = f", {run.n_rows / run.seconds:.1f} a second" if run.seconds else ""
        memory = "" if run.megabytes is None else f", at most {run.megabytes:.0f} MB a worker"
        deaths = f", {run.deaths} workers died and were replaced" if run.deaths else ""
        say(f"this run answered {run.n_rows:,} in {duration(run.seconds)}{rate}{memory}{deaths}")
    say(printable(f"answered by '{summary.bundle}', {in_short(summary.licence, 60)}"))
    places = Places(out)
    written = [path.name for path in (places.summary, places.failed, places.plot) if path.exists()]
    say(printable(f"written: {places.shards}/*.parquet, {', '.join(written)}"))
