"""Streams that last: bounded memory, bounded latency, and what is shown until an answer is settled."""

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from prosodyn.bundle import Card
from prosodyn.corpora import toy
from prosodyn.errors import ConfigError
from prosodyn.inference import Recogniser, Stream, TimelineSettings, Turn
from prosodyn.sounds import SoundSpeechDetector
from prosodyn.types import UNCERTAIN, EngineOutput, FloatArray, IntArray, SpeakerStatistics

Noise = Callable[[int], np.ndarray]


class Sign:
    """An engine that hears an offset: above zero the first label, else the last."""

    name = "sign"

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        offset = 60 * waveform.sum(axis=1) / samples
        logits = np.stack([offset, 0 * offset, -offset], axis=1).astype(np.float32)
        return EngineOutput(logits, *[np.zeros((len(samples), 1), dtype=np.float32)] * 3)


@pytest.fixture
def recogniser(card: Card) -> Recogniser:
    return Recogniser(card, Sign())


def changing(noise: Noise, at: int, n: int) -> FloatArray:
    waveform = 0.1 * noise(n)
    waveform[:at] += 0.1
    waveform[at:] -= 0.1
    return waveform


@pytest.mark.parametrize(
    "timeline", [TimelineSettings(), TimelineSettings(window=2.0, hop=2.0, look_ahead=1)]
)
@pytest.mark.parametrize("at", [12.0, 13.1, 14.9])
def test_a_change_is_told_within_the_latency(
    recogniser: Recogniser, noise: Noise, timeline: TimelineSettings, at: float
) -> None:
    waveform = changing(noise, round(16_000 * at), 16_000 * 40)
    stream, told = recogniser.stream(settings=timeline, any_sound=True), None
    for place in range(0, len(waveform), 800):
        if stream.push(waveform[place : place + 800]):
            told = (place + 800) / 16_000
            break
    assert told is not None
    assert told - at <= timeline.latency + timeline.hop


def test_a_change_of_who_is_heard_speaking_waits_for_the_detector_as_well(recogniser: Recogniser) -> None:
    waveform = 0.5 * np.resize(toy.recording("neutral", "f1"), 16_000 * 40)
    waveform[: 16_000 * 14] += 0.1
    waveform[16_000 * 14 :] -= 0.1
    stream, told = recogniser.stream(), None
    for place in range(0, len(waveform), 800):
        if stream.push(waveform[place : place + 800]):
            told = (place + 800) / 16_000
            break
    timeline = TimelineSettings()
    assert told is not None
    assert timeline.latency < told - 14.0 <= timeline.latency + timeline.hop + 3.7


def test_what_is_not_settled_is_shown(recogniser: Recogniser, noise: Noise) -> None:
    stream = recogniser.stream(any_sound=True)
    stream.push(changing(noise, 16_000 * 12, 16_000 * 16)[: 16_000 * 16])
    shown = stream.provisional()
    assert [segment.emotion for segment in shown] == ["anger", "sadness"]
    assert shown[-1].end >= stream.duration - 3.0


def test_showing_changes_nothing(recogniser: Recogniser, noise: Noise) -> None:
    waveform = changing(noise, 100_000, 200_000)
    watched, alone = recogniser.stream(any_sound=True), recogniser.stream(any_sound=True)
    told = []
    for place in range(0, 200_000, 7_000):
        told += watched.push(waveform[place : place + 7_000])
        watched.provisional()
    assert [*told, *watched.flush()] == [*alone.push(waveform), *alone.flush()]


def held_after(stream: Stream, piece: FloatArray, n: int) -> int:
    for _ in range(n):
        stream.push(piece)
    return tracemalloc.get_traced_memory()[0]


def test_memory_does_not_grow(recogniser: Recogniser, noise: Noise) -> None:
    stream, piece = recogniser.stream(8_000, any_sound=True), noise(8_000 * 10)
    tracemalloc.start()
    early = held_after(stream, piece, 20)
    late = held_after(stream, piece, 400)
    tracemalloc.stop()
    assert late - early < 500_000 < 400 * piece.nbytes / 10


def test_after_days_a_segment_still_begins_at_its_sample(recogniser: Recogniser, noise: Noise) -> None:
    """Days are pretended: the counters are those of a stream that has heard a million cells."""
    stream = recogniser.stream(any_sound=True)
    track, begin = stream._track, 24_000 * 1_000_000
    track._cutter._begin = track._cutter._start = track._averager._next = begin
    track._activity._n_samples = begin
    track._activity.mask.extend(begin, is_speech=False)
    found = [*stream.push(changing(noise, 16_000 * 12, 16_000 * 24)), *stream.flush()]
    assert [(one.start - 1_500_000, one.end - 1_500_000) for one in found] == [(0, 12.0), (12.0, 24.0)]


def test_what_ships_answers_a_stream_as_a_recording_whatever_the_pieces(rng: np.random.Generator) -> None:
    pause = np.zeros(40_000, dtype=np.float32)
    spoken = [toy.recording(emotion, "m1") for emotion in ("anger", "sadness", "neutral")]
    waveform = np.concatenate([spoken[0], spoken[1], pause, spoken[2], pause, spoken[0]])
    recogniser = Recogniser.load()
    stream, found, place = recogniser.stream(), [], 0
    while place < len(waveform):
        size = int(rng.integers(1, 30_000))
        found += stream.push(waveform[place : place + size])
        place += size
    found += stream.flush()
    expected = recogniser.timeline(waveform).segments
    assert [(one.start, one.end, one.emotion) for one in found] == [
        (one.start, one.end, one.emotion) for one in expected
    ]
    for one, other in zip(found, expected, strict=True):
        assert one.probabilities == pytest.approx(dict(other.probabilities), abs=1e-5)


def test_a_detector_is_not_silently_left_unasked(recogniser: Recogniser, noise: Noise) -> None:
    detector = SoundSpeechDetector()
    with pytest.raises(ConfigError, match="any_sound asks no detector"):
        recogniser.stream(detector=detector, any_sound=True)
    with pytest.raises(ConfigError, match="where turns are given, no detector is asked"):
        recogniser.timeline(noise(48_000), detector=detector, turns=[Turn(0.0, 1.0, "anna")])


def test_a_syllable_of_a_timeline_is_uncertain(recogniser: Recogniser, noise: Noise) -> None:
    (only,) = recogniser.timeline(noise(3_200), any_sound=True).segments
    assert only.emotion == UNCERTAIN
