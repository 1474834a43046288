"""Speech and pause: what a detector says, smoothed, whatever the pieces."""

import itertools
from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.inference import TimelineSettings
from prosodyn.inference.activity import Activity, Mask, Run
from prosodyn.types import FloatArray

SEEDED = settings(max_examples=100, deadline=None, derandomize=True, database=None)

HOP = 1_600


class Told:
    """A detector that says what it was told, a hop at a time."""

    hop = 0.1

    def __init__(self, probabilities: Sequence[float]) -> None:
        self.probabilities = list(probabilities)
        self.n_samples = self.n_given = 0

    def push(self, samples: FloatArray) -> FloatArray:
        self.n_samples += len(samples)
        return self._until(self.n_samples // HOP)

    def flush(self) -> FloatArray:
        return self._until(-(-self.n_samples // HOP))

    def _until(self, n: int) -> FloatArray:
        given, self.n_given = self.probabilities[self.n_given : n], n
        return np.array(given, dtype=np.float32)


def runs_of(hops: list[bool]) -> list[list[bool]]:
    return [list(run) for _, run in itertools.groupby(hops)]


def smooth_by_hand(hops: list[bool], pause: int, burst: int) -> list[bool]:
    """Fill short pauses between speech, then drop short bursts."""
    runs = runs_of(hops)
    filled = []
    for place, run in enumerate(runs):
        inside = 0 < place < len(runs) - 1
        filled += [True] * len(run) if not run[0] and inside and len(run) < pause else run
    return [hop and len(run) >= burst for run in runs_of(filled) for hop in run]


@SEEDED
@given(
    hops=st.lists(st.booleans(), min_size=1, max_size=60),
    pause=st.integers(0, 6),
    burst=st.integers(0, 6),
    sizes=st.lists(st.integers(0, 20_000), max_size=8),
)
def test_it_is_what_a_loop_over_runs_finds(
    hops: list[bool], pause: int, burst: int, sizes: list[int]
) -> None:
    timeline = TimelineSettings(least_pause=pause / 10, least_burst=burst / 10)
    n_samples = len(hops) * HOP - 700  # the end cuts the last hop short
    activity = Activity(Told([0.9 if hop else 0.2 for hop in hops]), timeline)
    place = 0
    for size in [*sizes, n_samples]:
        activity.push(np.zeros(min(size, n_samples - place), dtype=np.float32))
        place = min(place + size, n_samples)
    activity.flush()
    runs = activity.mask.runs(0, n_samples)
    found = [run.is_speech for run in runs for _ in range(run.start, run.end, HOP)]
    assert found == smooth_by_hand(hops, pause, burst)
    assert (runs[0].start, runs[-1].end) == (0, n_samples)


def test_without_a_detector_all_is_speech() -> None:
    activity = Activity(None, TimelineSettings())
    activity.push(np.zeros(500, dtype=np.float32))
    assert activity.mask.runs(0, 500) == [Run(0, 500, True)]


def test_no_end_drifts_over_days() -> None:
    class Uneven(Told):
        hop = 1 / 3

        def push(self, samples: FloatArray) -> FloatArray:
            return np.ones(len(samples), dtype=np.float32)

    activity = Activity(Uneven([]), TimelineSettings(least_burst=0.0))
    for _ in range(6):
        activity._n_samples += 10**9
        activity.push(np.zeros(3 * 43_200, dtype=np.float32))
    assert activity.mask.settled == 6 * 43_200 * 16_000


def test_a_mask_counts_speech_inside_a_stretch() -> None:
    mask = Mask()
    mask.extend(10, is_speech=True)
    mask.extend(30, is_speech=False)
    mask.extend(35, is_speech=True)
    assert mask.n_speech(5, 33) == 5 + 3


def test_a_mask_forgets_what_is_over() -> None:
    mask = Mask()
    for end in range(10, 10_000, 10):
        mask.extend(end, is_speech=end % 20 == 0)
        mask.forget(end - 50)
    assert len(mask._runs) <= 6
    assert mask.runs(9_980, 9_990) == [Run(9_980, 9_990, False)]
