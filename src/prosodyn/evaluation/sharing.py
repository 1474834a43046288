"""What the two sides of a split have in common: speakers, texts, sessions, recordings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prosodyn.corpora.base import UNKNOWN_SPEAKER
from prosodyn.errors import EvaluationError
from prosodyn.evaluation.duplicates import Duplicate
from prosodyn.evaluation.validation import Unit, unit_name
from prosodyn.types import Split, Utterance


@dataclass(frozen=True, slots=True)
class Shared:
    """How much of the test side is also heard in training or validation.

    Attributes:
        speakers: how many speakers stand on both sides; None where the corpus does not name them
        texts: how many texts; None where the corpus does not say
        sessions: how many recording sessions; None where the corpus does not say
    """

    speakers: int | None
    texts: int | None
    sessions: int | None


@dataclass(frozen=True, slots=True)
class Audit:
    """What a protocol lets the two sides share, in words and as counted on the corpus.

    Attributes:
        shares: the protocol's own statement, such as `texts`
        speakers: the most that any fold shares; None where the corpus does not name them
        texts: the most that any fold shares; None where the corpus does not say
        sessions: the most that any fold shares; None where the corpus does not say
        exact_duplicates: pairs of one recording that stand on both sides of any fold; None where nobody
            listened
        near_duplicates: the same for pairs of one take, at another level, cut otherwise or through a codec
    """

    shares: str
    speakers: int | None
    texts: int | None
    sessions: int | None
    exact_duplicates: int | None = None
    near_duplicates: int | None = None

    @property
    def duplicates(self) -> str:
        """Say in words how many recordings are on both sides."""
        if self.exact_duplicates is None or self.near_duplicates is None:
            return "duplicate recordings were not looked for"
        return (
            f"duplicate recordings on both sides: {self.exact_duplicates} exact, {self.near_duplicates} near"
        )


def shared(split: Split, utterances: Sequence[Utterance]) -> Shared:
    """Count what stands on both sides of a split.

    Args:
        split: one fold
        utterances: the corpus, with every utterance of the split

    Raises:
        EvaluationError: the split names an utterance that is not in the corpus
    """
    return Shared(
        speakers=_count(common(split, utterances, "speaker")),
        texts=_count(common(split, utterances, "text")),
        sessions=_count(common(split, utterances, "session")),
    )


def common(split: Split, utterances: Sequence[Utterance], unit: Unit) -> set[str] | None:
    """Name the speakers, texts or sessions on both sides of a split.

    Returns:
        their names; None where any name is missing, because then nobody can tell

    Raises:
        EvaluationError: the split names an utterance that is not in the corpus
    """
    by_id = {utterance.id: utterance for utterance in utterances}
    missing = [name for name in (*split.train, *split.validation, *split.test) if name not in by_id]
    if missing:
        raise EvaluationError(
            f"{split.name}: utterance '{missing[0]}' is not in the corpus; give the corpus that was split"
        )
    heard = {unit_name(by_id[name], unit) for name in (*split.train, *split.validation)}
    tested = {unit_name(by_id[name], unit) for name in split.test}
    if {None, UNKNOWN_SPEAKER} & (heard | tested):
        return None
    return {str(name) for name in heard & tested}


def straddling(
    duplicates: Iterable[Duplicate], splits: Sequence[Split]
) -> tuple[tuple[Duplicate, Split], ...]:
    """Return the pairs of which training or validation holds one and the test the other, with the first fold.

    Args:
        duplicates: pairs of one take
        splits: the folds
    """
    sides = [({*split.train, *split.validation}, set(split.test), split) for split in splits]
    found = []
    for pair in duplicates:
        for heard, tested, split in sides:
            one, other = pair.first, pair.second
            if (one in heard and other in tested) or (other in heard and one in tested):
                found.append((pair, split))
                break
    return tuple(found)


def audit(
    shares: str,
    splits: Sequence[Split],
    utterances: Sequence[Utterance],
    duplicates: Iterable[Duplicate] | None = None,
) -> Audit:
    """Count the most that any fold of a protocol shares, and put it beside what the protocol says.

    Args:
        shares: what the protocol says, `Protocol.shares`
        splits: the folds that are run, at least one
        utterances: the corpus
        duplicates: the corpus's pairs of one take; None where nobody listened

    Raises:
        EvaluationError: no splits, or a split names an utterance that is not in the corpus
    """
    if not splits:
        raise EvaluationError("audit: no folds were given; give those that are run")
    counted = [shared(split, utterances) for split in splits]
    pairs = None if duplicates is None else straddling(duplicates, splits)
    return Audit(
        shares,
        speakers=_largest(item.speakers for item in counted),
        texts=_largest(item.texts for item in counted),
        sessions=_largest(item.sessions for item in counted),
        exact_duplicates=None if pairs is None else sum(pair.exact for pair, _ in pairs),
        near_duplicates=None if pairs is None else sum(not pair.exact for pair, _ in pairs),
    )


def _count(names: set[str] | None) -> int | None:
    return None if names is None else len(names)


def _largest(counts: Iterable[int | None]) -> int | None:
    known = list(counts)
    return None if None in known else max(count for count in known if count is not None)
