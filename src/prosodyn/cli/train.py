"""The verb `train`: from labelled recordings to a bundle."""

import dataclasses
import shlex
import shutil
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from prosodyn.cli.options import (
    DeviceOption,
    EmotionsOption,
    PartialOption,
    RootOption,
    SeedOption,
    SourceArgument,
    SystemOption,
    VariantOption,
)
from prosodyn.cli.sources import Source, as_name, listed, make_folder
from prosodyn.cli.summary import say_epoch
from prosodyn.cli.terminal import remark, resumable, say, typed_command
from prosodyn.cli.together import check_processes, starts_others, threads_of_each, train_in_others
from prosodyn.cli.train_options import (
    FromOption,
    GraphOption,
    LicenceOption,
    NameOption,
    OutOption,
    ProcessesOption,
    RecipeOption,
    ShareOption,
    SpeakersOption,
    ThreadsOption,
)
from prosodyn.errors import ConfigError, OutputError
from prosodyn.files import reaching

if TYPE_CHECKING:
    from prosodyn.config import Experiment
    from prosodyn.training.naming import Naming
    from prosodyn.training.pretraining import Before
    from prosodyn.training.recipe import Lesson

EXAMPLE = """\
Examples:
prosodyn train emodb --out my-emodb
prosodyn train my/recordings --from open --out mine
"""

LIMITS = """\
Learnt from {n_utterances} recordings of {speakers}, and measured on nothing yet. It knows no \
other emotions than its labels and answers with one of them whatever it hears. Other speakers, languages, \
microphones and rooms, and emotions that are not acted, must be expected to be recognised worse: measure it \
on recordings of your own kind before you rely on it. It must not be used for decisions about people."""


def train(
    source: SourceArgument,
    *,
    out: OutOption,
    experiment: RecipeOption = None,
    system: SystemOption = None,
    seed: SeedOption = None,
    speakers: SpeakersOption = "new",
    start: FromOption = None,
    validation_share: ShareOption = None,
    device: DeviceOption = "auto",
    threads: ThreadsOption = 0,
    processes: ProcessesOption = 1,
    name: NameOption = None,
    licence: LicenceOption = None,
    graph: GraphOption = True,
    root: RootOption = None,
    variant: VariantOption = None,
    allow_partial: PartialOption = False,
    emotions: EmotionsOption = None,
) -> None:
    """Train a recogniser on a corpus, or on your own recordings.

    What a run needs to go on after a kill lies in OUT.run; the same command takes it up.
    """
    from prosodyn.training.experiment import load_experiment, settle
    from prosodyn.training.steps import choose_device

    with reaching(out, OutputError):
        taken = out.exists()
    if taken:
        raise OutputError(f"{out}: is there already; choose another folder with --out, or remove it")
    if start is not None and system is not None:
        raise ConfigError("train: --from and --system exclude each other; a bundle keeps its network")
    usual = "recommended" if start is None else "finetune"
    settings = settle(load_experiment(experiment or usual, system, seed), speakers)
    if start is not None and (settings.pretraining_corpora or settings.distils):
        raise ConfigError(
            f"train: {settings.name} hears other recordings before, and --from names what was heard; drop one"
        )
    if validation_share is not None:
        settings = _with_validation(settings, validation_share)
    bundle_name, kind = _bundle_name(name, out), check_processes(processes, device)
    recordings = Source(source, root, variant, allow_partial, listed(emotions))
    lesson = _plan(settings, recordings, start)
    before = None if start is not None else _plan_pretraining(lesson, out, kind)
    naming = _describe(bundle_name, recordings, lesson, licence)
    if before is not None:
        naming = dataclasses.replace(naming, description=f"{naming.description} {before.told}")
    choose_device(kind)  # before anything is written
    make_folder(_run_folder(out))
    try:
        with resumable():
            if starts_others(processes):
                train_in_others(processes, threads)
            elif _run(lesson, before, naming, _Place(out, kind, threads, graph)):
                _tell(lesson, out, recordings)
    finally:
        _drop_if_empty(_run_folder(out))


