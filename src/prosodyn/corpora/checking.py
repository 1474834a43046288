"""Check a corpus against its declaration and report everything at once, instead of the first fault."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from prosodyn.corpora.base import Corpus, KnownFault
from prosodyn.corpora.reading import choose_variant, scan, shortfalls
from prosodyn.errors import AudioError
from prosodyn.types import Utterance


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What a tree holds and what is wrong with it.

    Attributes:
        corpus: its name
        variant: the variant that was checked
        root: where
        utterances: how many were found, known faults among them
        declared: how many there should be; None where that is not stated
        emotions: utterances by emotion
        speakers: utterances by speaker
        excluded: utterances by code that the corpus knows but does not use
        missing: phrases that name what is not there
        unexpected: files that are unknown, twice there, badly copied or wrongly labelled, and why
        faults: known faults of the official release that are there, by utterance
        undecodable: files that the given decoder refused, and why; what is dropped anyway is not tried
    """

    corpus: str
    variant: str
    root: Path
    utterances: int
    declared: int | None
    emotions: Mapping[str, int]
    speakers: Mapping[str, int]
    excluded: Mapping[str, int]
    missing: tuple[str, ...]
    unexpected: tuple[str, ...]
    faults: Mapping[str, KnownFault]
    undecodable: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Return whether the tree is the whole corpus and nothing else, decodable where that was tried."""
        counted = self.utterances == self.declared if self.declared is not None else self.utterances > 0
        return counted and not (self.missing or self.unexpected or self.undecodable)


def verify(
    corpus: Corpus, root: Path, variant: str | None = None, decode: Callable[[Path], object] | None = None
) -> VerifyReport:
    """Compare a tree with the declaration of its corpus.

    Args:
        corpus: the declaration
        root: the official tree, or its inner folder of recordings
        variant: one of `corpus.variants`, by default the first
        decode: reads one file and raises AudioError where it cannot; without it, no audio is decoded

    Raises:
        CorpusNotFoundError: no such folder
        CorpusError: no such variant, or a folder or a list of labels that cannot be read
    """
    chosen = choose_variant(corpus, variant)
    reading = scan(corpus, root, chosen)
    return VerifyReport(
        corpus=corpus.name,
        variant=variant or corpus.variant,
        root=root,
        utterances=len(reading.found),
        declared=chosen.utterances,
        emotions=_count(utterance.emotion for utterance in reading.found),
        speakers=_count(utterance.speaker for utterance in reading.found),
        excluded=reading.excluded,
        missing=tuple(shortfalls(corpus, chosen, reading.found)),
        unexpected=tuple(str(problem) for problem in reading.problems),
        faults=reading.faults,
        undecodable=_undecodable(reading.usable, decode),
    )


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _undecodable(
    utterances: tuple[Utterance, ...], decode: Callable[[Path], object] | None
) -> tuple[str, ...]:
    reasons = []
    for utterance in utterances:
        if decode is None or utterance.path is None:
            continue
        try:
            decode(utterance.path)
        except AudioError as fault:
            reasons.append(str(fault))
    return tuple(reasons)
