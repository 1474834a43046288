"""Why an answer was given: what decides is found, whatever the batches; the impossible is refused."""

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prosodyn.bundle import Card
from prosodyn.bundle.card import ComparisonSystem
from prosodyn.corpora import toy
from prosodyn.errors import AudioError, BundleError, ConfigError, ProsodynError
from prosodyn.explanation import Explanation
from prosodyn.inference import Recogniser
from prosodyn.inference import explain as explaining
from prosodyn.inference.explain import MOST_MOMENTS, explain
from prosodyn.inference.occlusion import BANDS, Hiding
from prosodyn.types import SAMPLE_RATE, EngineOutput, FloatArray, IntArray, SpeakerStatistics

Noise = Callable[[int], np.ndarray]
WriteWav = Callable[..., Path]

BAND, MOMENT = 4, 5
"""1200 to 1800 Hz, 0.75 to 0.9 s."""


class OneCell:
    """An engine whose first logit tells how much sound there is in one cell, and which counts its batches."""

    name = "one-cell"

    def __init__(self, factor: float = 1.0) -> None:
        self.factor = factor
        self.batches: list[int] = []

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        self.batches.append(len(waveform))
        part = waveform[:, round(0.75 * SAMPLE_RATE) : round(0.9 * SAMPLE_RATE)]
        spectrum = (
            np.fft.rfft(part * np.hanning(part.shape[1])) if part.shape[1] else np.zeros((len(part), 1))
        )
        frequencies = np.fft.rfftfreq(max(part.shape[1], 1), 1 / SAMPLE_RATE)
        inside = (frequencies >= BANDS[BAND]) & (frequencies < BANDS[BAND + 1])
        level = np.log((np.abs(spectrum[:, inside]) ** 2).sum(axis=1) + 1e-6)
        logits = np.stack([self.factor * level, 0 * level, 0 * level - 1], axis=1).astype(np.float32)
        none = np.zeros((len(logits), 0), np.float32)
        return EngineOutput(logits, none, none, none[:, None])


@pytest.fixture
def classical(card: Card) -> Card:
    return dataclasses.replace(card, network=None, comparison=ComparisonSystem("svm", {}))


@pytest.fixture
def recogniser(bundle: Path) -> Recogniser:
    return Recogniser.load(bundle)


def test_the_one_cell_that_decides_is_the_most_telling(classical: Card, noise: Noise) -> None:
    found = explain(Recogniser(classical, OneCell()), noise(2 * SAMPLE_RATE))
    cells = found.occlusion.cells
    assert np.unravel_index(cells.argmax(), cells.shape) == (BAND, MOMENT)
    assert found.occlusion.moments.argmax() == MOMENT
    assert found.occlusion.bands.argmax() == BAND


def test_a_region_lies_around_the_cell_that_decides(classical: Card, noise: Noise) -> None:
    region = explain(Recogniser(classical, OneCell()), noise(2 * SAMPLE_RATE)).occlusion.regions[0]
    assert region.start <= 0.76
    assert region.end >= 0.89
    assert (region.low, region.high) == (1200, 1800)


def test_hiding_the_region_costs_what_is_told(classical: Card, noise: Noise) -> None:
    recogniser = Recogniser(classical, OneCell(0.3))
    waveform = noise(2 * SAMPLE_RATE)
    found = explain(recogniser, waveform).occlusion
    region = found.regions[0]
    mask = np.logical_and.outer(
        (found.frequencies[:-1] >= region.low) & (found.frequencies[1:] <= region.high),
        (found.times[:-1] >= region.start - 1e-9) & (found.times[1:] <= region.end + 1e-9),
    )
    left = recogniser.from_waveform(Hiding(waveform, mask.shape[1]).without(mask))
    assert left.probabilities["anger"] == pytest.approx(region.confidence, abs=1e-5)


def test_a_moment_costs_what_the_recogniser_loses_without_it(recogniser: Recogniser, noise: Noise) -> None:
    waveform = noise(SAMPLE_RATE)
    found = explain(recogniser, waveform)
    hiding = Hiding(waveform, len(found.occlusion.moments))

    def evidence(heard: np.ndarray) -> float:
        probability = recogniser.from_waveform(heard).probabilities[found.prediction.best_guess]
        return math.log2(probability / (1 - probability))

    for moment, cost in enumerate(found.occlusion.moments):
        mask = np.zeros(hiding.shape, dtype=bool)
        mask[:, moment] = True
        assert evidence(waveform) - evidence(hiding.without(mask)) == pytest.approx(cost, abs=1e-3)


