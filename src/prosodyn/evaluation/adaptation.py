"""Speaker adaptation: which unlabelled audio of a test speaker is heard first, and what is then scored.

An adapted figure knows more of the test speaker than a plain one, so the two never share a column. Who
hears all of a speaker's recordings before answering any (transductive, as most of the literature has it)
needs a pile of recordings to answer one, and so does who learns from the answers about them as well
(self-training); who hears some first and is scored on the others does not.
"""

import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.folds import shuffled
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.evaluation.sharing import shared
from prosodyn.types import Split, Utterance, Voice

Adaptation = Literal["none", "all", "enrolment", "self_training"]

N_CLIPS = 10
"""Recordings of each test speaker that are heard for `enrolment`, and then not scored."""

FOLLOWING: tuple[Adaptation, ...] = ("all", "enrolment", "self_training")
"""Those that share their trainings: they differ in what happens when all is trained."""

SUFFIXES: Mapping[Adaptation, str] = {
    "none": "",
    "all": "-adapted",
    "enrolment": "-enrolled",
    "self_training": "-self-trained",
}
"""Of the names of result files and of the folders of runs."""

COLUMNS: Mapping[Adaptation, str] = {
    "all": "adapted (transductive)",
    "enrolment": "enrolled",
    "self_training": "self-trained (transductive)",
}
"""What the columns of tables are called."""

MEANINGS: Mapping[Adaptation, str] = {
    "none": "not used",
    "all": "used, all of it was heard before any of it was answered (transductive)",
    "enrolment": f"used, {N_CLIPS} recordings of each speaker were heard first and are not scored",
    "self_training": "used, all of it was heard before any of it was answered, and the answers taught a "
    "second classifier (transductive)",
}
"""What was done with unlabelled audio of the test speaker."""


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of a test side that is answered by one recogniser.

    Attributes:
        heard: identifiers of what is heard first, without labels; all of one speaker, or none
        scored: identifiers of what is answered
    """

    heard: tuple[str, ...]
    scored: tuple[str, ...]


def find_adaptation(name: str) -> Adaptation:
    """Return an adaptation by name.

    Raises:
        EvaluationError: no adaptation has this name
    """
    for known in typing.get_args(Adaptation):
        if name == known:
            return typing.cast(Adaptation, known)
    raise EvaluationError(f"unknown adaptation '{name}', expected one of {list(typing.get_args(Adaptation))}")


def check_protocol(adaptation: Adaptation, protocol: str) -> None:
    """Check that a protocol tests new speakers, as far as its name tells.

    Raises:
        EvaluationError: random folds or folds of texts, which share the speakers, or an unknown protocol
    """
    found = find_protocol(protocol)
    if adaptation != "none" and found.carve_by in ("utterance", "text"):
        raise EvaluationError(
            f"{found.name}: training and test share {found.shares}, so there is no new speaker to adapt to; "
            "use loso or another protocol of unseen speakers"
        )


def check_new_speakers(
    adaptation: Adaptation, splits: Sequence[Split], utterances: Sequence[Utterance]
) -> None:
    """Check that every speaker who is tested is new, and that enough is left to be scored.

    Raises:
        EvaluationError: a fold that shares speakers or does not name them, or a speaker of few recordings
    """
    if adaptation == "none":
        return
    voices = {utterance.id: utterance.voice for utterance in utterances}
    for split in splits:
        if shared(split, utterances).speakers != 0:
            raise EvaluationError(
                f"{split.name}: training and test share speakers, or do not name them, so there is no new "
                "speaker to adapt to; name the speakers, and use loso or another protocol of unseen ones"
            )
        divide(adaptation, {name: voices[name] for name in split.test})


def divide(adaptation: Adaptation, voices: Mapping[str, Voice]) -> tuple[Portion, ...]:
    """Divide a test side into what is heard first and what is scored, a portion a speaker.

    The choice sees names only, no label and no answer, and is the same for every system and seed.

    Args:
        adaptation: `none` makes one portion of everything, before which nothing is heard
        voices: identifier of every utterance of the test side to who speaks

    Raises:
        EvaluationError: enrolment would leave nothing of a speaker to be scored

    Examples:
        >>> divide("all", {"a1": ("own", "a"), "b1": ("own", "b"), "a2": ("own", "a")})[0]
        Portion(heard=('a1', 'a2'), scored=('a1', 'a2'))
    """
    if adaptation == "none":
        return (Portion((), tuple(voices)),)
    portions = []
    for voice in dict.fromkeys(voices.values()):
        own = tuple(name for name in voices if voices[name] == voice)
        heard = draw_clips(voice[1], own) if adaptation == "enrolment" else own
        left = tuple(name for name in own if name not in heard) if adaptation == "enrolment" else own
        portions.append(Portion(heard, left))
    return tuple(portions)


def draw_clips(speaker: str, names: Sequence[str]) -> tuple[str, ...]:
    """Draw `N_CLIPS` of a speaker's recordings; their order does not matter.

    Raises:
        EvaluationError: nothing would be left
    """
    if len(names) <= N_CLIPS:
        raise EvaluationError(
            f"speaker {speaker}: {len(names)} recordings are tested, but enrolment takes {N_CLIPS} that are "
            "not scored; add recordings of this speaker, or adapt to all of them"
        )
    return tuple(shuffled(names, f"enrolment/{speaker}")[:N_CLIPS])
