"""The benchmark: every fold of a protocol, in several processes, resumed where it was stopped."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from prosodyn import __version__
from prosodyn.errors import TrainingError
from prosodyn.evaluation.adaptation import Adaptation, check_new_speakers, check_protocol
from prosodyn.evaluation.leakage import audit_before_run
from prosodyn.evaluation.outcome import Answers, gather
from prosodyn.evaluation.protocols import ProtocolOptions, find_protocol, splits
from prosodyn.evaluation.result_file import ResultFile, Run
from prosodyn.evaluation.scores import score
from prosodyn.training.cost import measure_cost
from prosodyn.training.experiment import Settings, fold_settings, with_seed
from prosodyn.training.fold import (
    OUTCOME,
    FoldAnswers,
    FoldTask,
    answer_fold,
    find_answers,
    find_taught_twin,
    run_fold,
)
from prosodyn.training.identity import settings_digest
from prosodyn.training.journal import EpochReport
from prosodyn.training.teaching import Taught, teach
from prosodyn.training.watch import watch
from prosodyn.training.workers import worker_pool
from prosodyn.types import Split, Utterance

SPLIT_SEED = 0
"""Random folds never change with the seed of a training run, so that seeds can be compared."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What is measured: one system, one recipe, one corpus, one protocol.

    Attributes:
        experiment: settings of a network or of a classical system
        corpus: name
        protocol: name, see `evaluation.protocols`
        utterances: of the corpus
        directory: of the run; every finished fold in it is kept
        command: repeats the run
        n_folds: how many folds to run; zero for all
        device: that trains
        n_processes: folds at a time; zero for one a core
        lists: the file of the protocol `fixed`
        heard: the corpus that the protocol `cross_corpus` trains on
        adaptation: what is done with unlabelled audio of the test speakers; but for `none`, each speaker's
            own mean and scale normalise the features, whatever the experiment says
        twin: directory of the run of the other adaptation, whose trainings are the same and are taken
        allow_duplicates: run although a recording that is tested is also trained on, and say so
        seeds: every fold is trained with each; empty for the experiment's own
    """

    experiment: Settings
    corpus: str
    protocol: str
    utterances: tuple[Utterance, ...]
    directory: Path
    command: str
    n_folds: int = 0
    device: str = "cpu"
    n_processes: int = 0
    lists: Path | None = None
    heard: str | None = None
    adaptation: Adaptation = "none"
    twin: Path | None = None
    allow_duplicates: bool = False
    seeds: tuple[int, ...] = ()

    @property
    def settings(self) -> Settings:
        """Return what is trained by."""
        return fold_settings(self.experiment, find_protocol(self.protocol, self.options), self.adaptation)

    @property
    def options(self) -> ProtocolOptions:
        """Return what varies within the protocol."""
        share = self.experiment.validation_share
        return ProtocolOptions(seed=SPLIT_SEED, validation_share=share, lists=self.lists, heard=self.heard)

    def splits(self) -> tuple[Split, ...]:
        """Divide the corpus.

        Raises:
            EvaluationError: the protocol cannot divide it, or tests nobody to adapt to
        """
        check_protocol(self.adaptation, self.protocol)
        every = splits(self.protocol, self.utterances, self.options)
        check_new_speakers(self.adaptation, every, self.utterances)
        return every

    def tasks(self) -> list[FoldTask]:
        """Describe the folds that are wanted, with every seed, each in a folder of its own."""
        every = self.splits()
        wanted = every[: self.n_folds or len(every)]
        return [self._task(split, seed) for seed in self.seeds or (self.settings.seed,) for split in wanted]

    def kept_answers(self) -> Answers | None:
        """Return what an earlier run of the wanted folds answered; None where some were not run.

        Raises:
            TrainingError: folds of other settings, or broken ones
        """
        kept = [find_answers(task) for task in self.tasks()]
        found = [answers.outcome for answers in kept if answers is not None]
        return gather(found, self.utterances) if len(found) == len(kept) else None

    def _task(self, split: Split, seed: int) -> FoldTask:
        part = Path(folder_name(split.name))
        if seed != self.settings.seed:
            part = f"seed-{seed}" / part
        return FoldTask(
            experiment=with_seed(self.settings, seed),
            split=split,
            utterances=self.utterances,
            directory=self.directory / part,
            device=self.device,
            command=self.command,
            adaptation=self.adaptation,
            twin=None if self.twin is None else self.twin / part,
        )


@dataclass(frozen=True, slots=True)
class FoldReport:
    """What a progress bar learns.

    Attributes:
        fold: name of the split
        done: folds that have ended
        total: folds in all
        epoch: the epoch that has just ended; None when the fold has
    """

    fold: str
    done: int
    total: int
    epoch: EpochReport | None = None


def run_benchmark(
    benchmark: Benchmark,
    progress: Callable[[FoldReport], None] | None = None,
    listening: Callable[[int, int], None] | None = None,
) -> ResultFile:
    """Run every fold that has not been run, and score all of them.

    Before anything is trained the folds are audited, see `evaluation.leakage`.

    Args:
        benchmark: what is measured
        progress: called as folds end, and as their epochs do; with several processes, with the newest epoch
            of each twice a second at most
        listening: called before, with how many recordings have been compared, and how many there are

    Raises:
        EvaluationError: the protocol cannot divide the corpus, or tests nobody to adapt to, or the folds leak
        TrainingError: a training run cannot go on, or one of several processes was killed
        AudioError: a recording that cannot be used
    """
    tasks = benchmark.tasks()
    protocol = find_protocol(benchmark.protocol, benchmark.options)
    folds = list({task.split.name: task.split for task in tasks}.values())
    audited = audit_before_run(protocol, folds, benchmark.utterances, benchmark.allow_duplicates, listening)
    answers = _run_tasks(tasks, benchmark.n_processes or os.cpu_count() or 1, progress)
    pooled = gather([fold.outcome for fold in answers], benchmark.utterances)
    run = Run(
        system=benchmark.experiment.system,
        corpus=benchmark.corpus,
        recipe=benchmark.experiment.name,
        settings_sha256=settings_digest(benchmark.settings),
        protocol=protocol.name,
        adapted=benchmark.adaptation != "none",
        outside_data=(),
        folds_done=len({task.split.name for task in tasks}),
        folds_total=len(benchmark.splits()),
        seconds_training=round(sum(fold.seconds_training for fold in answers), 1),
        command=benchmark.command,
        version=__version__,
        adaptation=benchmark.adaptation,
        n_enrolled=len({name for fold in folds for name in fold.test}) - len(pooled.ids),
        n_scored=len(pooled.ids),
    )
    cost = measure_cost(benchmark.settings, len(pooled.labels))
    return ResultFile(run, score(pooled), cost, audited)


def folder_name(name: str) -> str:
    """Return the name of a fold's folder: its own where it is plain, else a readable part and a digest.

    Names come from manifests, where a speaker may be called `either/or` or `../..`.
    """
    if re.fullmatch(r"[\w-][\w.-]{0,59}", name):
        return name
    readable = re.sub(r"[^\w-]+", "-", name).strip("-")[:50]
    return f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _run_tasks(
    tasks: Sequence[FoldTask], n_processes: int, progress: Callable[[FoldReport], None] | None
) -> list[FoldAnswers]:
    report = progress or (lambda _: None)
    n_processes = min(n_processes, len(tasks))
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
        with worker_pool(n_processes, max(1, (os.cpu_count() or 1) // n_processes)) as pool:
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
    answers = run_fold(task, lambda epoch: report(FoldReport(name, done, total, epoch)))
    report(FoldReport(name, done + 1, total))
    return answers
