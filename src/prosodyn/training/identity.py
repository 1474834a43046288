"""What a run was taught, in one number: settings, recordings and labels."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from prosodyn.errors import UnreadableAudioError
from prosodyn.mapping import to_mapping
from prosodyn.training.experiment import Settings
from prosodyn.training.experiment_files import BY_SPEAKERS
from prosodyn.types import Utterance

LATER_SETTINGS: tuple[tuple[str, str, Any], ...] = (
    ("training", "normalisation", "corpus"),
    ("training", "renew_normalisation", False),
    ("training", "balance", 0.0),
    ("training", "heads", "shared"),
    ("training", "encoder_rate", 1.0),
    ("training", "layer_decay", 1.0),
    ("training", "level", 0.0),
    ("front_end", "narrow_band", False),
    ("front_end", "encoders", []),
    ("front_end", "encoder_view", "states"),
    ("front_end", "quiet", 0.0),
    ("front_end", "quiet_margin", 0.1),
    ("network", "encoder_kernels", []),
    ("network", "projection", 0),
    ("network", "feature_dropout", 0.0),
    ("network", "residual", False),
    ("network", "summary_size", 0),
    ("network", "summary_members", 1),
    ("network", "summary_weight", 0.5),
    ("network", "summary_dropout", 0.5),
    ("augment", "voice", 0.0),
    ("augment", "channels", []),
)
"""Table, key and value of settings that came later: at this value all is done as it was before.

They do not count where they stand at it, so that older results are still those of the same settings.
"""


TOLD_OF_ENCODERS = ("file", "model", "folder", "licence", "about", "citation")
"""What is said of an encoder, but does not decide what it makes of a sound."""


def settings_digest(experiment: Settings) -> str:
    """Identify everything that an experiment or a comparison sets; what it says of itself does not count."""
    settings = to_mapping(dataclasses.replace(experiment, about=""))
    for table in (*BY_SPEAKERS, "pretraining", "pretraining_corpora"):
        if not settings.get(table):  # empty, as it was before there was such a thing
            settings.pop(table, None)
    if not (settings.get("distillation") or {}).get("speech"):
        settings.pop("distillation", None)  # without speech there is none, whatever else is said of it
    for table in ("front_end", "distillation"):
        for encoder in (settings.get(table) or {}).get("encoders", ()):
            for key in TOLD_OF_ENCODERS:
                encoder.pop(key, None)
    (settings.get("training") or {}).pop("held_out_folds", None)  # what is learnt does not depend on it
    for table, key, before in LATER_SETTINGS:
        values = settings.get(table) or {}  # a classical system need not have a front end
        if values.get(key) == before:
            del values[key]
    return digest(settings)


def lesson_digest(
    settings: Settings, sides: Sequence[Sequence[Utterance]], start: str = "", *, with_speaker: bool
) -> str:
    """Identify what is taught: settings, sounds and labels, side by side.

    Args:
        settings: of the training
        sides: the utterances of each side
        start: identifies what is not fitted afresh
        with_speaker: who speaks decides, too

    Raises:
        UnreadableAudioError: a file that cannot be read
    """
    taught = [[utterance_identity(utterance, with_speaker) for utterance in side] for side in sides]
    return digest([settings_digest(settings), taught, start])


def utterance_identity(utterance: Utterance, with_speaker: bool = False) -> list[Any]:
    """Return what decides how an utterance teaches, as plain values: its sound and its label.

    Args:
        utterance: of a training side
        with_speaker: who speaks decides, too

    Raises:
        UnreadableAudioError: its file cannot be read
    """
    voice = [utterance.corpus, utterance.speaker] if with_speaker else []
    channel = [utterance.channel] if utterance.channel else []  # what is heard as it is reads as it ever did
    sound = [utterance.start, utterance.end, _sound_digest(utterance)]
    return [utterance.id, utterance.emotion, *sound, *voice, *channel]


def digest(values: Any) -> str:
    """Return the SHA-256 of plain values, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _sound_digest(utterance: Utterance) -> str:
    if utterance.waveform is not None:
        return hashlib.sha256(utterance.waveform.tobytes()).hexdigest()
    if utterance.path is None:
        return ""
    try:
        state = utterance.path.stat()
        return _file_digest(utterance.path, state.st_size, state.st_mtime_ns)
    except OSError as fault:
        raise UnreadableAudioError(f"{utterance.path}: cannot be read: {fault.strerror}") from fault


@cache
def _file_digest(path: Path, size: int, changed: int) -> str:
    del size, changed  # they are here so that a file that changes is read again
    return hashlib.sha256(path.read_bytes()).hexdigest()
