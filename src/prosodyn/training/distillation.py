"""What a network hears first of all: unlabelled speech, of which teachers tell it what to make."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from prosodyn import corpora
from prosodyn.config import PITCH_TEACHER, Experiment
from prosodyn.corpora.unlabelled import read_unlabelled
from prosodyn.errors import CorpusNotFoundError, TrainingError
from prosodyn.training.experiment import distillation_settings
from prosodyn.training.naming import Naming
from prosodyn.training.sealing import refuse_shared
from prosodyn.training.stage import Stage
from prosodyn.training.student_lesson import DistillationLesson
from prosodyn.types import Utterance


class Distillation(Stage[DistillationLesson]):
    """A network that learns from unlabelled speech."""

    name = "distillation"

    @property
    def stages(self) -> "tuple[Distillation, ...]":
        """Return what has to be run, in order: this."""
        return (self,)

    @property
    def told(self) -> str:
        """Say what was heard, and from whom was learnt, in a sentence."""
        config = self.lesson.config
        teachers = [each for each in config.sources if each not in (*config.speech, *config.noise)]
        return f"Distilled before from {', '.join(teachers)} on {', '.join(config.speech)}."

    @property
    def naming(self) -> Naming:
        """Return what the card of the network says."""
        config = self.lesson.config
        licences = [_licence(name) for name in (*config.speech, *config.noise)]
        licences += [f"learnt from the encoder '{each.name}': {each.licence}" for each in config.encoders]
        licences += [f"learnt from {PITCH_TEACHER}: MIT"] if config.weights.wants_prosody else []
        return Naming(
            name="distilled",
            description=f"{self.told} Knows no emotion yet.",
            licence="; ".join(licences),
            limits="Answers nothing: another training has to start from it.",
            command="",
        )


def plan_distillation(
    experiment: Experiment, own: Sequence[Utterance], runs: Path, device: str = "cpu"
) -> Distillation | None:
    """Describe what is learnt from unlabelled speech; None for an experiment that does without.

    Args:
        experiment: settled
        own: utterances of the corpus under test, or of what the network is for
        runs: folder of the runs, in which this one has a folder of its own
        device: that trains

    Raises:
        ConfigError: settings that contradict each other
        CorpusError: speech or noise that is not here
        TrainingError: one recording stands on both sides, or nothing is left to hear
    """
    if experiment.distillation is None or not experiment.distils:
        return None
    tested = {utterance.corpus for utterance in own}
    names = tuple(name for name in experiment.distillation.speech if name not in tested)
    if not names:
        raise TrainingError(f"distillation: no speech is left without {sorted(tested)}; name others")
    left = dataclasses.replace(experiment.distillation, speech=names)
    settings = distillation_settings(dataclasses.replace(experiment, distillation=left))
    speech, noise = (_read_all(each) for each in (names, left.noise))
    refuse_shared((*speech, *noise), own, "distillation")
    lesson = DistillationLesson(settings, speech, noise)
    plain = "-".join(name.replace("/", "_") for name in names)
    return Distillation(lesson, runs / f"distilled-{plain}-{lesson.fingerprint[:8]}", device)


def _read_all(names: Sequence[str]) -> tuple[Utterance, ...]:
    try:
        return tuple(utterance for name in names for utterance in read_unlabelled(name))
    except CorpusNotFoundError as fault:
        raise CorpusNotFoundError(
            f"{fault} Or hear others: a TOML file with `base` names its own `distillation.speech`."
        ) from fault


def _licence(name: str) -> str:
    if name in corpora.names():
        return corpora.get(name).licence
    return f"'{name}' as its owners say"
