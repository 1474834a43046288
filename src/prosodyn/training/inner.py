"""Inner folds: a training side divided once more, so that choices need no test side."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from prosodyn.corpora import UNKNOWN_SPEAKER
from prosodyn.errors import TrainingError
from prosodyn.evaluation.folds import balanced_groups, stratified_folds
from prosodyn.types import Utterance

N_INNER_FOLDS = 3


class InnerFold(NamedTuple):
    """Positions of utterances in a training side.

    Attributes:
        kept: what is fitted on
        held: what is held back, and answered
    """

    kept: list[int]
    held: list[int]


def inner_folds(utterances: Sequence[Utterance], seed: int) -> list[InnerFold]:
    """Divide a training side into what is fitted on and what is held back, in turns.

    Whole speakers are held back where there are enough, whatever the protocol shares, because a
    choice that holds for strangers is wanted; else single utterances. A fold that would take an
    emotion away from what is fitted on is left out.

    Args:
        utterances: of the training side
        seed: of the division

    Raises:
        TrainingError: no fold leaves every emotion
    """
    emotions = {utterance.emotion for utterance in utterances}
    folds = []
    for fold in map(set, _divide(utterances, seed)):
        kept = [place for place, utterance in enumerate(utterances) if utterance.id not in fold]
        held = [place for place, utterance in enumerate(utterances) if utterance.id in fold]
        if held and {utterances[place].emotion for place in kept} == emotions:
            folds.append(InnerFold(kept, held))
    if not folds:
        raise TrainingError(
            f"training: {len(utterances)} utterances cannot be divided so that every one of "
            f"{sorted(emotions)} stays; give more speakers, or leave emotions out"
        )
    return folds


def _divide(utterances: Sequence[Utterance], seed: int) -> list[list[str]]:
    speakers: dict[str, Counter[str]] = {}
    for utterance in utterances:
        speakers.setdefault(utterance.speaker, Counter())[utterance.emotion] += 1
    if UNKNOWN_SPEAKER in speakers or len(speakers) < N_INNER_FOLDS:
        return stratified_folds({each.id: each.emotion for each in utterances}, N_INNER_FOLDS, seed)
    groups = balanced_groups(speakers, N_INNER_FOLDS, seed)
    return [[each.id for each in utterances if each.speaker in group] for group in groups]
