"""Folds, one after the other or several at a time; what trains elsewhere is sent the training side alone."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from prosodyn.errors import TrainingError
from prosodyn.training.fold import (
    OUTCOME,
    FoldAnswers,
    FoldTask,
    answer_fold,
    find_answers,
    find_taught_twin,
    run_fold,
)
from prosodyn.training.journal import EpochReport
from prosodyn.training.pretraining import Before
from prosodyn.training.teaching import Taught, teach
from prosodyn.training.watch import watch
from prosodyn.training.workers import worker_pool


@dataclass(frozen=True, slots=True)
class FoldReport:
    """What a progress bar learns.

    Attributes:
        fold: name of the split
        done: folds that have ended
        total: folds in all
        epoch: the epoch that has just ended; None when the fold has
        heard: how many recordings have been heard before the first epoch, and how many there are
    """

    fold: str
    done: int
    total: int
    epoch: EpochReport | None = None
    heard: tuple[int, int] | None = None


def run_pretrainings(tasks: Sequence[FoldTask], progress: Callable[[FoldReport], None] | None) -> None:
    """Run what networks hear before the folds that are still to be run, each once, in this process.

    Args:
        tasks: all folds
        progress: called as recordings are heard, and as epochs end

    Raises:
        TrainingError: a training run cannot go on
        AudioError: a recording that cannot be used
    """
    report = progress or (lambda _: None)
    waiting = [task for task in tasks if task.pretraining and _find_without_teaching(task) is None]
    done = len(tasks) - len(waiting)
    wanted = {each.pretraining.directory: each.pretraining for each in waiting if each.pretraining}
    # two that start from the same one find it there
    for stage in (stage for pretraining in wanted.values() for stage in pretraining.stages):
        told = partial(FoldReport, stage.name, done, len(tasks))
        _run_stage(stage, report, told)


def _run_stage(stage: Before, report: Callable[[FoldReport], None], told: Callable[..., FoldReport]) -> None:
    stage.run(lambda epoch: report(told(epoch=epoch)), lambda *heard: report(told(heard=heard)))
    report(told())


def run_folds(
    tasks: Sequence[FoldTask], n_processes: int, progress: Callable[[FoldReport], None] | None
) -> list[FoldAnswers]:
    """Run folds: one after the other in this process, or taught in others and answered in this one.

    Args:
        tasks: with different directories
        n_processes: that train at a time; zero for one a core
        progress: called as folds end, and as their epochs do; with several processes, with the newest epoch
            of each twice a second at most

    Returns:
        the answers, in the order of the tasks

    Raises:
        TrainingError: a training run cannot go on, or one of several processes was killed
        EvaluationError: enrolment would leave nothing of a speaker to be scored
        AudioError: a recording that cannot be used
    """
    report = progress or (lambda _: None)
    n_processes = min(n_processes or os.cpu_count() or 1, len(tasks))
    if n_processes == 1:
        return [_run_here(task, done, len(tasks), report) for done, task in enumerate(tasks)]
    answers: dict[Path, FoldAnswers] = {}

    def end(task: FoldTask, found: FoldAnswers) -> None:
        answers[task.directory] = found
        report(FoldReport(task.split.name, len(answers), len(tasks)))

    for task in tasks:
        found = _find_without_teaching(task)
        if found is not None:
            end(task, found)
    waiting = [task for task in tasks if task.directory not in answers]
    for task, event in _teach_elsewhere(waiting, n_processes):
        if isinstance(event, Taught):
            end(task, answer_fold(task, event))
        else:
            report(FoldReport(task.split.name, len(answers), len(tasks), event))
    return [answers[task.directory] for task in tasks]


def _find_without_teaching(task: FoldTask) -> FoldAnswers | None:
    found = find_answers(task)
    if found is None:
        taught = find_taught_twin(task)
        found = None if taught is None else answer_fold(task, taught)
    return found


def _teach_elsewhere(
    tasks: Sequence[FoldTask], n_processes: int
) -> Iterator[tuple[FoldTask, Taught | EpochReport]]:
    """Train in other processes, which are sent the training sides alone, and yield what happens there.

    Raises:
        TrainingError: a training run cannot go on, or a process was killed
    """
    if not tasks:
        return
    n_processes = min(n_processes, len(tasks))
    try:
        with worker_pool(n_processes, n_threads=1) as pool:
            running = {pool.submit(teach, task.teaching): task for task in tasks}
            for future, epoch in watch({future: task.directory for future, task in running.items()}):
                yield running[future], future.result() if epoch is None else epoch
    except BrokenProcessPool as fault:
        raise TrainingError(_killed(tasks)) from fault


def _killed(tasks: Sequence[FoldTask]) -> str:
    left = [task.split.name for task in tasks if not (task.directory / OUTCOME).exists()]
    return (
        f"{tasks[0].directory.parent}: a process was killed, most likely because memory ran out; "
        f"the folds {left} are left, all others are done and kept; run it again with fewer '--jobs'"
    )


def _run_here(task: FoldTask, done: int, total: int, report: Callable[[FoldReport], None]) -> FoldAnswers:
    name = task.split.name
    told = partial(FoldReport, name, done, total)
    answers = run_fold(
        task, lambda epoch: report(told(epoch=epoch)), lambda *heard: report(told(heard=heard))
    )
    report(FoldReport(name, done + 1, total))
    return answers
