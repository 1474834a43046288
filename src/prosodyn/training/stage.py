"""What a network hears before its own corpus, once for all folds of a benchmark: one stage of it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from prosodyn.training.naming import Naming
from prosodyn.training.place import Listening, Progress
from prosodyn.training.ranks import ALONE, Ranks
from prosodyn.training.recipe import Lesson
from prosodyn.training.student_lesson import DistillationLesson
from prosodyn.training.teaching import BUNDLE, Taught, TeachTask, teach

L = TypeVar("L", Lesson, DistillationLesson)


@dataclass(frozen=True, slots=True)
class Stage(ABC, Generic[L]):
    """A training from which others start.

    Attributes:
        name: what progress calls it
        lesson: by which it is trained
        directory: of the run; a finished training in it is not run again
        device: that trains
    """

    name: ClassVar[str]

    lesson: L
    directory: Path
    device: str = "cpu"

    @property
    def bundle(self) -> Path:
        """Return where the network is, or will be."""
        return self.directory / BUNDLE

    @property
    @abstractmethod
    def told(self) -> str:
        """Say what was heard, in a sentence."""

    @property
    @abstractmethod
    def naming(self) -> Naming:
        """Return what the card of the network says."""

    def run(
        self,
        progress: Progress | None = None,
        listening: Listening | None = None,
        ranks: Ranks = ALONE,
    ) -> Taught:
        """Train, or return what an earlier run left; what comes before has to be run before.

        Args:
            progress: called after each epoch
            listening: called before, with how many recordings have been heard, and how many there are
            ranks: the processes that train together

        Raises:
            TrainingError: the training cannot go on, or the directory holds another lesson's
            AudioError: a recording that cannot be used
            BundleError: a teacher whose file is not here, or is none
            MissingExtraError: what a teacher needs is not installed
        """
        return teach(
            TeachTask(self.lesson, self.directory, self.device, self.naming), progress, listening, ranks
        )
