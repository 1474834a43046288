"""Windows and cells: what is cut, and what is averaged, whatever the pieces."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.errors import ConfigError
from prosodyn.inference import TimelineSettings
from prosodyn.inference.windows import Answered, CellAverager, Window, WindowCutter
from prosodyn.types import FloatArray

SEEDED = settings(max_examples=100, deadline=None, derandomize=True, database=None)

HALF, BACK_TO_BACK = TimelineSettings(), TimelineSettings(hop=3.0)


def ramp(n: int) -> FloatArray:
    return np.arange(n, dtype=np.float32)


def cut(n: int, timeline: TimelineSettings, sizes: list[int] | None = None) -> list[Window]:
    cutter, waveform, found, place = WindowCutter(timeline), ramp(n), [], 0
    for size in [*(sizes or []), n]:
        found += cutter.push(waveform[place : place + size])
        place += size
    return found + cutter.flush()


def spans(windows: list[Window]) -> list[tuple[float, float]]:
    return [(window.start / 16_000, window.end / 16_000) for window in windows]


@pytest.mark.parametrize(
    ("seconds", "timeline", "expected"),
    [
        (0.1, HALF, [(0, 0.1)]),
        (3.0, HALF, [(0, 3)]),
        (4.0, HALF, [(0, 3), (1.5, 4)]),
        (4.5, HALF, [(0, 3), (1.5, 4.5)]),
        (10.0, HALF, [(0, 3), (1.5, 4.5), (3, 6), (4.5, 7.5), (6, 9), (7.5, 10)]),
        (3.2, HALF, [(0, 3), (1.5, 3.2)]),
        (3.2, BACK_TO_BACK, [(0, 3.2)]),
        (3.3, BACK_TO_BACK, [(0, 3), (3, 3.3)]),
        (6.0, BACK_TO_BACK, [(0, 3), (3, 6)]),
        (6.2, BACK_TO_BACK, [(0, 3), (3, 6.2)]),
        (7.0, BACK_TO_BACK, [(0, 3), (3, 6), (6, 7)]),
        (3.1, TimelineSettings(hop=2.9), [(0, 3.1)]),
    ],
)
def test_windows_are_cut_as_by_hand(
    seconds: float, timeline: TimelineSettings, expected: list[tuple[float, float]]
) -> None:
    assert spans(cut(round(16_000 * seconds), timeline)) == expected


def test_no_samples_are_no_window() -> None:
    assert cut(0, HALF) == []


@SEEDED
@given(
    n=st.integers(1, 60_000),
    sizes=st.lists(st.integers(0, 9_000), max_size=20),
    hop=st.sampled_from([0.2, 0.35, 0.5]),
)
def test_the_pieces_change_no_window(n: int, sizes: list[int], hop: float) -> None:
    timeline = TimelineSettings(window=0.5, hop=hop)
    whole, pieces = cut(n, timeline), cut(n, timeline, sizes)
    assert spans(pieces) == spans(whole)
    for window in pieces:
        np.testing.assert_array_equal(window.waveform, ramp(n)[window.start : window.end])


@SEEDED
@given(n=st.integers(1, 100_000), hop=st.sampled_from([0.1, 0.35, 0.5]))
def test_windows_cover_every_sample(n: int, hop: float) -> None:
    windows = cut(n, TimelineSettings(window=0.5, hop=hop))
    assert (windows[0].start, windows[-1].end) == (0, n)
    assert all(after.start <= before.end for before, after in itertools.pairwise(windows))


def test_a_window_leaves_no_view_of_what_it_was_cut_from() -> None:
    assert all(window.waveform.base is None for window in cut(200_000, HALF))


def average(
    n: int, timeline: TimelineSettings, answers: list[float | None]
) -> list[tuple[float, float | None]]:
    """Return the ends of cells in seconds with the first of their probabilities."""
    averager, cells = CellAverager(timeline), []
    windows = cut(n, timeline)
    vectors = [None if first is None else Answered(np.array([first, 1 - first])) for first in answers]
    for window, vector in zip(windows[:-1], vectors[:-1], strict=True):
        cells.append(averager.push(window, vector))
    cells += averager.flush(windows[-1], vectors[-1], n)
    return [
        (cell.end / 16_000, None if cell.probabilities is None else float(cell.probabilities[0]))
        for cell in cells
    ]


def test_a_cell_is_the_mean_of_the_windows_over_it() -> None:
    # windows at 0, 1.5 and 3 s; the last goes to 5 s
    assert average(80_000, HALF, [0.2, 0.4, 1.0]) == [
        (1.5, pytest.approx(0.2)),
        (3.0, pytest.approx(0.3)),
        (4.5, pytest.approx(0.7)),
        (5.0, pytest.approx(1.0)),
    ]


def test_a_window_that_was_not_answered_is_left_out_of_the_mean() -> None:
    assert average(80_000, HALF, [0.2, None, None]) == [
        (1.5, pytest.approx(0.2)),
        (3.0, pytest.approx(0.2)),
        (4.5, None),
        (5.0, None),
    ]


def test_a_window_over_a_part_of_a_cell_counts_for_that_part() -> None:
    # windows of 3 s at 0 and 2 s: the cell from 2 to 4 s is half in the first and all in the second
    cells = average(80_000, TimelineSettings(hop=2.0), [0.0, 0.9])
    assert cells[1] == (4.0, pytest.approx((1 * 0.0 + 2 * 0.9) / 3))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window", 0.1),
        ("window", float("nan")),
        ("hop", 3.5),
        ("hop", 0.0),
        ("switch_cost", -1.0),
        ("look_ahead", -1),
        ("least_speech", 1.5),
        ("least_confidence", 1.0),
        ("speech_threshold", 0.0),
        ("least_pause", float("inf")),
    ],
)
def test_a_setting_out_of_range_is_named(name: str, value: float) -> None:
    with pytest.raises(ConfigError, match=rf"^timeline\.{name}: expected "):
        TimelineSettings(**{name: value})


def test_the_latency_of_the_defaults_is_as_documented() -> None:
    assert TimelineSettings().latency == 7.5


def test_a_cell_is_as_strange_as_the_windows_over_it() -> None:
    averager, windows = CellAverager(HALF), cut(96_000, HALF)
    answers = [Answered(np.array([0.5, 0.5]), is_strange) for is_strange in (False, True, True)]
    cells = [averager.push(*each) for each in zip(windows[:-1], answers[:-1], strict=True)]
    cells += averager.flush(windows[-1], answers[-1], 96_000)
    assert [cell.strangeness for cell in cells] == [0.0, 0.5, 1.0, 1.0]
