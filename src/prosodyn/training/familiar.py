"""How the recordings of a training side sound, and how loud they are: what others are compared with."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from prosodyn.audio import utterance_waveform
from prosodyn.audio.levelling import level_of
from prosodyn.bundle import Familiar
from prosodyn.inference import Recogniser
from prosodyn.inference.batch import group_by_length, group_in_windows, pad
from prosodyn.inference.clip import clip_from_utterance
from prosodyn.training.hearing import in_versions
from prosodyn.types import Channel, FloatArray, LevelRange, Utterance

N_LISTENED = 3_000
"""Recordings, in any version, that tell how a training side sounds; of more, every so many-th is heard."""


def learn_familiar(
    bundle: Path, groups: Sequence[Sequence[Utterance]], channels: Sequence[Channel] = ()
) -> Familiar:
    """Learn what a training side sounds like to a bundle; nothing is trained.

    Args:
        bundle: whose features are compared
        groups: of the training side, no speaker in two of them
        channels: through which it was taught the recordings as well

    Raises:
        AudioError: a recording that cannot be used
    """
    recogniser = Recogniser.load(bundle)
    versions = [in_versions(group, channels) for group in groups]
    step = math.ceil(sum(map(len, versions)) / N_LISTENED)
    return Familiar.of([_sounds(recogniser, group[::step]) for group in versions])


def learn_levels(utterances: Sequence[Utterance]) -> LevelRange:
    """Learn between which levels the loudest moments of recordings lie, but for one in fifty.

    Args:
        utterances: of the training side

    Raises:
        AudioError: a recording that cannot be used
    """
    levels = [level_of(utterance_waveform(utterance)) for utterance in utterances]
    low, high = np.percentile(levels, [1, 99]).round(1).tolist()
    return low, high


def _sounds(recogniser: Recogniser, utterances: Sequence[Utterance]) -> np.ndarray:
    """Return the mean of each feature over each utterance, `(utterance, feature)`, in whatever order."""
    means: list[FloatArray] = []
    for window in group_in_windows(map(clip_from_utterance, utterances)):
        for batch in group_by_length([clip.duration for clip in window]):
            output = recogniser.engine.run(*pad([window[position] for position in batch]))
            assert output.utterance_mean is not None  # a bundle that was just written gives it
            means.append(output.utterance_mean)
    return np.concatenate(means).astype(np.float64)