@dataclasses.dataclass(frozen=True, slots=True)
class _Place:
    """Where a training runs, and what it leaves."""

    out: Path
    device: str
    threads: int
    graph: bool


def _run_folder(out: Path) -> Path:
    return out.with_name(f"{out.name}.run")


def _drop_if_empty(folder: Path) -> None:
    """Remove the folder of a run that ended before it kept anything."""
    with suppress(OSError):
        folder.rmdir()  # refused where there is anything


def _bundle_name(name: str | None, out: Path) -> str:
    if name is None:
        return as_name(out.resolve().name)
    if as_name(name) != name:
        raise ConfigError(f"--name: '{name}' cannot be one; choose one such as '{as_name(name)}'")
    return name


def _with_validation(experiment: "Experiment", share: float) -> "Experiment":
    if not 0 <= share < 1:
        raise ConfigError(f"--validation-share: expected 0 to less than 1, found {share}")
    return dataclasses.replace(
        experiment, training=dataclasses.replace(experiment.training, validation_share=share)
    )


def _plan(experiment: "Experiment", recordings: Source, start: str | None) -> "Lesson":
    """Decide what is fitted on what."""
    from prosodyn.bundle import find
    from prosodyn.corpora import UNKNOWN_SPEAKER
    from prosodyn.evaluation.validation import carve_validation
    from prosodyn.training.recipe import Lesson
    from prosodyn.types import Split

    folder = None if start is None else find(start)
    utterances = recordings.load()
    by_id = {utterance.id: utterance for utterance in utterances}
    known = all(utterance.speaker != UNKNOWN_SPEAKER for utterance in utterances)
    split = carve_validation(
        Split("everything", tuple(by_id), (), ()),
        by_id,
        "speaker" if known else "utterance",
        share=experiment.training.validation_share,
        seed=experiment.training.seed,
    )
    train_side, held_back = (tuple(by_id[key] for key in side) for side in (split.train, split.validation))
    return Lesson(experiment, train_side, held_back, folder)


def _describe(name: str, recordings: Source, lesson: "Lesson", licence: str | None) -> "Naming":
    from prosodyn import corpora
    from prosodyn.training.naming import Naming

    about, usual = f"{recordings.name}.", "not stated; ask whoever owns the recordings"
    if recordings.declared:
        corpus = corpora.get(recordings.spec)
        about, usual = f"{recordings.name}: {corpus.description}", corpus.licence
    return Naming(
        name=name,
        description=f"Recognises {', '.join(lesson.labels)} in speech. Trained on {about}",
        licence=licence or usual,
        limits=LIMITS.format(n_utterances=len(lesson.train), speakers=_count_speakers(lesson)),
        command=typed_command(),
    )


def _count_speakers(lesson: "Lesson") -> str:
    from prosodyn.corpora import UNKNOWN_SPEAKER

    speakers = {utterance.speaker for utterance in lesson.train}
    return "unknown speakers" if UNKNOWN_SPEAKER in speakers else f"{len(speakers)} speakers"


def _plan_pretraining(lesson: "Lesson", out: Path, device: str) -> "Before | None":
    """Plan what is heard before, where the experiment says so, in the folder of the run."""
    from prosodyn.training.pretraining import plan_pretraining

    return plan_pretraining(lesson.experiment, (*lesson.train, *lesson.validation), _run_folder(out), device)


