"""From an experiment and labelled utterances to a trained recogniser."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from prosodyn.bundle import Card, find, read_card, read_weights
from prosodyn.config import Experiment
from prosodyn.errors import TrainingError
from prosodyn.model import WaveformNetwork, encoder_files
from prosodyn.training.doubt import divide_speakers
from prosodyn.training.heads import ANSWERING_LAYER, emotion_of, join_heads, with_heads_apart
from prosodyn.training.hearing import HeardUtterances, hear, in_versions
from prosodyn.training.identity import lesson_digest
from prosodyn.training.loop import Trainer
from prosodyn.training.naming import Naming
from prosodyn.training.place import RunPlace
from prosodyn.training.side import check_speakers, corpus_chances, fit_normalisation, training_side
from prosodyn.training.writing import write_trained
from prosodyn.types import LevelRange, Utterance


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is taught: settings and the utterances of the training side, and nothing of the test side.

    Attributes:
        experiment: settings
        train: what is fitted on
        validation: what selects the epoch, where the experiment asks for it
        start: a bundle to fine-tune; its front end and network take the place of the experiment's, so do its
            levels where the experiment has none, and where it expects enrolment, so does what comes of it
        start_taught: identifies what that bundle is taught, where it is known to be of the experiment's front
            end, network and level; then the bundle need not be there before the training

    Raises:
        TrainingError: speakers that are wanted but unknown, or settings that contradict each other
    """

    experiment: Experiment
    train: tuple[Utterance, ...]
    validation: tuple[Utterance, ...] = ()
    start: Path | None = None
    start_taught: str = ""

    def __post_init__(self) -> None:
        """Refuse, before any time is spent, what cannot be taught."""
        settings = self.settings
        if settings.augment.vocal_tract and settings.front_end.narrow_band:
            raise TrainingError(
                "training: augment.vocal_tract stretches one spectrogram, but front_end.narrow_band puts two "
                "on one axis; set one of them to zero or false"
            )
        if self.by_speaker:
            check_speakers((*self.train, *self.validation))
        if settings.training.held_out_folds:
            divide_speakers(self)

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the emotions of the training side, sorted."""
        return tuple(sorted({utterance.emotion for utterance in self.train}))

    @property
    def settings(self) -> Experiment:
        """Return the experiment, with what the network expects as input taken from the bundle it starts from.

        A bundle's kernels have long parted, so that their attention starts at its own temperature.

        Raises:
            BundleError: the bundle holds no network
        """
        if self.start is None:
            return self.experiment
        training = dataclasses.replace(self.experiment.training, temperature_epochs=0)
        if self.start_taught:
            return dataclasses.replace(self.experiment, training=training)
        parent = read_card(find(self.start))
        front_end, network = parent.front_end_and_network()
        if parent.expects_enrolment:
            training = dataclasses.replace(training, normalisation="speaker")
        return dataclasses.replace(self.experiment, front_end=front_end, network=network, training=training)

    @property
    def levels(self) -> LevelRange | None:
        """Return to which levels recordings are brought: the experiment's, or else those of the bundle.

        None where they are heard as they are.
        """
        own = self.experiment.training.levels
        if own is not None or self.start is None or self.start_taught:
            return own
        return read_card(find(self.start)).levels

    @property
    def by_speaker(self) -> bool:
        """Tell whether each speaker's own mean and scale normalise the features."""
        return self.settings.training.normalisation == "speaker"

    @property
    def parent(self) -> Card | None:
        """Return the card of the bundle to fine-tune."""
        return None if self.start is None else read_card(find(self.start))

    @property
    def fingerprint(self) -> str:
        """Identify settings, sounds and labels, so that only the same lesson takes up a checkpoint."""
        parent = None if self.start_taught else self.parent
        start = self.start_taught if parent is None else parent.weights_sha256
        if parent is not None and self.levels != self.experiment.training.levels:
            start = f"{start} at {self.levels}"  # which stand on its card, and not in its weights
        sides = (self.train, self.validation)
        # of several corpora, each utterance's own says what it is told from, and how often it is drawn
        has_several = len({utterance.corpus for side in sides for utterance in side}) > 1
        with_speaker = self.by_speaker or self.settings.augment.voice > 0 or has_several
        return lesson_digest(self.experiment, sides, start, with_speaker=with_speaker)

    def teach(self, directory: Path, naming: Naming, place: RunPlace) -> None:
        """Train, and write the bundle, without a graph.

        Raises:
            TrainingError: as `train_network`
            AudioError: a recording that cannot be used
            OutputError: nothing can be written there
        """
        module = train_network(self, place)
        if place.ranks.leads:
            write_trained(directory, module, self, naming, graph=False)


