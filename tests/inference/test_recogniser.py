"""Every rung of the ladder gives the same answer, and a bad recording never hides a good one."""

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from prosodyn.bundle import DEFAULT, Card, shipped_names
from prosodyn.errors import (
    AudioError,
    BundleError,
    EmptyAudioError,
    InvalidSamplesError,
    SilentAudioError,
    UnreadableAudioError,
)
from prosodyn.formats import Failure
from prosodyn.inference import Recogniser
from prosodyn.types import EngineOutput, FloatArray, IntArray, Prediction, SpeakerStatistics, Utterance

Noise = Callable[[int], np.ndarray]
WriteWav = Callable[..., Path]


class FixedEngine:
    """Answers everything with the same logits, and remembers what it was asked."""

    name = "fixed"

    def __init__(self, *logits: float) -> None:
        self.logits = logits
        self.shapes: list[tuple[int, ...]] = []

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        self.shapes.append(waveform.shape)
        logits = np.array([self.logits] * len(samples), dtype=np.float32)
        return EngineOutput(logits, *[np.zeros((len(samples), 1), dtype=np.float32)] * 3)


@pytest.fixture(scope="module", params=["onnx", "torch"])
def recogniser(request: pytest.FixtureRequest, bundle: Path) -> Recogniser:
    return Recogniser.load(bundle, engine=request.param)


def assert_same(first: Prediction, second: Prediction) -> None:
    """Compare answers, which may differ by the rounding of another batch."""
    assert first.best_guess == second.best_guess
    assert list(first.probabilities) == list(second.probabilities)
    assert list(first.probabilities.values()) == pytest.approx(list(second.probabilities.values()), abs=1e-5)


def test_probabilities_are_in_the_order_of_the_labels_and_sum_to_one(
    recogniser: Recogniser, noise: Noise
) -> None:
    prediction = recogniser.from_waveform(noise(16_000))
    assert tuple(prediction.probabilities) == recogniser.labels == ("anger", "neutral", "sadness")
    assert sum(prediction.probabilities.values()) == pytest.approx(1, abs=1e-12)


def test_the_emotion_is_the_most_probable_one(recogniser: Recogniser, noise: Noise) -> None:
    prediction = recogniser.from_waveform(noise(16_000))
    assert prediction.confidence == max(prediction.probabilities.values())


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_the_temperature_divides_the_logits(card: Card, noise: Noise, temperature: float) -> None:
    calibrated = Recogniser(dataclasses.replace(card, temperature=temperature), FixedEngine(2.0, 1.0, -1.0))
    odds = [math.exp(logit / temperature) for logit in (2.0, 1.0, -1.0)]
    found = list(calibrated.from_waveform(noise(16_000)).probabilities.values())
    assert found == pytest.approx([odd / sum(odds) for odd in odds])


def test_large_logits_do_not_overflow(card: Card, noise: Noise) -> None:
    prediction = Recogniser(card, FixedEngine(3e4, -3e4, 0.0)).from_waveform(noise(16_000))
    assert list(prediction.probabilities.values()) == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("logit", [math.nan, math.inf])
def test_logits_that_are_not_finite_are_no_answer(card: Card, noise: Noise, logit: float) -> None:
    with pytest.raises(BundleError, match=r"^small: its logits for call\.wav are not finite"):
        Recogniser(card, FixedEngine(0.0, logit, 0.0)).from_waveform(noise(16_000), source="call.wav")


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_the_caller_keeps_its_array(recogniser: Recogniser, noise: Noise, dtype: type) -> None:
    scale = 32_767 if dtype is np.int16 else 1
    waveform = (scale * noise(16_000)).astype(dtype)
    before = waveform.copy()
    recogniser.from_waveform(waveform)
    np.testing.assert_array_equal(waveform, before)
    assert waveform.dtype == dtype


def test_a_file_answers_like_its_samples(recogniser: Recogniser, write_wav: WriteWav, noise: Noise) -> None:
    waveform = noise(20_000)
    path = write_wav(waveform=waveform, subtype="FLOAT")
    assert_same(recogniser.from_file(path), recogniser.from_waveform(waveform))


def test_a_file_answers_like_its_samples_at_another_rate(
    recogniser: Recogniser, write_wav: WriteWav, noise: Noise
) -> None:
    waveform = noise(44_100)
    path = write_wav(waveform=waveform, rate=44_100, subtype="FLOAT")
    prediction = recogniser.from_file(path)
    assert_same(prediction, recogniser.from_waveform(waveform, 44_100))
    assert prediction.duration == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("as_given", [Path, str])
def test_the_source_is_the_path_as_it_was_given(
    recogniser: Recogniser,
    write_wav: WriteWav,
    monkeypatch: pytest.MonkeyPatch,
    as_given: Callable[[str], Path | str],
) -> None:
    monkeypatch.chdir(write_wav("call.wav").parent)
    assert recogniser.from_file(as_given("call.wav")).source == "call.wav"


def test_a_recording_that_would_fill_the_memory_is_refused(
    card: Card, noise: Noise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.inference.clip.LONGEST", 2.0)
    with pytest.raises(AudioError, match=r"lasts 3 s, expected at most 2 s; ask for its timeline"):
        Recogniser(card, FixedEngine(1, 2, 3)).from_waveform(noise(48_000))


def test_a_rate_that_is_no_number_is_a_named_error(recogniser: Recogniser, noise: Noise) -> None:
    with pytest.raises(InvalidSamplesError, match=r"^waveform: sampled at '16000' Hz"):
        recogniser.from_waveform(noise(16_000), "16000")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("waveform", "error"),
    [
        (np.zeros(0, dtype=np.float32), EmptyAudioError),
        (np.zeros(16_000, dtype=np.float32), SilentAudioError),
        (np.full(16_000, np.nan, dtype=np.float32), InvalidSamplesError),
        (np.zeros((2, 16_000), dtype=np.float32), InvalidSamplesError),
    ],
)
def test_samples_that_cannot_be_used_are_a_named_error(
    recogniser: Recogniser, waveform: np.ndarray, error: type[AudioError]
) -> None:
    with pytest.raises(error, match=r"^microphone: "):
        recogniser.from_waveform(waveform, source="microphone")


