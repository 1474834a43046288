"""The benchmark: every fold of a protocol, in several processes, resumed where it was stopped."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prosodyn import __version__
from prosodyn.comparison.settings import Comparison
from prosodyn.errors import TrainingError
from prosodyn.evaluation.adaptation import Adaptation, check_new_speakers, check_protocol
from prosodyn.evaluation.belief import Belief, believe
from prosodyn.evaluation.leakage import audit_before_run
from prosodyn.evaluation.outcome import Outcome, gather
from prosodyn.evaluation.protocols import ProtocolOptions, find_protocol, splits
from prosodyn.evaluation.result_file import ResultFile, Run
from prosodyn.evaluation.scores import score
from prosodyn.training.cost import measure_cost
from prosodyn.training.experiment import Settings, fold_settings, with_seed
from prosodyn.training.fold import FoldAnswers, FoldTask, find_answers
from prosodyn.training.identity import settings_digest
from prosodyn.training.pretraining import Before, plan_pretraining
from prosodyn.training.running import FoldReport, run_folds, run_pretrainings
from prosodyn.training.workers import on_one_thread
from prosodyn.types import Channel, Split, Utterance

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
        heard: the corpora that `cross_corpus` and `leave_one_corpus_out` train on
        adaptation: what is done with unlabelled audio of the test speakers; but for `none`, each speaker's
            own mean and scale normalise the features, whatever the experiment says
        twins: directories of the runs of other adaptations and channels, whose trainings are the same and are
            taken
        allow_duplicates: run although a recording that is tested is also trained on, and say so
        seeds: every fold is trained with each; empty for the experiment's own
        shared: folder in which benchmarks share what is heard before; None for the run's own
        channel: what the test side goes through before it is answered; empty for nothing
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
    heard: tuple[str, ...] = ()
    adaptation: Adaptation = "none"
    twins: tuple[Path, ...] = ()
    allow_duplicates: bool = False
    seeds: tuple[int, ...] = ()
    shared: Path | None = None
    channel: Channel = ""

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
        return [
            self._task(split, seed, before)
            for seed in self.seeds or (self.settings.seed,)
            for before in [self._pretraining(seed)]
            for split in wanted
        ]

    def kept_outcomes(self) -> list[Outcome] | None:
        """Return what an earlier run answered, of each wanted fold and seed; None where some were not run.

        Raises:
            TrainingError: folds of other settings, or broken ones
        """
        kept = [find_answers(task) for task in self.tasks()]
        found = [answers.outcome for answers in kept if answers is not None]
        return found if len(found) == len(kept) else None

    def _pretraining(self, seed: int) -> Before | None:
        """Describe what the networks of all folds hear before: nothing of this corpus."""
        settings = with_seed(self.settings, seed)
        if isinstance(settings, Comparison):
            return None
        return plan_pretraining(settings, self.utterances, self.shared or self.directory, self.device)

    def _task(self, split: Split, seed: int, pretraining: Before | None) -> FoldTask:
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
            twins=tuple(twin / part for twin in self.twins),
            pretraining=pretraining,
            channel=self.channel,
        )


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
    return measure(benchmark, benchmark.tasks(), progress, listening)


def measure(
    benchmark: Benchmark,
    tasks: Sequence[FoldTask],
    progress: Callable[[FoldReport], None] | None,
    listening: Callable[[int, int], None] | None,
) -> ResultFile:
    """Audit the folds of a benchmark, run them, and score what they answer; see `run_benchmark`."""
    protocol = find_protocol(benchmark.protocol, benchmark.options)
    folds = list({task.split.name: task.split for task in tasks}.values())
    audited = audit_before_run(protocol, folds, benchmark.utterances, benchmark.allow_duplicates, listening)
    # here as in other processes, so that a run ends alike however often it was broken off
    with on_one_thread():
        run_pretrainings(tasks, progress)
        answers = run_folds(tasks, benchmark.n_processes, progress)
    refuse_other_starts(answers, benchmark.directory)
    pooled = gather([fold.outcome for fold in answers], benchmark.utterances)
    own = {utterance.corpus for utterance in benchmark.utterances}
    run = Run(
        system=benchmark.experiment.system,
        corpus=benchmark.corpus,
        recipe=benchmark.experiment.name,
        settings_sha256=settings_digest(benchmark.settings),
        protocol=protocol.name,
        adapted=benchmark.adaptation != "none",
        outside_data=tuple(name for name in benchmark.settings.outside_data if name not in own),
        folds_done=len({task.split.name for task in tasks}),
        folds_total=len(benchmark.splits()),
        seconds_training=round(sum(fold.seconds_training for fold in answers), 1),
        command=benchmark.command,
        version=__version__,
        adaptation=benchmark.adaptation,
        n_enrolled=len({name for fold in folds for name in fold.test}) - len(pooled.ids),
        n_scored=len(pooled.ids),
        channel=benchmark.channel,
    )
    cost = measure_cost(benchmark.settings, len(pooled.labels))
    return ResultFile(run, score(pooled), cost, audited, belief=_belief(answers, benchmark.utterances))


def _belief(answers: Sequence[FoldAnswers], utterances: Sequence[Utterance]) -> Belief | None:
    """Measure whether the answers could be believed, where every fold learnt how far."""
    shares = [fold.least_share for fold in answers if fold.least_share is not None]
    if len(shares) < len(answers):
        return None
    return believe([fold.outcome for fold in answers], shares, utterances)


def refuse_other_starts(answers: Sequence[FoldAnswers], directory: Path) -> None:
    """Refuse folds that start from different networks: what was heard before is trained once for all of them.

    Raises:
        TrainingError: two folds of one seed, of which one was made where the other's start is no longer
    """
    known = {(fold.outcome.seed, fold.start) for fold in answers if fold.start}
    if len({seed for seed, _ in known}) < len(known):
        raise TrainingError(
            f"{directory}: its folds start from different pretrained networks, as when a run is continued on "
            "another machine; delete the folds of one of them to run them again"
        )


def folder_name(name: str) -> str:
    """Return the name of a fold's folder: its own where it is plain, else a readable part and a digest.

    Names come from manifests, where a speaker may be called `either/or` or `../..`.
    """
    if re.fullmatch(r"[\w-][\w.-]{0,59}", name):
        return name
    readable = re.sub(r"[^\w-]+", "-", name).strip("-")[:50]
    return f"{readable}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
