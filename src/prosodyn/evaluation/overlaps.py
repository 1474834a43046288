"""Find pieces of one file that cover each other, as windows cut before the corpus was divided do."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from prosodyn.types import Utterance

MOSTLY = 0.5
"""Share of the shorter piece; turns of two people may overlap by less, and are not the same audio."""


def find_overlaps(utterances: Sequence[Utterance]) -> Iterator[tuple[int, int, float]]:
    """Yield the places of two utterances of which the shorter lies mostly inside the other, and the share.

    Examples:
        >>> first = Utterance("1", "anger", "ann", "own", Path("a.wav"), start=0.0, end=4.0)
        >>> second = Utterance("2", "anger", "ann", "own", Path("a.wav"), start=1.0, end=5.0)
        >>> list(find_overlaps([first, second]))
        [(0, 1, 0.75)]
    """
    by_file: dict[Path, list[int]] = {}
    for place, utterance in enumerate(utterances):
        if utterance.path is not None:
            by_file.setdefault(utterance.path, []).append(place)
    for places in by_file.values():
        pieces = sorted((*_span(utterances[place]), place) for place in places)
        for number, (start, end, place) in enumerate(pieces):
            for other_start, other_end, other in pieces[number + 1 :]:
                if other_start >= end:
                    break
                share = _share(end - start, other_end - other_start, min(end, other_end) - other_start)
                if share >= MOSTLY:
                    yield min(place, other), max(place, other), share


def _span(utterance: Utterance) -> tuple[float, float]:
    """Return where a piece starts and ends, in seconds; without an end it runs to that of its file."""
    return utterance.start or 0.0, math.inf if utterance.end is None else utterance.end


def _share(length: float, other: float, common: float) -> float:
    """Return the part of the shorter piece that is common; two pieces without an end share the later one."""
    shorter = min(length, other)
    return 1.0 if shorter == math.inf else common / shorter