@pytest.fixture
def folder(tmp_path: Path, write_wav: WriteWav, noise: Noise) -> list[Path]:
    """Return recordings of many lengths, three of which cannot be used."""
    paths = [write_wav(f"{n}.wav", noise(n)) for n in (30_000, 4_000, 16_000, 16_001, 500)]
    paths.insert(1, write_wav("silent.wav", np.zeros(16_000)))
    paths.insert(3, tmp_path / "missing.wav")
    paths.append(tmp_path / "text.wav")
    paths[-1].write_text("not a sound", encoding="utf-8")
    return paths


def test_files_are_answered_in_their_order(recogniser: Recogniser, folder: list[Path]) -> None:
    assert [outcome.source for outcome in recogniser.from_files(folder)] == [str(path) for path in folder]


def test_a_file_among_others_answers_as_it_does_alone(recogniser: Recogniser, folder: list[Path]) -> None:
    for outcome in recogniser.from_files(folder):
        if isinstance(outcome, Prediction):
            assert_same(outcome, recogniser.from_file(outcome.source))


def test_bad_files_are_failures_that_name_their_error(recogniser: Recogniser, folder: list[Path]) -> None:
    failures = [outcome for outcome in recogniser.from_files(folder) if isinstance(outcome, Failure)]
    assert [(Path(failure.source).name, type(failure.error)) for failure in failures] == [
        ("silent.wav", SilentAudioError),
        ("missing.wav", UnreadableAudioError),
        ("text.wav", UnreadableAudioError),
    ]


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_alone_is_one_file(
    recogniser: Recogniser, write_wav: WriteWav, noise: Noise, kind: type
) -> None:
    path = kind(write_wav(waveform=noise(16_000)))
    (outcome,) = recogniser.from_files(path)
    assert outcome.source == str(path)


def test_no_files_are_no_outcomes(recogniser: Recogniser) -> None:
    assert list(recogniser.from_files([])) == []


def test_files_without_one_good_one_never_reach_the_engine(card: Card, tmp_path: Path) -> None:
    engine = FixedEngine(1, 2, 3)
    outcomes = list(Recogniser(card, engine).from_files([tmp_path / "a.wav", tmp_path / "b.wav"]))
    assert all(isinstance(outcome, Failure) for outcome in outcomes)
    assert engine.shapes == []


def test_an_endless_stream_of_files_is_answered_as_it_comes(card: Card, write_wav: WriteWav) -> None:
    path = write_wav()
    outcomes = Recogniser(card, FixedEngine(1, 2, 3)).from_files(itertools.repeat(path))
    assert [outcome.source for outcome in itertools.islice(outcomes, 100)] == [str(path)] * 100


def test_files_are_read_no_further_ahead_than_a_window(card: Card, write_wav: WriteWav) -> None:
    path = write_wav()
    drawn = 0

    def draw() -> Iterator[Path]:
        nonlocal drawn
        for _ in range(500):
            drawn += 1
            yield path

    next(Recogniser(card, FixedEngine(1, 2, 3)).from_files(draw()))
    assert drawn <= 65


def test_short_files_share_a_batch(card: Card, write_wav: WriteWav) -> None:
    engine = FixedEngine(1, 2, 3)
    path = write_wav()
    list(Recogniser(card, engine).from_files([path] * 40))
    assert engine.shapes == [(30, 16_000), (10, 16_000)]


def utterance(name: str, waveform: np.ndarray) -> Utterance:
    return Utterance(name, "anger", "s1", "mine", waveform=waveform)


def test_utterances_are_answered_in_their_order_under_their_id(recogniser: Recogniser, noise: Noise) -> None:
    waveforms = {"long": noise(32_000), "short": noise(8_000), "middle": noise(16_000)}
    predictions = recogniser.from_utterances(utterance(name, it) for name, it in waveforms.items())
    assert [prediction.source for prediction in predictions] == list(waveforms)
    for prediction in predictions:
        assert_same(prediction, recogniser.from_waveform(waveforms[prediction.source]))


def test_an_utterance_that_cannot_be_used_is_not_skipped(recogniser: Recogniser, noise: Noise) -> None:
    utterances = [utterance("good", noise(16_000)), utterance("still", np.zeros(16_000, dtype=np.float32))]
    with pytest.raises(SilentAudioError, match=r"^still: "):
        recogniser.from_utterances(utterances)


def test_an_unknown_recogniser_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="does not exist; name a bundle's folder"):
        Recogniser.load(tmp_path / "nowhere")


def test_what_is_loaded_says_what_it_is(recogniser: Recogniser) -> None:
    told, card = repr(recogniser), recogniser.card
    assert told.startswith(f"<Recogniser {card.name}: ")
    assert all(text in told for text in (*card.labels, *card.corpora, card.licence))


def test_the_default_is_loaded_where_none_is_named() -> None:
    assert Recogniser.load().card == Recogniser.load(DEFAULT).card


@pytest.mark.parametrize("name", shipped_names())
def test_what_comes_with_the_package_works(name: str, noise: Noise) -> None:
    recogniser = Recogniser.load(name)
    assert recogniser.engine.name == "onnx"
    assert recogniser.from_waveform(noise(16_000)).best_guess in recogniser.labels
