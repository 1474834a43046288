"""Hold part of a training side back for validation, never any of the test side."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.folds import shuffled, stratified_order
from prosodyn.types import Split, Utterance

Unit = Literal["speaker", "session", "text", "utterance"]
"""What is held back as a whole, so that validation asks the same question as the test."""


def carve_validation(
    split: Split, utterances: Mapping[str, Utterance], unit: Unit, *, share: float, seed: int
) -> Split:
    """Move a share of a split's training side to its validation side.

    Units are taken in random order (utterances in stratified order), at least one; a unit stays
    where it alone teaches an emotion.

    Args:
        split: with an empty validation side
        utterances: utterance of every identifier
        unit: what is held back as a whole
        share: of the training side's units, in [0, 1); zero holds nothing back
        seed: of the order, which differs from fold to fold

    Raises:
        EvaluationError: the training side has too few units
    """
    if share == 0:
        return split
    members = _members(split, utterances, unit)
    wanted = max(1, round(share * len(members)))
    order = _order(split, utterances, unit, f"{seed}/{split.name}")
    held = _hold_back(order, members, utterances, wanted)
    if len(held) < wanted:
        raise EvaluationError(
            f"{split.name}: cannot hold {wanted} of {len(members)} training {unit}s back for validation, "
            "training would lose an emotion or everything; use a smaller validation_share, or 0"
        )
    back = {name for group in held for name in members[group]}
    return replace(
        split,
        train=tuple(name for name in split.train if name not in back),
        validation=tuple(name for name in split.train if name in back),
    )


def unit_name(utterance: Utterance, unit: Unit) -> str | None:
    """Return the name of an utterance's speaker, session, text, or of itself."""
    names = {
        "speaker": utterance.speaker,
        "session": utterance.session,
        "text": utterance.text,
        "utterance": utterance.id,
    }
    return names[unit]


def _members(split: Split, utterances: Mapping[str, Utterance], unit: Unit) -> dict[str, list[str]]:
    members: dict[str, list[str]] = {}
    for name in split.train:
        members.setdefault(str(unit_name(utterances[name], unit)), []).append(name)
    return members


def _order(split: Split, utterances: Mapping[str, Utterance], unit: Unit, seed: str) -> list[str]:
    if unit == "utterance":
        return stratified_order({name: utterances[name].emotion for name in split.train}, seed)
    return shuffled({str(unit_name(utterances[name], unit)) for name in split.train}, seed)


def _hold_back(
    order: Sequence[str], members: Mapping[str, list[str]], utterances: Mapping[str, Utterance], wanted: int
) -> list[str]:
    """Take groups in order until there are enough, leaving every emotion in training."""
    left = Counter(utterances[name].emotion for group in members.values() for name in group)
    held: list[str] = []
    for group in order:
        taken = Counter(utterances[name].emotion for name in members[group])
        if len(held) < wanted and all(left[emotion] > count for emotion, count in taken.items()):
            held.append(group)
            left -= taken
    return held
