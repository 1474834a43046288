"""Find recordings that hold the same take, whatever they are called and however they are stored.

Three ways lead to a pair: the same samples, known by their digest; pieces of one file that cover each
other, known by their places; and sounds that agree throughout when they are laid over each other.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from prosodyn.audio import utterance_waveform
from prosodyn.evaluation.alignment import largest_difference, likeness
from prosodyn.evaluation.fingerprint import Fingerprint, fingerprint
from prosodyn.evaluation.overlaps import find_overlaps
from prosodyn.types import Utterance

CANDIDATE = 0.9
"""Likeness of two modulations from which on the sounds themselves are compared.

Of the pairs of a corpus one in several thousand reaches it. Copies of 240 recordings (of five corpora and the
fixture) through Opus, Vorbis, MP3, GSM or a telephone, or under noise of 20 dB, all stayed above 0.96.
"""

NEAR = 0.6
"""Likeness of two outlines from which on they are one take.

In EmoDB, CASIA, RAVDESS and nEMO two takes come no closer than 0.49, and where an actor repeats the same
words in the same emotion (RAVDESS) no closer than 0.30. Copies of the same 240 recordings stayed above 0.98
through Opus, Vorbis and MP3 at their usual rates, above 0.96 with half a second of faint noise around them,
above 0.87 through GSM or under noise of 20 dB. Opus at its lowest rate, 6 kbit/s, falls below 0.6 at times.
"""

ROUNDING = 2**-13
"""What two roundings to 16 bits and two conventions of full scale make of one sample, with some room."""

BLOCK = 1024
"""Recordings that are compared with all others at a time, so that memory stays small."""

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two recordings of one take.

    Attributes:
        first: the utterance that comes first in the corpus
        second: the other one
        exact: the same samples, but for digital silence before and behind and the rounding to 16 bits
        likeness: of the sounds, or the share of the shorter piece that the other covers; in [0, 1]
    """

    first: str
    second: str
    exact: bool
    likeness: float


def find_duplicates(
    utterances: Sequence[Utterance], progress: Callable[[int, int], None] | None = None
) -> tuple[Duplicate, ...]:
    """Listen to every utterance, and find the pairs that hold one take.

    Found are copies at another level, rate or bit depth, in another container, through a codec, with silence
    added or cut off, and with mild noise. Not found are copies at another speed, and parts of a take that
    have become files of their own.

    Args:
        utterances: with audio at hand
        progress: called with how many have been heard, and how many there are

    Returns:
        in the order of the corpus

    Raises:
        AudioError: a recording that cannot be used
    """
    prints = _listen(utterances, progress)
    found = {(one, other): (False, share) for one, other, share in find_overlaps(utterances)}
    found |= _alike(prints, utterances)
    found |= dict.fromkeys(_same(prints), (True, 1.0))
    return tuple(
        Duplicate(utterances[one].id, utterances[other].id, exact, round(like, 3))
        for (one, other), (exact, like) in sorted(found.items())
    )


def _listen(
    utterances: Sequence[Utterance], progress: Callable[[int, int], None] | None
) -> list[Fingerprint]:
    prints = []
    for done, utterance in enumerate(utterances, start=1):
        prints.append(fingerprint(utterance_waveform(utterance)))
        if progress is not None:
            progress(done, len(utterances))
    return prints


def _groups(prints: Sequence[Fingerprint]) -> list[list[int]]:
    """Group the places of recordings by their digest."""
    groups: dict[str, list[int]] = {}
    for place, found in enumerate(prints):
        groups.setdefault(found.digest, []).append(place)
    return list(groups.values())


def _same(prints: Sequence[Fingerprint]) -> Iterator[Pair]:
    """Yield the pairs of the same samples."""
    for members in _groups(prints):
        yield from itertools.combinations(members, 2)


def _alike(prints: Sequence[Fingerprint], utterances: Sequence[Utterance]) -> dict[Pair, tuple[bool, float]]:
    """Compare one recording of every digest with the others, and return the pairs of one take."""
    groups = _groups(prints)
    found: dict[Pair, tuple[bool, float]] = {}
    for one, other in _candidates([prints[members[0]] for members in groups]):
        first, second = groups[one][0], groups[other][0]
        alike = likeness(prints[first].outline, prints[second].outline)
        if alike >= NEAR:
            exact = _same_but_rounding(utterances[first], utterances[second])
            for pair in itertools.product(groups[one], groups[other]):
                found[min(pair), max(pair)] = (exact, alike)
    return found


def _candidates(prints: Sequence[Fingerprint]) -> Iterator[Pair]:
    """Yield the places of those that may be one take."""
    if not prints:
        return
    table = np.stack([found.modulation for found in prints])
    for start in range(0, len(table), BLOCK):
        alike = np.triu(table[start : start + BLOCK] @ table[start:].T, k=1)
        for row, column in np.argwhere(alike >= CANDIDATE).tolist():
            yield start + row, start + column


def _same_but_rounding(first: Utterance, second: Utterance) -> bool:
    return largest_difference(utterance_waveform(first), utterance_waveform(second)) <= ROUNDING
