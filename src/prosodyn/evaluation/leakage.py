"""Tell what leaks from the training side to the test side although the protocol does not allow it.

What a protocol keeps apart (`Protocol.apart`) must not stand on both sides of any fold, and no
protocol allows one take on both. A run refuses to start with a leak that is certain; near-duplicates
are no less harmful, but they are heard rather than proven, and so they are counted and named.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.duplicates import Duplicate, find_duplicates
from prosodyn.evaluation.protocols import Protocol, ProtocolOptions, find_protocol, splits
from prosodyn.evaluation.sharing import Audit, audit, common, straddling
from prosodyn.evaluation.validation import Unit
from prosodyn.types import Split, Utterance

Kind = Literal["speaker", "text", "session", "utterance", "exact duplicate", "near-duplicate"]


@dataclass(frozen=True, slots=True)
class Leak:
    """Something on both sides of a fold that the protocol keeps apart.

    Attributes:
        kind: what it is
        fold: name of the first split in which it is found
        names: the speakers, texts or sessions; of one take the utterance that is tested, and the other
        message: a sentence for people, with the remedy
    """

    kind: Kind
    fold: str
    names: tuple[str, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there is to say about a protocol on a corpus.

    Attributes:
        n_folds: how many folds it makes
        audit: what they share
        leaks: what they must not share
    """

    n_folds: int
    audit: Audit
    leaks: tuple[Leak, ...]


def judge(
    protocol: str,
    utterances: Sequence[Utterance],
    options: ProtocolOptions | None = None,
    duplicates: Sequence[Duplicate] | None = None,
) -> Verdict:
    """Divide a corpus under a protocol, and tell what the sides share and what of it is a leak.

    Args:
        protocol: name
        utterances: the corpus
        options: what may vary within the protocol
        duplicates: the corpus's pairs of one take; None where nobody listened

    Raises:
        EvaluationError: an unknown protocol, or a corpus that it cannot divide
        ConfigError: the lists of `fixed` are not as documented
    """
    chosen = find_protocol(protocol, options)
    folds = splits(protocol, utterances, options)
    audited = audit(chosen.shares, folds, utterances, duplicates)
    return Verdict(len(folds), audited, find_leaks(chosen, folds, utterances, duplicates or ()))


def audit_before_run(
    protocol: Protocol,
    folds: Sequence[Split],
    utterances: Sequence[Utterance],
    allow_duplicates: bool = False,
    listening: Callable[[int, int], None] | None = None,
) -> Audit:
    """Count what the sides of some folds share, recordings included, and refuse what they must not.

    Args:
        protocol: of the folds
        folds: that are to be run
        utterances: the corpus, with audio at hand
        allow_duplicates: let pass the same recording under two names; it is counted all the same
        listening: called with how many recordings have been heard, and how many there are

    Raises:
        EvaluationError: names what is on both sides of a fold and must not be, and the remedy
        AudioError: a recording that cannot be used
    """
    refuse_leaks(find_leaks(protocol, folds, utterances))  # before anybody waits for the listening
    duplicates = find_duplicates(utterances, listening)
    refuse_leaks(find_leaks(protocol, folds, utterances, duplicates), allow_duplicates)
    return audit(protocol.shares, folds, utterances, duplicates)


def find_leaks(
    protocol: Protocol,
    folds: Sequence[Split],
    utterances: Sequence[Utterance],
    duplicates: Iterable[Duplicate] = (),
) -> tuple[Leak, ...]:
    """Find what stands on both sides of a fold and must not.

    Args:
        protocol: says what it keeps apart
        folds: its splits
        utterances: the corpus
        duplicates: the corpus's pairs of one take

    Returns:
        for every unit that the protocol keeps apart, the first fold that fails; then every pair of one take

    Raises:
        EvaluationError: a split names an utterance that is not in the corpus
    """
    units = (_find_common(protocol, unit, folds, utterances) for unit in protocol.apart)
    by_id = {utterance.id: utterance for utterance in utterances}
    pairs = (_tell_pair(protocol, split, pair, by_id) for pair, split in straddling(duplicates, folds))
    return (*(leak for leak in units if leak is not None), *pairs)


def refuse_leaks(leaks: Iterable[Leak], allow_duplicates: bool = False) -> None:
    """Refuse a run whose result would be wrong for certain.

    Args:
        leaks: what `find_leaks` found; near-duplicates are let pass, since the result counts them
        allow_duplicates: also let exact duplicates pass

    Raises:
        EvaluationError: names what is on both sides, and the remedy
    """
    passing = {"near-duplicate"} | ({"exact duplicate"} if allow_duplicates else set())
    refused = [leak for leak in leaks if leak.kind not in passing]
    if not refused:
        return
    more = f" (and {len(refused) - 1} more)" if len(refused) > 1 else ""
    allow = ", or allow it (--allow-duplicates)" if refused[0].kind == "exact duplicate" else ""
    raise EvaluationError(f"{refused[0].message}{allow}{more}")


def _find_common(
    protocol: Protocol, unit: Unit, folds: Sequence[Split], utterances: Sequence[Utterance]
) -> Leak | None:
    for split in folds:
        names = common(split, utterances, unit)
        where = f"{protocol.name}, {split.name}"
        if names is None:
            message = f"{where}: keeps {unit}s apart, but not every {unit} is known; name them all"
            return Leak(unit, split.name, (), message)
        if names:
            others = f" and {len(names) - 1} more" if len(names) > 1 else ""
            message = (
                f"{where}: {unit} '{min(names)}'{others} on both sides, which the protocol keeps apart; "
                f"put all of a {unit} on one side"
            )
            return Leak(unit, split.name, tuple(sorted(names)), message)
    return None


def _tell_pair(
    protocol: Protocol, split: Split, pair: Duplicate, utterances: Mapping[str, Utterance]
) -> Leak:
    one, other = (utterances[name] for name in (pair.first, pair.second))
    tested, heard = (one, other) if one.id in split.test else (other, one)
    kind: Kind = "exact duplicate" if pair.exact else "near-duplicate"
    message = (
        f"{protocol.name}, {split.name}: '{place_of(tested)}' is tested, and training hears it as "
        f"'{place_of(heard)}' ({kind}); take one of the two out or put both on one side"
    )
    return Leak(kind, split.name, (tested.id, heard.id), message)


def place_of(utterance: Utterance) -> str:
    """Return where a recording is found: its file and the piece of it, else its id."""
    if utterance.path is None:
        return utterance.id
    if utterance.start is None and utterance.end is None:
        return str(utterance.path)
    end = "" if utterance.end is None else f"{utterance.end:g}"
    return f"{utterance.path}#{utterance.start or 0.0:g}-{end}"