def test_the_evidence_is_the_logarithm_of_the_odds(recogniser: Recogniser, noise: Noise) -> None:
    found = explain(recogniser, noise(SAMPLE_RATE))
    confidence = found.prediction.confidence
    assert found.evidence == pytest.approx(math.log2(confidence / (1 - confidence)), abs=1e-4)


def test_against_one_emotion_the_odds_are_those_of_the_two(recogniser: Recogniser, noise: Noise) -> None:
    waveform = noise(SAMPLE_RATE)
    prediction = recogniser.from_waveform(waveform)
    other = min(prediction.probabilities, key=prediction.probabilities.__getitem__)
    found = explain(recogniser, waveform, against=other)
    odds = prediction.confidence / prediction.probabilities[other]
    assert found.evidence == pytest.approx(math.log2(odds), abs=1e-4)


def test_the_sizes_of_batches_change_nothing(
    recogniser: Recogniser, noise: Noise, monkeypatch: pytest.MonkeyPatch
) -> None:
    waveform = noise(12_345)
    together = explain(recogniser, waveform)
    monkeypatch.setattr(explaining, "BATCH_SECONDS", 0.0)
    alone = explain(recogniser, waveform)
    np.testing.assert_allclose(alone.occlusion.cells, together.occlusion.cells, atol=1e-4)


def test_memory_is_bounded_by_seconds_a_batch(classical: Card, noise: Noise) -> None:
    engine = OneCell()
    explain(Recogniser(classical, engine), noise(8 * SAMPLE_RATE))
    assert max(engine.batches) == 3  # of 8 s each, in 30 s


def test_attention_is_what_the_engine_gives_and_covers_the_recording(
    recogniser: Recogniser, noise: Noise
) -> None:
    waveform = noise(20_001)
    found = explain(recogniser, waveform).attention
    output = recogniser.engine.run(waveform[None], np.array([20_001]))
    assert found is not None
    np.testing.assert_array_equal(found.frames, output.frame_attention[0])
    np.testing.assert_array_equal(found.kernels, output.kernel_attention[0])
    assert found.times[[0, -1]] == pytest.approx([0, 20_001 / SAMPLE_RATE])
    assert len(found.times) == len(found.frames) + 1
    assert (np.diff(found.times) > 0).all()


def test_a_vote_that_attends_to_nothing_is_told(card: Card, recogniser: Recogniser, noise: Noise) -> None:
    assert card.network is not None
    network = dataclasses.replace(card.network, summary_size=8, summary_weight=0.8)
    found = explain(
        Recogniser(dataclasses.replace(card, network=network), recogniser.engine), noise(SAMPLE_RATE)
    )
    assert found.attention is not None
    assert found.attention.share == pytest.approx(0.2)


def test_a_classical_system_has_no_attention(classical: Card, noise: Noise) -> None:
    assert explain(Recogniser(classical, OneCell()), noise(SAMPLE_RATE)).attention is None


def test_an_answer_that_nothing_changes_has_no_telling_region(classical: Card, noise: Noise) -> None:
    found = explain(Recogniser(classical, OneCell(0.0)), noise(SAMPLE_RATE))
    assert found.occlusion.regions == ()
    assert np.abs(found.occlusion.cells).max() == 0


def test_a_piece_is_explained_where_it_lies(
    recogniser: Recogniser, noise: Noise, write_wav: WriteWav
) -> None:
    waveform = noise(5 * SAMPLE_RATE)
    whole = explain(recogniser, write_wav("long.wav", waveform), start=2.0, end=3.5)
    piece = explain(recogniser, waveform, start=2.0, end=3.5, source="long")
    alone = explain(recogniser, waveform[2 * SAMPLE_RATE : round(3.5 * SAMPLE_RATE)])
    for found in (whole, piece):
        assert (found.start, found.end) == (2.0, 3.5)
        assert found.attention is not None
        assert found.attention.times[[0, -1]].tolist() == [2.0, 3.5]
        np.testing.assert_allclose(found.occlusion.times, alone.occlusion.times + 2)
        np.testing.assert_allclose(found.occlusion.cells, alone.occlusion.cells, atol=0.01)


