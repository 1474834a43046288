"""From unlabelled speech to the folder of a distilled network, which another training starts from."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import torch

from prosodyn.bundle import Card, write_bundle
from prosodyn.config import DistillationConfig, Experiment
from prosodyn.features import FeatureNormaliser
from prosodyn.features.encoders import EncoderFrontEnd
from prosodyn.features.normalise import OUTLIER
from prosodyn.features.prosody import ProsodyContours
from prosodyn.model import WaveformNetwork
from prosodyn.model.student import Student, frames_in_waveform
from prosodyn.training.distilling import Assignment, Distiller
from prosodyn.training.experiment import without_folders
from prosodyn.training.identity import lesson_digest
from prosodyn.training.naming import Naming, provenance_of
from prosodyn.training.place import RunPlace
from prosodyn.training.side import corpus_chances, fit_normalisation, own_statistics
from prosodyn.training.speech import (
    HeardSpeech,
    SpeechSide,
    Teachers,
    hear_noises,
    hear_speech,
    pooled,
    standardise_prosody,
)
from prosodyn.training.speech_augment import Surroundings
from prosodyn.types import Utterance

HANDED_ON = ("normaliser.", "summary_normaliser.", "network.blocks.", "network.recurrence.")
"""What the names of the weights begin with that the next training starts from; all others are made afresh."""

_UNUSED_EMOTIONS = 2  # of a layer that is dropped


@dataclass(frozen=True, slots=True)
class DistillationLesson:
    """What a student is taught: settings, speech and noise, and no label.

    Attributes:
        experiment: settings, see `experiment.distillation_settings`
        speech: what is heard
        noise: what is mixed in
    """

    experiment: Experiment
    speech: tuple[Utterance, ...]
    noise: tuple[Utterance, ...] = ()

    @property
    def config(self) -> DistillationConfig:
        """Return what is learnt, and from whom."""
        assert self.experiment.distillation is not None
        return self.experiment.distillation

    @property
    def fingerprint(self) -> str:
        """Identify settings, teachers and sounds, so that only the same lesson takes up a checkpoint."""
        return lesson_digest(self.experiment, (self.speech, self.noise), with_speaker=True)

    def teach(self, directory: Path, naming: Naming, place: RunPlace) -> None:
        """Distil, and write the folder of the network; it has the form of a bundle that knows no emotion.

        Raises:
            TrainingError: the training cannot go on, or speakers that are wanted but unknown
            AudioError: a recording that cannot be used
            BundleError: a teacher whose file is not here, or is none
            MissingExtraError: what a teacher needs is not installed
            OutputError: nothing can be written there
        """
        module = distil(self, place)
        if place.ranks.leads:
            _write(directory, module, self, naming)


def distil(lesson: DistillationLesson, place: RunPlace) -> WaveformNetwork:
    """Distil as the lesson says.

    Args:
        lesson: settings, speech and noise
        place: device, directory of the run, progress

    Returns:
        front end, normalisation and network, of which the layers above the recurrence have learnt nothing
    """
    settings, config = lesson.experiment, lesson.config
    teachers = Teachers(
        EncoderFrontEnd(config.encoders) if config.encoders else None,
        ProsodyContours() if config.weights.wants_prosody else None,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.training.seed)
        module = WaveformNetwork(settings.front_end, settings.network, _UNUSED_EMOTIONS)
        frames = frames_in_waveform(settings.front_end, settings.network)
        hidden_size, n_states = settings.network.hidden_size, sum(teachers.block_sizes)
        student = Student(module.network, hidden_size, frames, n_states)
    heard = hear_speech(
        lesson.speech, module.listener, teachers, config.longest, place.listening, ranks=place.ranks
    )
    noises = hear_noises(lesson.noise, module.listener.front_end)
    assignment = Assignment(
        config.weights, teachers.block_sizes, config.augment, Surroundings(settings.front_end, noises)
    )
    place = dataclasses.replace(place, fingerprint=lesson.fingerprint)
    distiller = Distiller(student, settings.training, assignment, place)
    module.network = distiller.fit(speech_side(module, heard, settings)).network
    return module.cpu().eval()


def speech_side(module: WaveformNetwork, heard: HeardSpeech, settings: Experiment) -> SpeechSide:
    """Fit the normalisation of what the student hears, and of what the teachers say.

    Args:
        module: whose normalisation is fitted
        heard: speech
        settings: by whose mean and scale features are normalised, and how often each corpus is drawn
    """
    normalisation = settings.training.normalisation
    fit_normalisation(module, heard.pieces, heard.heard, normalisation)
    own = own_statistics(heard.pieces, heard.heard, normalisation)
    if own:
        mean, scale = (
            pooled({name: getattr(each, key) for name, each in own.items()}, heard.pieces)
            for key in ("mean", "scale")
        )
    else:
        mean, scale = (
            row.expand(len(heard.pieces), -1) for row in (module.normaliser.mean, module.normaliser.scale)
        )
    of_states = FeatureNormaliser(heard.states[0].shape[0], OUTLIER)
    if heard.states[0].shape[0]:
        of_states.fit(heard.states)
    return SpeechSide(
        features=[heard.heard[piece.id].features for piece in heard.pieces],
        mean=mean,
        scale=scale,
        states=heard.states,
        of_states=of_states,
        prosody=standardise_prosody(heard.prosody),
        chances=corpus_chances(heard.pieces, settings.training.balance),
    )


def _write(directory: Path, module: WaveformNetwork, lesson: DistillationLesson, naming: Naming) -> None:
    settings = without_folders(lesson.experiment)
    arrays = {
        name: tensor.numpy() for name, tensor in module.state_dict().items() if name.startswith(HANDED_ON)
    }
    kept = (each for name, each in module.named_parameters() if name.startswith(HANDED_ON))
    card = Card(
        name=naming.name,
        description=naming.description,
        labels=(),
        front_end=settings.front_end,
        network=settings.network,
        corpora=tuple(sorted({*lesson.config.speech, *lesson.config.noise})),
        licence=naming.licence,
        limits=naming.limits,
        provenance=provenance_of(settings, naming, lesson.speech),
        n_parameters=sum(each.numel() for each in kept),
    )
    write_bundle(directory, card, arrays)
