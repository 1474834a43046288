"""Batches lose nothing, repeat nothing and stay within bounds."""

import numpy as np
import pytest

from prosodyn.errors import SilentAudioError
from prosodyn.formats import Failure
from prosodyn.inference.batch import (
    BATCH_SECONDS,
    WINDOW_CLIPS,
    WINDOW_SECONDS,
    group_by_length,
    group_in_windows,
    pad,
)
from prosodyn.inference.clip import Clip
from prosodyn.types import SAMPLE_RATE


def clip(seconds: float, level: float = 0.1) -> Clip:
    return Clip("call.wav", np.full(round(seconds * SAMPLE_RATE), level, dtype=np.float32), ())


@pytest.fixture
def durations(rng: np.random.Generator) -> list[float]:
    return [*rng.exponential(8.0, 300).tolist(), 500.0, 0.01]


def test_every_position_is_in_one_batch(durations: list[float]) -> None:
    positions = [position for batch in group_by_length(durations) for position in batch]
    assert sorted(positions) == list(range(len(durations)))


def test_a_batch_with_its_padding_stays_within_bounds(durations: list[float]) -> None:
    batches = [[durations[position] for position in batch] for batch in group_by_length(durations)]
    assert all(len(batch) == 1 or len(batch) * max(batch) <= BATCH_SECONDS for batch in batches)


def test_neighbours_in_a_batch_are_of_similar_length(durations: list[float]) -> None:
    batches = [[durations[position] for position in batch] for batch in group_by_length(durations)]
    padded = sum(len(batch) * max(batch) for batch in batches)
    assert padded < 1.3 * sum(durations)


def test_nothing_to_batch_is_no_batch() -> None:
    assert list(group_by_length([])) == []


def test_windows_keep_the_order() -> None:
    heard = [clip(1) for _ in range(150)]
    assert [item for window in group_in_windows(heard) for item in window] == heard


def test_a_window_holds_a_bounded_number_of_clips() -> None:
    assert [len(window) for window in group_in_windows([clip(0.1)] * (2 * WINDOW_CLIPS + 5))] == [64, 64, 5]


def test_a_window_holds_a_bounded_length_of_sound() -> None:
    windows = list(group_in_windows([clip(0.4 * WINDOW_SECONDS)] * 5))
    assert [len(window) for window in windows] == [2, 2, 1]


def test_a_clip_longer_than_a_window_is_alone_in_one() -> None:
    windows = list(group_in_windows([clip(1), clip(WINDOW_SECONDS + 1), clip(1)]))
    assert [len(window) for window in windows] == [1, 1, 1]


def test_failures_count_among_the_clips_of_a_window() -> None:
    failures = [Failure("still.wav", SilentAudioError("still.wav: silent"))] * 130
    assert [len(window) for window in group_in_windows(failures)] == [64, 64, 2]


def test_padding_is_zero_behind_each_true_end() -> None:
    waveform, samples = pad([clip(0.5, 0.2), clip(1.0, 0.3)])
    assert samples.tolist() == [8_000, 16_000]
    assert waveform.shape == (2, 16_000)
    assert (waveform[0, :8_000] == np.float32(0.2)).all()
    assert not waveform[0, 8_000:].any()
