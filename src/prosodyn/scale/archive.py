"""The run: list, answer, count; begun, killed, begun again, and in the end a row for each recording."""

import time
import uuid
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from prosodyn.errors import ConfigError, OutputError
from prosodyn.plots import refuse_undrawable
from prosodyn.scale.listing import OWN, ShardSize, list_inputs, locate, read_listed, refuse_other_inputs
from prosodyn.scale.lock import locked
from prosodyn.scale.manifests import PATH
from prosodyn.scale.ours import refuse_foreign, remove_unfinished
from prosodyn.scale.places import Places
from prosodyn.scale.plan import Plan, describe_model, read_plan, refuse_other, write_plan
from prosodyn.scale.pool import run_locally
from prosodyn.scale.remote import scheme_of
from prosodyn.scale.settings import ArchiveSettings
from prosodyn.scale.shard import Task, remove_scratch
from prosodyn.scale.steps import Steps
from prosodyn.scale.summary import Run, Summary, summarise

Stage = Literal["listing", "answering", "counting"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        stage: what it is doing
        done: recordings that are listed, answered or counted
        total: recordings in all; None while they are being listed
        answered: how many of `done` this run has answered
        seconds: since this run began to answer; zero before
        deaths: workers that have died in this run
    """

    stage: Stage
    done: int
    total: int | None = None
    answered: int = 0
    seconds: float = 0.0
    deaths: int = 0


Report = Callable[[Progress], None]


def archive(
    source: Path | str,
    results: Path | str,
    settings: ArchiveSettings | None = None,
    progress: Report | None = None,
) -> Summary:
    """Recognise the emotion in very many recordings, and write a row for each into Parquet files.

    Whatever ends it, the same call goes on where it stopped. A recording that cannot be used has a row that
    says why.

    Args:
        source: a folder of recordings, or a list of them as CSV, JSON Lines or Parquet with a column `path`;
            a path, or a URL that fsspec opens
        results: folder, of which one run at a time writes; it is made
        settings: how
        progress: is told how far it is: for each thousand that are listed, twice a second at least while this
            machine answers, on a cluster for each piece of work that is done, for each shard that is counted

    Returns:
        what was counted when all was done, which is also written into the folder

    Raises:
        CorpusError: no recordings, or a list or folder that cannot be used
        BundleError: no such recogniser
        ConfigError: settings that cannot be used, or workers that die before they begin
        OutputError: nothing can be written there, a full disk, another run at work there, or results that
            were begun with other recordings or another recogniser
        MissingExtraError: a package that a cluster, a URL or a picture by date needs is not installed
    """
    settings, report = settings or ArchiveSettings(), progress or (lambda _: None)
    if scheme_of(str(results)):
        raise OutputError(
            f"{results}: results go to a folder of this machine or a disk that it shares; name one"
        )
    places = Places(Path(results).absolute())
    refuse_foreign(places, locate(str(source))[0])  # before anything is made
    if settings.date is not None:
        refuse_undrawable()  # the picture is what the date is for
    model = describe_model(settings.model, settings.error_rate)
    with locked(places.lock):
        plan = read_plan(places.plan)
        _clean(places)
        if plan is None:
            size = ShardSize(settings.shard_size, settings.n_processes)
            plan = list_inputs(
                str(source), places, model, size, lambda done: report(Progress("listing", done))
            )
            write_plan(places.plan, plan)
        else:
            refuse_other(plan, places.plan, model, settings.shard_size)
            refuse_other_inputs(plan, places.plan, str(source))
        _refuse_date(places, settings.date)
        run, n_rows = _answer(places, plan, settings, report), plan.inputs.n_rows
        return summarise(
            places, plan, run, settings.date, lambda done: report(Progress("counting", done, n_rows))
        )


def _clean(places: Places) -> None:
    """Remove what a killed run has left, and make what is missing."""
    try:
        for folder in (places.shards, places.notes):
            folder.mkdir(parents=True, exist_ok=True)
        remove_unfinished(places)
    except OSError as fault:
        raise OutputError(
            f"{places.folder}: cannot be written: {fault.strerror}; choose another place"
        ) from fault


def _refuse_date(places: Places, date: str | None) -> None:
    """Raise, before long work, where the list has no such column."""
    if date is None:
        return
    names = read_listed(places, 0).column_names
    if f"{OWN}{date}" not in names:
        own = [name.removeprefix(OWN) for name in names if name != PATH]
        raise ConfigError(f"archive.date: the list has no column '{date}', expected one of {own}")


def _answer(places: Places, plan: Plan, settings: ArchiveSettings, report: Report) -> Run:
    """Have all shards answered that are not done."""
    done = bytearray(plan.n_shards)
    for shard in places.finished():
        if shard < plan.n_shards:
            done[shard] = 1
    n_before = sum(len(plan.rows_of(shard)) for shard in range(plan.n_shards) if done[shard])
    if settings.retries:
        done, n_before = bytearray(plan.n_shards), 0
    waiting = [shard for shard in range(plan.n_shards) if not done[shard]]
    task = Task(places.folder, plan, uuid.uuid4().hex, settings.patience, settings.retries)
    started = time.monotonic()
    ready: dict[int, int] = {}  # of the shards that are being answered
    n_done = n_answered = deaths = 0
    megabytes = 0.0
    try:
        # closed at once, whatever is raised: then no worker is left
        with closing(_steps(task, waiting, settings)) as steps:
            for step in steps:
                if step is not None:
                    deaths += step.has_died
                    megabytes = max(megabytes, step.megabytes or 0.0)
                    ready[step.shard] = step.n_rows
                    if step.is_done:
                        n_answered += ready.pop(step.shard)
                        n_done += len(plan.rows_of(step.shard))
                now = sum(ready.values())
                seconds = time.monotonic() - started
                so_far = n_before + n_done + now
                report(Progress("answering", so_far, plan.inputs.n_rows, n_answered + now, seconds, deaths))
    finally:
        remove_scratch(task)
    return Run(n_answered, time.monotonic() - started, deaths, megabytes or None)


def _steps(task: Task, waiting: list[int], settings: ArchiveSettings) -> Steps:
    if settings.cluster is None or not waiting:
        return run_locally(task, waiting, settings.n_processes)
    from prosodyn.scale.cluster import run_on_cluster

    return run_on_cluster(task, waiting, settings.cluster, settings.n_workers)
