"""Statistics of a speaker, beside those of all frames put together by hand."""

from functools import reduce
from operator import add

import numpy as np
import pytest

from prosodyn.types import LEAST_SCALE, EngineOutput, FloatArray, SpeakerStatistics

N_FRAMES = (7, 1, 250, 30)


@pytest.fixture
def recordings(rng: np.random.Generator) -> list[FloatArray]:
    """Return features of recordings that differ in length, level and liveliness."""
    scales, levels = rng.uniform(0.1, 5, (4, 3, 1)), rng.uniform(-14, 3, (4, 3, 1))
    return [
        (level + scale * rng.standard_normal((3, n))).astype(np.float32)
        for n, level, scale in zip(N_FRAMES, levels, scales, strict=True)
    ]


def assert_same(found: SpeakerStatistics, expected: SpeakerStatistics) -> None:
    assert found.n_frames == expected.n_frames
    np.testing.assert_allclose(found.mean, expected.mean, rtol=1e-12)
    np.testing.assert_allclose(found.variance, expected.variance, rtol=1e-12)


def test_pooling_recordings_is_pooling_their_frames(recordings: list[FloatArray]) -> None:
    pooled = reduce(add, map(SpeakerStatistics.of, recordings))

    frames = np.concatenate(recordings, axis=1).astype(np.float64)
    assert pooled.n_frames == 288
    np.testing.assert_allclose(pooled.mean, frames.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(pooled.scale, frames.std(axis=1), rtol=1e-12)


def test_it_does_not_matter_what_is_pooled_first(recordings: list[FloatArray]) -> None:
    first, second, third, fourth = map(SpeakerStatistics.of, recordings)

    assert_same((first + second) + (third + fourth), first + (second + (third + fourth)))


def test_the_order_of_recordings_does_not_matter(recordings: list[FloatArray]) -> None:
    forwards, backwards = (
        reduce(add, map(SpeakerStatistics.of, order)) for order in (recordings, recordings[::-1])
    )

    assert_same(forwards, backwards)


def test_pooling_leaves_the_parts_as_they_are(recordings: list[FloatArray]) -> None:
    first, second = SpeakerStatistics.of(recordings[0]), SpeakerStatistics.of(recordings[1])

    first + second

    assert_same(first, SpeakerStatistics.of(recordings[0]))


def with_summary(recording: FloatArray, summary: list[float]) -> SpeakerStatistics:
    return SpeakerStatistics.of(recording, np.array(summary))


def test_every_recordings_summary_counts_alike_however_long(recordings: list[FloatArray]) -> None:
    summaries = [[1.0, -4.0], [2.0, 0.0], [6.0, 1.0], [3.0, 3.0]]

    pooled = reduce(add, map(with_summary, recordings, summaries))

    assert pooled.n_recordings == 4
    np.testing.assert_allclose(pooled.summary, [3.0, 0.0], atol=1e-12)
    np.testing.assert_allclose(pooled.summary_variance, np.var(summaries, axis=0), rtol=1e-12)


def test_the_spread_of_one_recordings_summary_is_nearly_the_usual_one(recordings: list[FloatArray]) -> None:
    assert with_summary(recordings[0], [7.0]).summary_scale == pytest.approx((10 / 11) ** 0.5)


def test_ten_recordings_tell_as_much_of_their_spread_as_the_usual_one(recordings: list[FloatArray]) -> None:
    pooled = reduce(add, [with_summary(recordings[0], [value]) for value in 5 * [-3.0, 3.0]])

    assert pooled.summary_scale == pytest.approx(((9 + 1) / 2) ** 0.5)


def test_it_does_not_matter_which_summaries_are_pooled_first(recordings: list[FloatArray]) -> None:
    first, second, third, fourth = map(with_summary, recordings, [[1.0], [20.0], [-300.0], [4_000.0]])

    ways = [
        first + second + third + fourth,
        first + (second + (third + fourth)),
        fourth + third + (second + first),
    ]

    for way in ways:
        np.testing.assert_allclose(way.summary, [(1 + 20 - 300 + 4_000) / 4], rtol=1e-12)


def test_recordings_without_a_summary_have_none_together(recordings: list[FloatArray]) -> None:
    assert reduce(add, map(SpeakerStatistics.of, recordings)).summary.shape == (0,)


def test_a_feature_that_never_changes_has_no_scale_of_zero() -> None:
    assert SpeakerStatistics.of(np.full((2, 6), -13.8)).scale.tolist() == [LEAST_SCALE] * 2


def test_an_output_without_statistics_has_none_to_give() -> None:
    empty = np.zeros((1, 1), dtype=np.float32)

    assert EngineOutput(empty, empty, empty, empty).statistics() == ()


@pytest.fixture
def output() -> EngineOutput:
    """Return what an engine computes of two utterances of five features and three numbers of a summary."""
    empty = np.zeros((2, 1), dtype=np.float32)
    means, variances = np.arange(10, dtype=np.float32).reshape(2, 5), np.ones((2, 5), dtype=np.float32)
    summary = np.arange(6, dtype=np.float32).reshape(2, 3)
    return EngineOutput(empty, empty, empty, empty, means, variances, np.array([7, 9]), summary)


def test_an_output_gives_the_statistics_of_each_utterance(output: EngineOutput) -> None:
    first, second = output.statistics()

    assert (first.n_frames, second.n_frames) == (7, 9)
    assert (first.n_recordings, second.n_recordings) == (1, 1)
    assert (first.mean.tolist(), second.mean.tolist()) == ([0, 1, 2, 3, 4], [5, 6, 7, 8, 9])
    assert (first.variance.tolist(), second.summary.tolist()) == ([1.0] * 5, [3, 4, 5])


def test_statistics_are_counted_in_double_precision(output: EngineOutput) -> None:
    (first, _) = output.statistics()

    assert {array.dtype for array in (first.mean, first.variance, first.summary)} == {np.dtype(np.float64)}
    assert type(first.n_frames) is int
