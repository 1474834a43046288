"""Checks that every split must pass before anything is trained on it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from prosodyn.errors import EvaluationError
from prosodyn.types import Split, Utterance


def check_unique(utterances: Sequence[Utterance]) -> None:
    """Check that every utterance has an identifier of its own, and that there is one.

    Raises:
        EvaluationError: no utterances, or an identifier that stands twice
    """
    if not utterances:
        raise EvaluationError("no utterances were given; a protocol divides at least two")
    name, count = Counter(utterance.id for utterance in utterances).most_common(1)[0]
    if count > 1:
        raise EvaluationError(f"utterance '{name}' stands {count} times in the corpus; give each its own id")


def check_splits(protocol: str, splits: Sequence[Split], utterances: Mapping[str, Utterance]) -> None:
    """Check every fold: sides disjoint, none empty, all emotions of the test in training.

    Raises:
        EvaluationError: names the fold and its fault
    """
    name, count = Counter(split.name for split in splits).most_common(1)[0]
    if count > 1:
        raise EvaluationError(f"{protocol}: {count} folds are called '{name}'; give each a name of its own")
    for split in splits:
        _check_sides(f"{protocol}, {split.name}", split)
        _check_emotions(f"{protocol}, {split.name}", split, utterances)


def check_coverage(protocol: str, splits: Sequence[Split], utterances: Mapping[str, Utterance]) -> None:
    """Check that the folds together test every utterance exactly once.

    Raises:
        EvaluationError: names an utterance that is tested never or twice
    """
    tested = Counter(name for split in splits for name in split.test)
    for name in utterances:
        if tested[name] != 1:
            raise EvaluationError(f"{protocol}: utterance '{name}' is tested {tested[name]} times, not once")


def _check_sides(where: str, split: Split) -> None:
    for side, names in (("training", split.train), ("test", split.test)):
        if not names:
            raise EvaluationError(f"{where}: the {side} side is empty")
    everything = Counter((*split.train, *split.validation, *split.test))
    name, count = everything.most_common(1)[0]
    if count > 1:
        raise EvaluationError(f"{where}: utterance '{name}' stands {count} times; the sides must be disjoint")


def _check_emotions(where: str, split: Split, utterances: Mapping[str, Utterance]) -> None:
    taught = {utterances[name].emotion for name in split.train}
    unheard = sorted({utterances[name].emotion for name in split.test} - taught)
    if unheard:
        raise EvaluationError(
            f"{where}: '{unheard[0]}' is tested but never trained on; "
            "leave this emotion out of the corpus, or use another protocol"
        )
