"""What a network hears before its own corpus: speech and other corpora, of which none is tested."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prosodyn import corpora
from prosodyn.config import Experiment
from prosodyn.errors import CorpusNotFoundError, TrainingError
from prosodyn.training.distillation import Distillation, plan_distillation
from prosodyn.training.experiment import pretraining_settings
from prosodyn.training.naming import Naming
from prosodyn.training.recipe import Lesson
from prosodyn.training.sealing import refuse_shared
from prosodyn.training.stage import Stage
from prosodyn.training.teaching import find_taught
from prosodyn.types import Utterance


@dataclass(frozen=True, slots=True)
class Pretraining(Stage[Lesson]):
    """A network that is trained on other corpora.

    Attributes:
        before: what was learnt from unlabelled speech, which this starts from
    """

    name = "pretraining"

    before: Distillation | None = None

    @property
    def stages(self) -> "tuple[Before, ...]":
        """Return what has to be run, in order; where this has been run, what came before is not needed."""
        if self.before is None or find_taught(self.directory, self.lesson.fingerprint) is not None:
            return (self,)
        return (self.before, self)

    @property
    def told(self) -> str:
        """Say what was heard, in a sentence."""
        heard = f"Heard {', '.join(self._heard)} before."
        return heard if self.before is None else f"{self.before.told} {heard}"

    @property
    def naming(self) -> Naming:
        """Return what the card of the network says."""
        return Naming(
            name="pretrained",
            description=f"Heard {', '.join(self._heard)}, to be fine-tuned on another corpus.",
            licence="; ".join(sorted({corpora.get(name).licence for name in self._heard})),
            limits="Trained to be fine-tuned.",
            command="",
        )

    @property
    def _heard(self) -> list[str]:
        return sorted({utterance.corpus for utterance in self.lesson.train})


def plan_pretraining(
    experiment: Experiment, own: Sequence[Utterance], runs: Path, device: str = "cpu"
) -> "Before | None":
    """Describe what is heard before, the last of it first; None where a network begins with its own corpus.

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
    first = plan_distillation(experiment, own, runs, device)
    if not experiment.pretraining_corpora:
        return first
    names = {utterance.corpus for utterance in own}
    others = tuple(name for name in experiment.pretraining_corpora if name not in names)
    if not others:
        raise TrainingError(f"pretraining: no corpus is left without {sorted(names)}; name others")
    heard = tuple(utterance for name in others for utterance in _load(name))
    refuse_shared(heard, own)
    lesson = after_pretraining(Lesson(pretraining_settings(experiment), heard), first)
    place = runs / f"pretrained-{'-'.join(others)}-{lesson.fingerprint[:8]}"
    return Pretraining(lesson, place, device, first)


def _load(name: str) -> tuple[Utterance, ...]:
    try:
        return corpora.load(name, allow_partial=True)
    except CorpusNotFoundError as fault:
        raise CorpusNotFoundError(
            f"{fault} Or hear others: a TOML file with `base` names its own `pretraining_corpora`."
        ) from fault


Before = Pretraining | Distillation
"""What a network hears before its own corpus; either knows its own folder and runs itself."""


def after_pretraining(lesson: Lesson, before: Before | None) -> Lesson:
    """Return a lesson that starts from what was heard before, where anything was."""
    if before is None:
        return lesson
    return dataclasses.replace(lesson, start=before.bundle, start_taught=before.lesson.fingerprint)
