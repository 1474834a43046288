"""What the card of a trained recogniser says of it, and of how it came to be."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import torch

from prosodyn import __version__
from prosodyn.bundle import Precision, Provenance
from prosodyn.config import Experiment
from prosodyn.corpora import UNKNOWN_SPEAKER
from prosodyn.mapping import to_mapping
from prosodyn.types import Utterance


@dataclass(frozen=True, slots=True)
class Naming:
    """What a card says beyond what was trained.

    Attributes:
        name: of the bundle
        description: one paragraph
        licence: of the weights
        limits: what it cannot do
        command: what was typed
        precision: of the large weights on disk; half takes half the room, and the bundle answers, by either
            engine, as the rounded network does
    """

    name: str
    description: str
    licence: str
    limits: str
    command: str
    precision: Precision = "single"


def provenance_of(
    settings: Experiment, naming: Naming, heard: Sequence[Utterance], start: str = ""
) -> Provenance:
    """Describe a training that has just ended.

    Args:
        settings: by which it was trained, without the folders of this machine
        naming: with the command
        heard: its training side
        start: name and weights' hash of the bundle that was fine-tuned
    """
    return Provenance(
        experiment=settings.name,
        settings=to_mapping(settings),
        command=naming.command,
        seed=settings.training.seed,
        prosodyn_version=__version__,
        torch_version=torch.__version__,
        n_utterances=len(heard),
        n_speakers=len({utterance.voice for utterance in heard if utterance.speaker != UNKNOWN_SPEAKER}),
        created=datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        start=start,
    )
