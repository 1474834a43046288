"""What the two sides of a split have in common: speakers, texts, sessions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prosodyn.corpora.base import UNKNOWN_SPEAKER
from prosodyn.errors import EvaluationError
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
    """

    shares: str
    speakers: int | None
    texts: int | None
    sessions: int | None


def shared(split: Split, utterances: Sequence[Utterance]) -> Shared:
    """Count what stands on both sides of a split.

    Args:
        split: one fold
        utterances: the corpus, with every utterance of the split

    Raises:
        EvaluationError: the split names an utterance that is not in the corpus
    """
    by_id = {utterance.id: utterance for utterance in utterances}
    missing = [name for name in (*split.train, *split.validation, *split.test) if name not in by_id]
    if missing:
        raise EvaluationError(
            f"{split.name}: utterance '{missing[0]}' is not in the corpus; give the corpus that was split"
        )
    heard = [by_id[name] for name in (*split.train, *split.validation)]
    tested = [by_id[name] for name in split.test]
    return Shared(
        speakers=_n_common((_speaker(item) for item in heard), (_speaker(item) for item in tested)),
        texts=_n_common((item.text for item in heard), (item.text for item in tested)),
        sessions=_n_common((item.session for item in heard), (item.session for item in tested)),
    )


def audit(shares: str, splits: Sequence[Split], utterances: Sequence[Utterance]) -> Audit:
    """Count the most that any fold of a protocol shares, and put it beside what the protocol says.

    Args:
        shares: what the protocol says, `Protocol.shares`
        splits: the folds that were run, at least one
        utterances: the corpus

    Raises:
        EvaluationError: no splits, or a split names an utterance that is not in the corpus
    """
    if not splits:
        raise EvaluationError("audit: no folds were given; give those that were run")
    counted = [shared(split, utterances) for split in splits]
    return Audit(
        shares,
        speakers=_largest(item.speakers for item in counted),
        texts=_largest(item.texts for item in counted),
        sessions=_largest(item.sessions for item in counted),
    )


def _speaker(utterance: Utterance) -> str | None:
    return None if utterance.speaker == UNKNOWN_SPEAKER else utterance.speaker


def _n_common(first: Iterable[str | None], second: Iterable[str | None]) -> int | None:
    """Count the names in both; None where any name is missing, because then nobody can tell."""
    one, other = set(first), set(second)
    return None if None in one | other else len(one & other)


def _largest(counts: Iterable[int | None]) -> int | None:
    known = list(counts)
    return None if None in known else max(count for count in known if count is not None)