def test_long_pieces_have_longer_moments(classical: Card, noise: Noise) -> None:
    found = explain(Recogniser(classical, OneCell()), noise(20 * SAMPLE_RATE))
    assert found.occlusion.cells.shape == (len(BANDS) - 1, MOST_MOMENTS)


def test_who_is_enrolled_is_explained_as_enrolled(recogniser: Recogniser, voice: list[FloatArray]) -> None:
    enrolled = recogniser.enrol(voice)
    found = explain(enrolled, voice[0])
    assert found.prediction.adapted
    confidence = enrolled.from_waveform(voice[0]).confidence
    assert found.evidence == pytest.approx(math.log2(confidence / (1 - confidence)), abs=1e-4)


def test_progress_ends_with_all(recogniser: Recogniser, noise: Noise) -> None:
    told: list[tuple[int, int]] = []
    explain(recogniser, noise(SAMPLE_RATE), progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"against": "envy"}, ConfigError, "no emotion 'envy'; choose one of anger, neutral, sadness"),
        ({"start": 0.5, "end": 0.5}, AudioError, "no piece lies from 0.5 s to 0.5 s"),
        ({"start": -1.0}, AudioError, "no piece lies from -1 s"),
        ({"start": float("nan")}, AudioError, "no piece lies from nan s"),
        ({"end": 9.0}, AudioError, "to 9 s, it lasts 1.000 s"),
    ],
)
def test_what_cannot_be_explained_is_refused(
    recogniser: Recogniser, noise: Noise, options: dict[str, object], error: type[ProsodynError], says: str
) -> None:
    with pytest.raises(error, match=says):
        explain(recogniser, noise(SAMPLE_RATE), **options)  # type: ignore[arg-type]


def test_an_answer_is_not_compared_with_itself(recogniser: Recogniser, noise: Noise) -> None:
    waveform = noise(SAMPLE_RATE)
    answer = recogniser.from_waveform(waveform).best_guess
    with pytest.raises(ConfigError, match=f"the answer is '{answer}' itself"):
        explain(recogniser, waveform, against=answer)


@pytest.mark.parametrize("as_file", [True, False])
def test_more_than_a_minute_says_how_to_explain_it(
    recogniser: Recogniser, noise: Noise, write_wav: WriteWav, as_file: bool
) -> None:
    waveform = noise(61 * SAMPLE_RATE)
    recording = write_wav("minutes.wav", waveform) if as_file else waveform
    with pytest.raises(AudioError, match=r"lasts 61 s, and at most 60 s .* \(--start, --end\)"):
        explain(recogniser, recording)


def test_answers_that_are_no_numbers_are_refused(classical: Card, noise: Noise) -> None:
    with pytest.raises(BundleError, match="not finite"):
        explain(Recogniser(classical, OneCell(float("nan"))), noise(SAMPLE_RATE))


def deleted(found: Explanation, waveform: FloatArray, worth: np.ndarray) -> FloatArray:
    """Return the recording without the fifth of its cells that is worth most."""
    most = np.argsort(-worth, axis=None, kind="stable")[: round(0.2 * worth.size)]
    mask = np.isin(np.arange(worth.size), most).reshape(worth.shape)
    return Hiding(waveform, found.occlusion.cells.shape[1]).without(mask)


@pytest.mark.parametrize("emotion", ["anger", "sadness"])
def test_the_most_telling_cells_are_worth_more_than_others(emotion: str, rng: np.random.Generator) -> None:
    recogniser, waveform = Recogniser.load("open"), toy.recording(emotion, "f1")
    found = explain(recogniser, waveform)

    def left(worth: np.ndarray) -> float:
        heard = deleted(found, waveform, worth)
        return recogniser.from_waveform(heard).probabilities[found.prediction.best_guess]

    cells = found.occlusion.cells
    at_random = [left(rng.random(cells.shape)) for _ in range(10)]
    assert left(cells) < np.mean(at_random)
    assert left(cells) < found.prediction.confidence
