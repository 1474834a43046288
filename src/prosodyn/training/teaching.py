"""The half of a fold that teaches: it gets the training side, and of the test side not even the names."""

import dataclasses
import json
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
import torch

from prosodyn import __version__
from prosodyn.bundle import read_card
from prosodyn.encoders import remember_places
from prosodyn.errors import TrainingError
from prosodyn.files import write_text
from prosodyn.training.comparison import ComparisonLesson
from prosodyn.training.doubt import TeachInner, give_doubt, teach_held_out
from prosodyn.training.loop import CHECKPOINT
from prosodyn.training.naming import Naming
from prosodyn.training.place import Listening, Memory, Progress, RunPlace
from prosodyn.training.ranks import ALONE, Ranks
from prosodyn.training.recipe import Lesson
from prosodyn.training.steps import choose_device
from prosodyn.training.student_lesson import DistillationLesson

BUNDLE, TAUGHT = "bundle", "taught.json"

AnyLesson = Lesson | ComparisonLesson | DistillationLesson
"""What is taught, to a network or to a classical system; each teaches itself."""


@dataclass(frozen=True, slots=True)
class TeachTask:
    """What a process that trains is given.

    Attributes:
        lesson: settings and the training side
        directory: of the fold; a finished training in it is not run again
        device: that trains a network; classical systems are fitted on the CPU
        naming: what the card says besides
    """

    lesson: AnyLesson
    directory: Path
    device: str
    naming: Naming


@dataclass(frozen=True, slots=True)
class Taught:
    """What a training leaves.

    Attributes:
        bundle: its folder
        weights_sha256: of the weights in it, which a test side is answered by and by no others
        seconds: that the training took
    """

    bundle: Path
    weights_sha256: str
    seconds: float


def teach(
    task: TeachTask,
    progress: Progress | None = None,
    listening: Listening | None = None,
    ranks: Ranks = ALONE,
    memory: Memory | None = None,
) -> Taught:
    """Train as the lesson says and write the bundle, or return what an earlier training of it left.

    Where the lesson says so, it is then learnt how far the bundle may be believed.

    Args:
        task: what is taught, and where
        progress: called after each epoch
        listening: called before, with how many utterances have been heard, and how many there are
        ranks: the processes that train together, all of which are given the same task
        memory: of another training that hears alike, which spares this one its hearing

    Raises:
        TrainingError: the training cannot go on, or the directory holds another lesson's
        AudioError: a recording that cannot be used
    """
    if isinstance(task.lesson, Lesson):  # another process may have read where models lie
        remember_places(task.lesson.experiment.front_end.hub_encoders)
    taught = find_taught(task.directory, task.lesson.fingerprint)
    if memory is None and holds_out(task.lesson):
        memory = {}  # those who hold speakers out hear nothing new
    if taught is None:
        device = choose_device(task.device)
        taught = _teach(task, RunPlace(device, task.directory, "", progress, listening, ranks, memory))
    if wants_doubt(task.lesson, taught.bundle):
        inner = inner_teaching(task, progress, listening, ranks, memory)
        (give_doubt if ranks.leads else teach_held_out)(taught.bundle, task.lesson, inner)
    ranks.wait()  # what was found is now what there is
    return taught


def inner_teaching(
    task: TeachTask,
    progress: Progress | None = None,
    listening: Listening | None = None,
    ranks: Ranks = ALONE,
    memory: Memory | None = None,
) -> TeachInner:
    """Return what trains by another lesson in a folder within a task's; a finished one is not run again.

    All of them hear alike, so that each recording is heard once, what the task itself has heard not at all.
    """
    kept = {} if memory is None else memory

    def teach_inner(lesson: Lesson, name: str) -> Path:
        inner = dataclasses.replace(task, lesson=lesson, directory=task.directory / name)
        return teach(inner, progress, listening, ranks, kept).bundle

    return teach_inner


def holds_out(lesson: AnyLesson) -> TypeGuard[Lesson]:
    """Tell whether speakers are held out, to learn how far what is taught may be believed."""
    return isinstance(lesson, Lesson) and lesson.experiment.training.held_out_folds > 0


def wants_doubt(lesson: AnyLesson, bundle: Path) -> TypeGuard[Lesson]:
    """Tell whether that is still to be learnt."""
    card = read_card(bundle)
    return holds_out(lesson) and (card.held_out is None or card.familiar is None)


def _teach(task: TeachTask, place: RunPlace) -> Taught:
    if (task.directory / TAUGHT).exists():
        raise TrainingError(
            f"{task.directory}: was run with other settings or recordings; choose another directory"
        )
    started = time.monotonic()
    # features are computed fold by fold: training does not even read what is tested
    task.lesson.teach(task.directory / BUNDLE, task.naming, place)
    if place.ranks.leads:
        values = {
            "fingerprint": task.lesson.fingerprint,
            "weights_sha256": read_card(task.directory / BUNDLE).weights_sha256,
            "seconds_training": round(time.monotonic() - started, 1),
            "made_with": _made_with(place),
        }
        write_text(task.directory / TAUGHT, json.dumps(values, indent=2) + "\n")
        (task.directory / CHECKPOINT).unlink(missing_ok=True)
    place.ranks.wait()
    taught = find_taught(task.directory, task.lesson.fingerprint)
    if taught is None:
        raise TrainingError(
            f"{task.directory}: what the first process wrote is not here; give all processes one folder"
        )
    return taught


def _made_with(place: RunPlace) -> dict[str, str | int]:
    """Name what the last digit of a weight depends on besides the lesson."""
    return {
        "prosodyn": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "device": place.device.type,
        "threads": torch.get_num_threads(),
        "processes": place.ranks.size,
    }


def find_taught(directory: Path, fingerprint: str) -> Taught | None:
    """Return what a finished training of a lesson left in a directory; None where there is none.

    Raises:
        TrainingError: what says so is broken, or the bundle is another than the training wrote
        BundleError: the bundle is broken
    """
    path = directory / TAUGHT
    if not path.exists():
        return None
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found, weights, seconds = (
            values[key] for key in ("fingerprint", "weights_sha256", "seconds_training")
        )
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise TrainingError(
            f"{path}: tells of no finished training ({fault!r}); delete it to train again"
        ) from fault
    # a kill between two renamings leaves no bundle, where doubt was to be added to it
    if found != fingerprint or not (directory / BUNDLE).exists():
        return None
    if read_card(directory / BUNDLE).weights_sha256 != weights:
        raise TrainingError(
            f"{directory / BUNDLE}: is not what the training wrote; delete {directory} to train again"
        )
    return Taught(directory / BUNDLE, weights, seconds)