def _run(lesson: "Lesson", before: "Before | None", naming: "Naming", place: _Place) -> bool:
    """Train and write the bundle; return whether it is this process that wrote it, of those that train."""
    from prosodyn.cli.progress import Bars
    from prosodyn.training.doubt import give_doubt, teach_held_out
    from prosodyn.training.journal import EpochReport
    from prosodyn.training.loop import CHECKPOINT
    from prosodyn.training.meeting import joined, local_size
    from prosodyn.training.place import Memory, RunPlace
    from prosodyn.training.pretraining import after_pretraining
    from prosodyn.training.recipe import train_network
    from prosodyn.training.steps import choose_device
    from prosodyn.training.teaching import BUNDLE, TeachTask, holds_out, inner_teaching
    from prosodyn.training.workers import limit_threads
    from prosodyn.training.writing import write_trained

    limit_threads(place.threads or threads_of_each(local_size()))
    folder = _run_folder(place.out)
    checkpoint = folder / CHECKPOINT
    stages = () if before is None else before.stages
    begun = [
        each for each in (*(stage.directory for stage in stages), folder) if (each / CHECKPOINT).exists()
    ]
    with joined(place.device) as ranks, Bars(silent=not ranks.leads) as bars:
        if begun and ranks.leads:
            remark(f"going on where the run in {begun[0]} stopped")

        def report(epoch: EpochReport, row: str = "epochs") -> None:
            bars.show(row, epoch.epoch, epoch.n_epochs, say_epoch(epoch))

        def listening(done: int, total: int) -> None:
            bars.show("recordings", done, total)
            if done == total:
                bars.drop("recordings")

        for stage in stages:
            stage.run(partial(report, row=stage.name), listening, ranks)
            bars.drop(stage.name)
        lesson = after_pretraining(lesson, before)
        memory: Memory | None = {} if holds_out(lesson) else None
        where = RunPlace(choose_device(place.device), folder, "", report, listening, ranks, memory)
        module = train_network(lesson, where)
        bundle = folder / BUNDLE if holds_out(lesson) else place.out
        if ranks.leads:
            write_trained(bundle, module, lesson, naming, place.graph)
        if holds_out(lesson):
            task = TeachTask(lesson, folder, place.device, naming)
            inner = inner_teaching(task, partial(report, row="held out"), listening, ranks, memory)
            (give_doubt if ranks.leads else teach_held_out)(bundle, lesson, inner)
    if ranks.leads:
        if holds_out(lesson):
            bundle.rename(place.out)  # whoever finds one there shall find it whole
        checkpoint.unlink(missing_ok=True)
        for trained in folder.glob("held-out-*"):
            shutil.rmtree(trained)
    return ranks.leads


def _place_of_models(lesson: "Lesson") -> str:
    """Return what goes before a command that has to find the models which the bundle names."""
    from prosodyn.encoders import encoder_folder

    for encoder in lesson.experiment.front_end.hub_encoders:
        is_beside = bool(encoder.folder) and Path(encoder.folder, encoder.model).is_dir()
        if is_beside and not (encoder_folder() / encoder.model).is_dir():
            return f"PROSODYN_ENCODERS={shlex.quote(str(Path(encoder.folder).resolve()))} "
    return ""


def _tell(lesson: "Lesson", out: Path, recordings: Source) -> None:
    """Say what was written, and what to do with it."""
    from prosodyn.bundle import read_card

    card = read_card(out)
    say(
        f"wrote {out}: {card.system}, {card.n_parameters} parameters, "
        f"trained on {len(lesson.train)} recordings of {_count_speakers(lesson)}"
    )
    say(f"it answers with {', '.join(card.labels)}; licence: {card.licence}")
    for encoder in () if card.front_end is None else card.front_end.hub_encoders:
        say(
            f"it hears by {encoder.name} ({encoder.model}), which it does not hold: no graph was written, "
            "and whoever uses it needs pip install 'prosodyn[encoders]' and the same files"
        )
    enrol = " --enrol OTHER_RECORDINGS_OF_THE_SPEAKER" if card.expects_enrolment else ""
    say(f"next: {_place_of_models(lesson)}prosodyn predict --model {shlex.quote(str(out))}{enrol} FILE")
    say(f"      prosodyn evaluate {shlex.quote(recordings.spec)}   how such a one does on unseen speakers")
