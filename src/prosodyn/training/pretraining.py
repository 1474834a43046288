"""What a network hears before its own corpus: other corpora, of which none is tested."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from prosodyn import corpora
from prosodyn.config import Experiment
from prosodyn.errors import CorpusNotFoundError, TrainingError
from prosodyn.training.experiment import pretraining_settings
from prosodyn.training.identity import utterance_identity
from prosodyn.training.loop import Progress
from prosodyn.training.recipe import Lesson, Naming
from prosodyn.training.teaching import BUNDLE, Taught, TeachTask, teach
from prosodyn.types import Utterance


@dataclass(frozen=True, slots=True)
class Pretraining:
    """A network that is trained on other corpora, once for all folds of a benchmark.

    Attributes:
        lesson: by which it is trained
        directory: of the run; a finished training in it is not run again
        device: that trains
    """

    lesson: Lesson
    directory: Path
    device: str = "cpu"

    @property
    def bundle(self) -> Path:
        """Return where the bundle is, or will be."""
        return self.directory / BUNDLE

    @property
    def told(self) -> str:
        """Say what was heard, in a sentence."""
        return f"Heard {', '.join(sorted({utterance.corpus for utterance in self.lesson.train}))} before."

    @property
    def task(self) -> TeachTask:
        """Return what may be known to the process that trains."""
        heard = ", ".join(sorted({utterance.corpus for utterance in self.lesson.train}))
        naming = Naming(
            name="pretrained",
            description=f"Heard {heard}, to be fine-tuned on another corpus.",
            licence="; ".join(sorted({corpora.get(name).licence for name in heard.split(", ")})),
            limits="Trained to be fine-tuned.",
            command="",
        )
        return TeachTask(self.lesson, self.directory, self.device, naming)

    def run(
        self, progress: Progress | None = None, listening: Callable[[int, int], None] | None = None
    ) -> Taught:
        """Train, or return what an earlier run left.

        Args:
            progress: called after each epoch
            listening: called before, with how many utterances have been heard, and how many there are

        Raises:
            TrainingError: the training cannot go on, or the directory holds another lesson's
            AudioError: a recording that cannot be used
        """
        return teach(self.task, progress, listening)


def plan_pretraining(
    experiment: Experiment, own: Sequence[Utterance], runs: Path, device: str = "cpu"
) -> Pretraining | None:
    """Describe what is heard before; None for an experiment that begins with its own corpus.

    Args:
        experiment: settled
        own: utterances of the corpus under test, or of what the network is for
        runs: folder of the runs, in which this one has a folder of its own
        device: that trains

    Raises:
        ConfigError: an unknown corpus
        CorpusError: a corpus that is not here
        TrainingError: one recording stands on both sides, or nothing is left to hear
    """
    if not experiment.pretraining_corpora:
        return None
    names = {utterance.corpus for utterance in own}
    others = tuple(name for name in experiment.pretraining_corpora if name not in names)
    if not others:
        raise TrainingError(f"pretraining: no corpus is left without {sorted(names)}; name others")
    heard = tuple(utterance for name in others for utterance in _load(name))
    refuse_shared(heard, own)
    lesson = Lesson(pretraining_settings(experiment), heard)
    return Pretraining(lesson, runs / f"pretrained-{'-'.join(others)}-{lesson.fingerprint[:8]}", device)


def _load(name: str) -> tuple[Utterance, ...]:
    try:
        return corpora.load(name, allow_partial=True)
    except CorpusNotFoundError as fault:
        raise CorpusNotFoundError(
            f"{fault} Or hear others: a TOML file with `base` names its own `pretraining_corpora`."
        ) from fault


def refuse_shared(heard: Sequence[Utterance], own: Sequence[Utterance]) -> None:
    """Refuse to hear before what is to be tested.

    Raises:
        TrainingError: a corpus, or a file, that stands on both sides
    """
    shared = sorted({each.corpus for each in heard} & {each.corpus for each in own})
    if shared:
        raise TrainingError(f"pretraining: hears '{shared[0]}', which is tested; leave it out")
    sounds = {tuple(utterance_identity(each)[2:5]): each.id for each in heard}
    for each in own:
        twin = sounds.get(tuple(utterance_identity(each)[2:5]))
        if twin is not None:
            raise TrainingError(
                f"pretraining: '{twin}' is the recording that is tested as '{each.id}'; leave one of them out"
            )


def after_pretraining(lesson: Lesson, pretraining: Pretraining | None) -> Lesson:
    """Return a lesson that starts from what was heard before, where anything was."""
    if pretraining is None:
        return lesson
    return dataclasses.replace(lesson, start=pretraining.bundle, start_taught=pretraining.lesson.fingerprint)
