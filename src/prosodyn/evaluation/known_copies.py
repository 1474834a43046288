"""Published corpora hold a few recordings twice: keep such a pair from standing on both sides of a fold."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from prosodyn.corpora import registry
from prosodyn.types import Split, Utterance


def known_copies(utterances: Iterable[Utterance]) -> dict[str, str]:
    """Return, for either of two utterances that their corpus declares to be one recording, the other."""
    by_place = {(utterance.corpus, utterance.id): utterance for utterance in utterances}
    declared = set(registry.names())
    copies: dict[str, str] = {}
    for corpus in sorted({corpus for corpus, _ in by_place} & declared):
        for name, fault in registry.get(corpus).known_faults.items():
            if fault.same_as is not None and {(corpus, name), (corpus, fault.same_as)} <= set(by_place):
                copies |= {name: fault.same_as, fault.same_as: name}
    return copies


def leave_copies_out(split: Split, copies: Mapping[str, str]) -> Split:
    """Take out of training and validation what the test side holds under another name.

    So that every utterance is still tested once.
    """
    tested = set(split.test)
    if not any(copies.get(name) in tested for name in (*split.train, *split.validation)):
        return split
    return replace(
        split,
        train=tuple(name for name in split.train if copies.get(name) not in tested),
        validation=tuple(name for name in split.validation if copies.get(name) not in tested),
    )
