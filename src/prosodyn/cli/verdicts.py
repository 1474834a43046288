"""What an audit found: a table, the leaks and the pairs of one take for people, everything for programs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from prosodyn.cli.terminal import printable, say, show_table

if TYPE_CHECKING:
    from prosodyn.evaluation.duplicates import Duplicate
    from prosodyn.evaluation.leakage import Verdict
    from prosodyn.types import Utterance

DUPLICATES = ("exact duplicate", "near-duplicate")
"""Leaks that are told with their pair."""

SHOWN = 20
"""The most pairs that are written out; `--json` holds all."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One protocol: its verdict, or why it cannot divide the recordings."""

    protocol: str
    verdict: "Verdict | None"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Audited:
    """Everything that an audit found.

    Attributes:
        corpus: name
        utterances: of the corpus
        judged: one entry for each protocol
        duplicates: pairs of one take, on whichever side they are; None where nobody listened
    """

    corpus: str
    utterances: Sequence["Utterance"]
    judged: Sequence[Judged]
    duplicates: "Sequence[Duplicate] | None"


def show_audit(found: Audited) -> None:
    """Write the table, what could not be judged, what leaks, and the pairs of one take."""
    from prosodyn.corpora import UNKNOWN_SPEAKER

    n_speakers = len({utterance.speaker for utterance in found.utterances} - {UNKNOWN_SPEAKER})
    say(f"{found.corpus}: {len(found.utterances)} recordings of {n_speakers or 'unknown'} speakers")
    columns = ("speakers", "texts", "sessions", "exact", "near")
    rows = [_row(entry.protocol, entry.verdict) for entry in found.judged if entry.verdict is not None]
    title = "on both sides: the most of any fold; pairs of one recording (exact) or take (near), over all"
    if rows:
        header = ("protocol", "folds", *columns, "verdict")
        # what leaks is told below in words, so that a narrow terminal may do without its count
        show_table(header, rows, ("folds", *columns), title, spare=("sessions", "texts"))
    impossible = [entry.protocol for entry in found.judged if entry.verdict is None]
    if impossible:
        say(f"cannot divide these recordings: {', '.join(impossible)}; --protocol NAME says why")
    for entry in found.judged:
        for leak in entry.verdict.leaks if entry.verdict else ():
            if leak.kind not in DUPLICATES:
                say(printable(f"leak: {leak.message}"))
    if found.duplicates is None:
        say("duplicate recordings were not looked for")
    else:
        _show_pairs(found, found.duplicates)


def _row(protocol: str, verdict: "Verdict") -> tuple[str, ...]:
    audit = verdict.audit
    counts = (audit.speakers, audit.texts, audit.sessions, audit.exact_duplicates, audit.near_duplicates)
    cells = ("—" if number is None else str(number) for number in counts)
    return (protocol, str(verdict.n_folds), *cells, _verdict_in_words(verdict))


def _verdict_in_words(verdict: "Verdict") -> str:
    """A protocol that promises no new speakers breaks no promise, and yet tests no strangers."""
    if verdict.leaks:
        return "leaks"
    if verdict.audit.speakers is None:
        return "speakers unknown"
    return "shares speakers" if verdict.audit.speakers else "clean"


def _show_pairs(found: Audited, duplicates: Sequence["Duplicate"]) -> None:
    """Write the pairs of one take, those that leak first, with the protocols under which they do."""
    from prosodyn.evaluation.leakage import place_of

    by_id = {utterance.id: utterance for utterance in found.utterances}
    leaking: dict[frozenset[str], list[str]] = {}
    for entry in found.judged:
        for leak in entry.verdict.leaks if entry.verdict else ():
            if leak.kind in DUPLICATES:
                leaking.setdefault(frozenset(leak.names), []).append(entry.protocol)
    n_exact = sum(pair.exact for pair in duplicates)
    say(f"one take under two names: {n_exact} exact, {len(duplicates) - n_exact} near")
    pairs = sorted(duplicates, key=lambda pair: frozenset((pair.first, pair.second)) not in leaking)
    for pair in pairs[:SHOWN]:
        first, second = by_id[pair.first], by_id[pair.second]
        how = "exact" if pair.exact else f"near, {pair.likeness:.2f}"
        sides = ", ".join(leaking.get(frozenset((first.id, second.id)), []))
        where = f"; on both sides under {sides}" if sides else ""
        labels = _differences(first, second)
        say(printable(f"{how}: {place_of(first)} = {place_of(second)}{labels}{where}"))
    if len(pairs) > SHOWN:
        say(f"and {len(pairs) - SHOWN} more; --json lists all")


def _differences(first: "Utterance", second: "Utterance") -> str:
    """Say where the labels of one take disagree, so that one at least is wrong."""
    found = [
        f"{getattr(first, column)} and {getattr(second, column)}"
        for column in ("emotion", "speaker")
        if getattr(first, column) != getattr(second, column)
    ]
    return f"; labelled {', '.join(found)}" if found else ""


def plain_audit(found: Audited) -> dict[str, object]:
    """Return everything as JSON can hold it."""
    return {
        "corpus": found.corpus,
        "recordings": len(found.utterances),
        "protocols": [_plain_verdict(entry) for entry in found.judged],
        "duplicates": None if found.duplicates is None else [asdict(pair) for pair in found.duplicates],
    }


def _plain_verdict(entry: Judged) -> dict[str, object]:
    if entry.verdict is None:
        return {"protocol": entry.protocol, "cannot_be_judged": entry.reason}
    return {
        "protocol": entry.protocol,
        "folds": entry.verdict.n_folds,
        "audit": asdict(entry.verdict.audit),
        "leaks": [asdict(leak) for leak in entry.verdict.leaks],
    }
