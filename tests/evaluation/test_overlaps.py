"""Pieces of one file that cover each other."""

from pathlib import Path

import pytest

from prosodyn.evaluation.overlaps import find_overlaps
from prosodyn.types import Utterance


def piece(name: str, start: float | None = None, end: float | None = None, file: str = "a.wav") -> Utterance:
    return Utterance(name, "anger", "ann", "own", Path(file), start=start, end=end)


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ((0.0, 4.0), (1.0, 5.0), 0.75),
        ((1.0, 5.0), (0.0, 4.0), 0.75),
        ((0.0, 10.0), (2.0, 3.0), 1.0),
        ((0.0, 10.0), (9.0, None), None),
        ((2.0, None), (0.0, None), 1.0),
        ((None, None), (3.0, 4.0), 1.0),
        ((0.0, 4.0), (3.0, 7.0), None),
        ((0.0, 4.0), (4.0, 8.0), None),
    ],
)
def test_the_shorter_piece_must_lie_mostly_in_the_other(
    first: tuple[float, float], second: tuple[float, float], share: float | None
) -> None:
    found = list(find_overlaps([piece("1", *first), piece("2", *second)]))

    assert found == ([] if share is None else [(0, 1, share)])


def test_pieces_of_two_files_are_apart() -> None:
    assert not list(find_overlaps([piece("1"), piece("2", file="b.wav")]))


def test_a_sound_in_memory_has_no_pieces() -> None:
    assert not list(find_overlaps([Utterance(name, "anger", "ann", "own") for name in "ab"]))


def test_every_pair_of_many_windows_is_found() -> None:
    windows = [piece(str(number), start=0.5 * number, end=0.5 * number + 2) for number in range(9)]

    pairs = {(one, other) for one, other, _ in find_overlaps(windows[::-1])}

    assert pairs == {(one, other) for one in range(9) for other in range(one + 1, 9) if other - one <= 2}
