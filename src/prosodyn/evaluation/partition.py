"""Cut a corpus along its speakers, sessions or texts, into folds that together test everything."""

import re
from collections.abc import Sequence

from prosodyn.corpora.base import UNKNOWN_SPEAKER
from prosodyn.errors import EvaluationError
from prosodyn.evaluation.validation import Unit, unit_name
from prosodyn.types import Split, Utterance


def leave_out(protocol: str, utterances: Sequence[Utterance], unit: Unit) -> tuple[Split, ...]:
    """Make one fold of each speaker, session or text."""
    groups = grouped(protocol, utterances, unit)
    return tuple(
        _fold(f"{unit}-{name}", utterances, [item.id for item in group]) for name, group in groups.items()
    )


def numbered_folds(utterances: Sequence[Utterance], tests: Sequence[Sequence[str]]) -> tuple[Split, ...]:
    """Make one fold of each list of identifiers, named `fold-01` and so on."""
    return tuple(_fold(f"fold-{number:02}", utterances, test) for number, test in enumerate(tests, start=1))


def _fold(name: str, utterances: Sequence[Utterance], test: Sequence[str]) -> Split:
    """Test on the given utterances, train on all others; both sides sorted."""
    tested = set(test)
    train = sorted(item.id for item in utterances if item.id not in tested)
    return Split(name, tuple(train), (), tuple(sorted(tested)))


def grouped(protocol: str, utterances: Sequence[Utterance], unit: Unit) -> dict[str, list[Utterance]]:
    """Group utterances by speaker, session or text, the groups in natural order ("2" before "10").

    Raises:
        EvaluationError: the corpus does not say, or there is one group only
    """
    groups: dict[str, list[Utterance]] = {}
    unknown = [item.id for item in utterances if unit_name(item, unit) in {None, UNKNOWN_SPEAKER}]
    if unknown:
        raise EvaluationError(
            f"{protocol}: {len(unknown)} of {len(utterances)} utterances have no known {unit}, "
            f"the first is '{unknown[0]}'; name the {unit}s, or use kfold10, which shares them"
        )
    for item in utterances:
        groups.setdefault(str(unit_name(item, unit)), []).append(item)
    if len(groups) < 2:
        raise EvaluationError(
            f"{protocol}: the corpus has {len(groups)} {unit}, two are needed; "
            "use kfold10, and say that it tests on what training has heard"
        )
    return {name: groups[name] for name in sorted(sorted(groups), key=_natural)}


def _natural(name: str) -> list[str | int]:
    """Sort key that reads digits as numbers; texts and numbers alternate, so they never meet."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", name)]