def train_network(lesson: Lesson, place: RunPlace, heard: HeardUtterances | None = None) -> WaveformNetwork:
    """Train as the lesson says.

    Args:
        lesson: settings and utterances
        place: device, directory of the run, progress
        heard: of at least these utterances, in all of their versions and at the lesson's levels, where they
            have been heard before

    Returns:
        front end, normalisation and network, in evaluation mode, on the CPU

    Raises:
        TrainingError: fewer than two emotions, or a run that cannot go on
        AudioError: a recording that cannot be used
    """
    if len(lesson.labels) < 2:
        raise TrainingError(f"training: emotions {list(lesson.labels)}; a recogniser needs at least two")
    if lesson.experiment.training.heads == "each_corpus":
        apart = with_heads_apart(lesson)
        return join_heads(train_network(apart, place, heard), apart.labels, lesson.labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(lesson.experiment.training.seed)
        module = build_module(lesson)
    training, channels = lesson.settings.training, lesson.settings.augment.channels
    taught = in_versions(lesson.train, channels)
    if heard is None:
        heard = {} if place.memory is None else place.memory
        new = [each for each in (*taught, *lesson.validation) if each.id not in heard]
        heard |= hear(new, module.listener, place.listening, place.ranks, lesson.levels)
    if lesson.start is None or training.renew_normalisation:
        fit_normalisation(module, taught, heard, training.normalisation)
        module.show_encoders()
    side, held_back = (
        training_side(module, utterances, lesson.labels, heard, training.normalisation)
        for utterances in (taught, lesson.validation)
    )
    chances = corpus_chances(lesson.train, training.balance)
    side = dataclasses.replace(side, chances=chances, n_versions=1 + len(channels))
    place = dataclasses.replace(place, fingerprint=lesson.fingerprint)
    trainer = Trainer(module.network, training, lesson.settings.augment, place)
    module.network = trainer.fit(side, held_back if len(held_back) else None)
    return module.cpu().eval()


def build_module(lesson: Lesson) -> WaveformNetwork:
    """Build the module to be trained: with fresh weights, or with those of the bundle to fine-tune.

    The last layer of each branch starts from the bundle's for emotions that both know, and afresh for others.
    """
    settings = lesson.settings
    if lesson.start is None:
        return WaveformNetwork(settings.front_end, settings.network, len(lesson.labels))
    directory = find(lesson.start)
    card = read_card(directory)
    weights = read_weights(directory, card)
    files = encoder_files(settings.front_end, weights)
    module = WaveformNetwork(settings.front_end, settings.network, len(lesson.labels), files)
    own = module.state_dict()
    rows = [
        (here, card.labels.index(emotion_of(word)))
        for here, word in enumerate(lesson.labels)
        if emotion_of(word) in card.labels
    ]
    for name, array in weights.items():
        learnt = torch.from_numpy(np.array(array))
        if name.split(".")[-2] != ANSWERING_LAYER:
            own[name] = learnt
            continue
        for here, there in rows:
            own[name][here] = learnt[there]
    module.load_state_dict(own)
    return module
