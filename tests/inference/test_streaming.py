"""A stream, whatever its pieces, is what cutting, answering, averaging and smoothing by hand give."""

import functools
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.audio import check_waveform, is_silent
from prosodyn.bundle import Card
from prosodyn.errors import InvalidSamplesError
from prosodyn.inference import Recogniser, TimelineSettings
from prosodyn.inference.clip import Clip
from prosodyn.timeline import Segment
from prosodyn.types import (
    NO_SPEECH,
    SAMPLE_RATE,
    UNCERTAIN,
    EngineOutput,
    FloatArray,
    IntArray,
    SpeakerStatistics,
)

Noise = Callable[[int], np.ndarray]
SEEDED = settings(max_examples=25, deadline=None, derandomize=True, database=None)
SHORT = TimelineSettings(window=1.0, hop=0.5, switch_cost=0.02)
BACK_TO_BACK = TimelineSettings(window=1.0, hop=1.0, switch_cost=0.02, look_ahead=1)
UNEVEN = TimelineSettings(window=1.0, hop=0.7, switch_cost=0.0)


class Loud:
    """Takes what is loud for speech, a tenth of a second at a time, a hop late."""

    hop = 0.1

    def __init__(self) -> None:
        self.held = np.zeros(0, dtype=np.float32)

    def push(self, samples: FloatArray) -> FloatArray:
        self.held = np.concatenate([self.held, samples])
        n_whole = max(0, len(self.held) // 1_600 - 1)
        whole, self.held = self.held[: n_whole * 1_600], self.held[n_whole * 1_600 :]
        return np.float32([np.abs(hop).max() > 0.05 for hop in whole.reshape(-1, 1_600)])

    def flush(self) -> FloatArray:
        hops = [self.held[place : place + 1_600] for place in range(0, len(self.held), 1_600)]
        return np.float32([np.abs(hop).max() > 0.05 for hop in hops])


class Level:
    """An engine that hears how loud it is: the louder, the more probable is the first label."""

    name = "level"

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        level = np.array([np.abs(row[:n]).mean() for row, n in zip(waveform, samples, strict=True)])
        logits = np.stack([40 * level - 2, 0 * level, -20 * level], axis=1).astype(np.float32)
        return EngineOutput(logits, *[np.zeros((len(samples), 1), dtype=np.float32)] * 3)


@functools.cache
def speech(seed: int, rate: int = SAMPLE_RATE) -> FloatArray:
    """Return `(time,)`, nine seconds of noise that is louder and quieter, and now and then nearly silent."""
    rng = np.random.default_rng(seed)
    levels = rng.choice([0.0, 0.02, 0.1, 0.3], 13)
    pieces = [level * rng.standard_normal(round(rng.uniform(0.2, 1.2) * rate)) for level in levels]
    return np.clip(np.concatenate(pieces), -1, 1).astype(np.float32)


def by_hand(recogniser: Recogniser, waveform: FloatArray, timeline: TimelineSettings) -> np.ndarray:
    """Return `(cell, emotion)`, NaN where nothing was answered: cut, answered one by one, averaged."""
    n, window, hop = len(waveform), round(timeline.window * 16_000), round(timeline.hop * 16_000)
    starts = [0]
    while starts[-1] + window < n:
        starts.append(starts[-1] + hop)
    if len(starts) > 1 and n - starts[-1] < 4_800:
        starts.pop()
    ends = [min(start + window, n) for start in starts[:-1]] + [n]
    per_sample = np.zeros((n, len(recogniser.labels)))
    covered = np.zeros(n)
    for start, end in zip(starts, ends, strict=True):
        if is_silent(waveform[start:end]):
            continue
        (answer,) = recogniser.answerer.probabilities([Clip("by hand", waveform[start:end])])
        per_sample[start:end] += answer
        covered[start:end] += 1
    cells = [slice(place, min(place + hop, n)) for place in range(0, n, hop)]
    with np.errstate(invalid="ignore"):
        return np.stack([per_sample[cell].sum(axis=0) / covered[cell].sum() for cell in cells])


def smoothed_by_hand(cells: np.ndarray, n: int, timeline: TimelineSettings) -> list[int | None]:
    """Return the emotion of each cell, on the best sequence up to `look_ahead` cells later, by recursion."""
    hop = round(timeline.hop * 16_000)
    weights = [min(hop, n - place) / hop for place in range(0, n, hop)]
    emotions: list[int | None] = []
    for place in range(len(cells)):
        if np.isnan(cells[place]).any():
            emotions.append(None)
            continue
        first = last = place
        while first > 0 and not np.isnan(cells[first - 1]).any():
            first -= 1
        while last < min(len(cells) - 1, place + timeline.look_ahead) and not np.isnan(cells[last + 1]).any():
            last += 1

        @functools.cache
        def best(
            here: int, emotion: int, first: int = first, decided: tuple[int | None, ...] = tuple(emotions)
        ) -> tuple[float, tuple[int, ...]]:
            evidence = weights[here] * np.log(max(cells[here][emotion], 1e-6))
            if here < len(decided) and emotion != decided[here]:
                evidence = -np.inf
            if here == first:
                return evidence, (emotion,)
            ways = [(best(here - 1, before), before) for before in range(cells.shape[1])]
            scores = [score - timeline.switch_cost * (before != emotion) for (score, _), before in ways]
            chosen = int(np.argmax(scores))
            return scores[chosen] + evidence, (*ways[chosen][0][1], emotion)

        _, path = max(best(last, emotion) for emotion in range(cells.shape[1]))
        emotions.append(path[place - first])
    return emotions


def segments_by_hand(
    recogniser: Recogniser, waveform: FloatArray, timeline: TimelineSettings
) -> list[Segment]:
    cells = by_hand(recogniser, waveform, timeline)
    n, hop = len(waveform), round(timeline.hop * 16_000)
    emotions = smoothed_by_hand(cells, n, timeline)
    segments = []
    for emotion, group in itertools.groupby(range(len(cells)), key=emotions.__getitem__):
        places = list(group)
        start, end = places[0] * hop, min(n, (places[-1] + 1) * hop)
        lengths = [min(n, (place + 1) * hop) - place * hop for place in places]
        name = NO_SPEECH if emotion is None else UNCERTAIN if n < 4_800 else recogniser.labels[emotion]
        mean = np.average(cells[places], axis=0, weights=lengths)
        shares = {} if emotion is None else dict(zip(recogniser.labels, mean.tolist(), strict=True))
        segments.append(Segment(start / 16_000, end / 16_000, name, shares))
    return segments


def streamed(
    recogniser: Recogniser, samples: np.ndarray, sizes: list[int], rate: int, timeline: TimelineSettings
) -> list[Segment]:
    stream, found, place = recogniser.stream(rate, timeline, any_sound=True), [], 0
    for size in [*sizes, len(samples)]:
        found += stream.push(samples[place : place + size])
        place += size
    return [*found, *stream.flush()]


def assert_same(found: list[Segment], expected: list[Segment]) -> None:
    assert [(one.start, one.end, one.emotion) for one in found] == [
        (one.start, one.end, one.emotion) for one in expected
    ]
    for one, other in zip(found, expected, strict=True):
        assert dict(one.probabilities) == pytest.approx(dict(other.probabilities), abs=1e-5)


@pytest.fixture(scope="module")
def by_level(card: Card) -> Recogniser:
    return Recogniser(card, Level())


@pytest.fixture(scope="module")
def recogniser(bundle: Path) -> Recogniser:
    return Recogniser.load(bundle)


@SEEDED
@given(
    seed=st.integers(0, 4),
    sizes=st.lists(st.integers(0, 30_000), max_size=30),
    rate=st.sampled_from([8_000, 16_000, 22_050, 44_100]),
    timeline=st.sampled_from([SHORT, BACK_TO_BACK, UNEVEN]),
    n=st.integers(1_000, 100_000),
)
def test_a_stream_in_any_pieces_is_what_is_found_by_hand(
    by_level: Recogniser, *, seed: int, sizes: list[int], rate: int, timeline: TimelineSettings, n: int
) -> None:
    samples = speech(seed, rate)[:n].copy()
    samples[0] = 0.2  # never silent altogether
    waveform = check_waveform(samples, rate)
    found = streamed(by_level, samples, sizes, rate, timeline)
    assert_same(found, segments_by_hand(by_level, waveform, timeline))


@pytest.mark.parametrize("timeline", [SHORT, BACK_TO_BACK, UNEVEN])
def test_batches_of_windows_answer_like_single_ones(
    recogniser: Recogniser, timeline: TimelineSettings
) -> None:
    waveform = speech(7)
    assert_same(
        list(recogniser.timeline(waveform, timeline, any_sound=True).segments),
        segments_by_hand(recogniser, waveform, timeline),
    )


@pytest.mark.parametrize("size", [160, 1_000, 50_000])
def test_with_a_detector_the_pieces_change_nothing(by_level: Recogniser, size: int) -> None:
    samples = speech(3)
    stream = by_level.stream(settings=SHORT, detector=Loud())
    found = [
        one for place in range(0, len(samples), size) for one in stream.push(samples[place : place + size])
    ]
    whole = by_level.timeline(samples, SHORT, detector=Loud())
    assert_same([*found, *stream.flush()], list(whole.segments))


@pytest.mark.parametrize("detector", [None, Loud])
@pytest.mark.parametrize("seed", range(4))
def test_segments_tile_the_recording(by_level: Recogniser, seed: int, detector: type[Loud] | None) -> None:
    timeline = by_level.timeline(speech(seed), SHORT, detector=detector() if detector else None)
    assert (timeline.segments[0].start, timeline.segments[-1].end) == (0, timeline.duration)
    for before, after in itertools.pairwise(timeline.segments):
        assert before.end == after.start
        assert before.emotion != after.emotion


def test_a_short_recording_is_answered_as_a_whole(recogniser: Recogniser, noise: Noise) -> None:
    waveform = noise(40_000)
    (only,) = recogniser.timeline(waveform, any_sound=True).segments
    whole = recogniser.from_waveform(waveform)
    assert (only.start, only.end, only.emotion) == (0, 2.5, whole.best_guess)
    assert dict(only.probabilities) == pytest.approx(dict(whole.probabilities), abs=1e-12)


def test_a_silent_stream_is_no_speech(recogniser: Recogniser) -> None:
    stream = recogniser.stream(any_sound=True)
    assert stream.push(np.zeros(200_000, dtype=np.float32)) == ()
    assert stream.flush() == (Segment(0.0, 12.5, NO_SPEECH, {}),)


def test_where_nobody_speaks_nothing_is_answered(card: Card, noise: Noise) -> None:
    class Asked(Level):
        seconds = 0.0

        def run(
            self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
        ) -> EngineOutput:
            self.seconds += float(samples.sum()) / 16_000
            return super().run(waveform, samples, speaker)

    engine = Asked()
    waveform = np.concatenate([noise(48_000), 0.01 * noise(480_000)])
    timeline = Recogniser(card, engine).timeline(waveform, detector=Loud())
    assert [(one.end, one.emotion == NO_SPEECH) for one in timeline.segments] == [(3.0, False), (33.0, True)]
    assert engine.seconds == 3.0 + 3.0


def test_an_emotion_that_is_not_probable_enough_is_uncertain(recogniser: Recogniser, noise: Noise) -> None:
    settings = TimelineSettings(least_confidence=0.99)
    (only,) = recogniser.timeline(noise(40_000), settings, any_sound=True).segments
    assert only.emotion == UNCERTAIN
    assert only.confidence == max(only.probabilities.values())


SPOILT = [np.full(100, np.nan), np.full(100, 9.0), np.zeros((2, 50)), [0.1] * 9]


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_piece_that_is_refused_leaves_the_stream_as_it_was(
    by_level: Recogniser, spoilt: np.ndarray
) -> None:
    samples = speech(1)
    stream = by_level.stream(settings=SHORT, source="microphone", any_sound=True)
    found = [*stream.push(samples[:70_000])]
    with pytest.raises(InvalidSamplesError, match=r"^microphone: "):
        stream.push(spoilt)
    found += [*stream.push(samples[70_000:]), *stream.flush()]
    assert_same(found, streamed(by_level, samples, [], SAMPLE_RATE, SHORT))


def test_a_fault_is_placed_in_the_stream(recogniser: Recogniser, noise: Noise) -> None:
    stream = recogniser.stream(8_000, any_sound=True)
    stream.push(noise(16_000))
    with pytest.raises(InvalidSamplesError, match=r"^stream: holds nan at 2\.001 s"):
        stream.push(np.array([0.0] * 8 + [np.nan]))


def test_an_ended_stream_takes_no_more(recogniser: Recogniser, noise: Noise) -> None:
    stream = recogniser.stream(any_sound=True)
    stream.push(noise(100))
    stream.flush()
    assert stream.flush() == ()
    with pytest.raises(InvalidSamplesError, match="has ended"):
        stream.push(noise(100))


def test_an_empty_stream_says_nothing(recogniser: Recogniser) -> None:
    assert recogniser.stream(any_sound=True).flush() == ()
