"""Enrolment: the answers are those of features normalised by hand, by both engines, however it is told."""

import copy
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from prosodyn.bundle import Card
from prosodyn.errors import AudioError, BundleError, SilentAudioError, UnreadableAudioError
from prosodyn.inference import Recogniser
from prosodyn.model import WaveformNetwork
from prosodyn.types import EngineOutput, FloatArray, IntArray, Prediction, SpeakerStatistics, Utterance

Noise = Callable[[int], np.ndarray]
WriteWav = Callable[..., Path]


@pytest.fixture(scope="module", params=["onnx", "torch"])
def recogniser(request: pytest.FixtureRequest, bundle: Path) -> Recogniser:
    return Recogniser.load(bundle, engine=request.param)


def shares(prediction: Prediction) -> list[float]:
    return list(prediction.probabilities.values())


def answer_by_hand(network: WaveformNetwork, heard: list[FloatArray], asked: FloatArray) -> list[float]:
    """Normalise features by numpy's mean and deviation of all frames heard, and ask the network alone."""
    frames = np.concatenate([features_of(network, waveform) for waveform in heard], axis=1)
    mean, deviation = frames.mean(axis=1, keepdims=True), frames.std(axis=1, keepdims=True)
    normalised = torch.from_numpy((features_of(network, asked) - mean) / deviation).float()[None]
    with torch.inference_mode():
        logits = network.network(normalised, torch.tensor([normalised.shape[2]])).logits[0]
    return torch.softmax(logits / 2.0, dim=0).tolist()  # the card's temperature is two


def features_of(network: WaveformNetwork, waveform: FloatArray) -> np.ndarray:
    samples = torch.tensor([len(waveform)])
    with torch.inference_mode():
        features, lengths = network.listener.front_end(torch.from_numpy(waveform)[None], samples)
    return features[0, :, : int(lengths)].double().numpy()


def test_the_answer_is_that_of_features_normalised_by_hand(
    recogniser: Recogniser, network: WaveformNetwork, voice: list[FloatArray], noise: Noise
) -> None:
    asked = noise(20_000)
    found = recogniser.enrol(voice).from_waveform(asked)
    assert shares(found) == pytest.approx(answer_by_hand(network, voice, asked), abs=1e-5)
    assert shares(found) != pytest.approx(shares(recogniser.from_waveform(asked)), abs=1e-3)


def test_both_engines_follow_a_speaker_alike(bundle: Path, voice: list[FloatArray], noise: Noise) -> None:
    asked = [noise(n) for n in (5_000, 20_000, 31_000)]
    by_onnx, by_torch = (Recogniser.load(bundle, kind).enrol(voice) for kind in ("onnx", "torch"))
    for waveform in asked:
        assert shares(by_onnx.from_waveform(waveform)) == pytest.approx(
            shares(by_torch.from_waveform(waveform)), abs=1e-4
        )


def test_the_speaker_of_one_engine_is_that_of_the_other(bundle: Path, voice: list[FloatArray]) -> None:
    told = [Recogniser.load(bundle, kind).enrol(voice).enrolment for kind in ("onnx", "torch")]
    assert told[0] is not None
    assert told[1] is not None
    assert told[0].statistics.n_frames == told[1].statistics.n_frames
    np.testing.assert_allclose(told[0].statistics.mean, told[1].statistics.mean, atol=1e-5)
    np.testing.assert_allclose(told[0].statistics.scale, told[1].statistics.scale, atol=1e-5)


def test_the_recogniser_that_was_told_stays_as_it_is(
    recogniser: Recogniser, voice: list[FloatArray], noise: Noise
) -> None:
    asked = noise(16_000)
    before = recogniser.from_waveform(asked)
    recogniser.enrol(voice).from_waveform(asked)
    assert recogniser.from_waveform(asked) == before
    assert recogniser.enrolment is None


def test_a_second_speaker_takes_the_place_of_the_first(
    recogniser: Recogniser, voice: list[FloatArray], noise: Noise
) -> None:
    asked, other = noise(16_000), noise(60_000)
    twice = recogniser.enrol(voice).enrol(other)
    assert shares(twice.from_waveform(asked)) == shares(recogniser.enrol(other).from_waveform(asked))


def test_a_network_without_a_summary_cannot_be_self_trained(
    recogniser: Recogniser, voice: list[FloatArray]
) -> None:
    with pytest.raises(BundleError, match="small: self-training goes by the summary of an utterance"):
        recogniser.enrol(voice, self_training=True)


def test_the_order_of_recordings_does_not_matter(
    recogniser: Recogniser, voice: list[FloatArray], noise: Noise
) -> None:
    asked = noise(16_000)
    one, other = recogniser.enrol(voice), recogniser.enrol(voice[::-1])
    assert shares(one.from_waveform(asked)) == pytest.approx(shares(other.from_waveform(asked)), abs=1e-6)


def test_neighbours_in_a_batch_do_not_matter(
    recogniser: Recogniser, voice: list[FloatArray], monkeypatch: pytest.MonkeyPatch
) -> None:
    together = recogniser.enrol(voice).enrolment
    monkeypatch.setattr("prosodyn.inference.batch.BATCH_SECONDS", 0.0)
    monkeypatch.setattr("prosodyn.inference.batch.WINDOW_CLIPS", 1)
    alone = recogniser.enrol(voice).enrolment
    assert together is not None
    assert alone is not None
    assert together.sources == alone.sources
    np.testing.assert_allclose(together.statistics.mean, alone.statistics.mean, atol=1e-5)
    np.testing.assert_allclose(together.statistics.variance, alone.statistics.variance, atol=1e-5)


def test_files_samples_and_utterances_tell_the_same(
    recogniser: Recogniser, voice: list[FloatArray], write_wav: WriteWav, noise: Noise
) -> None:
    asked = noise(16_000)
    files = [write_wav(f"{number}.wav", it, subtype="FLOAT") for number, it in enumerate(voice)]
    utterances = [Utterance(str(n), "anger", "s1", "own", waveform=it) for n, it in enumerate(voice)]
    ways: list[Any] = [
        voice,
        files,
        map(str, files),
        iter(utterances),
        [files[0], *voice[1:4], utterances[4]],
    ]
    answers = [shares(recogniser.enrol(way).from_waveform(asked)) for way in ways]
    for answer in answers[1:]:
        assert answer == pytest.approx(answers[0], abs=1e-6)


def test_one_recording_need_not_stand_in_a_list(
    recogniser: Recogniser, write_wav: WriteWav, noise: Noise
) -> None:
    waveform = noise(64_000)
    path = write_wav(waveform=waveform, subtype="FLOAT")
    for recording in (path, str(path), waveform):
        enrolment = recogniser.enrol(recording).enrolment
        assert enrolment is not None
        assert (len(enrolment.sources), enrolment.seconds) == (1, 4.0)


def test_samples_may_be_of_another_rate(recogniser: Recogniser, noise: Noise) -> None:
    enrolment = recogniser.enrol([noise(44_100)] * 4, sample_rate=44_100).enrolment
    assert enrolment is not None
    assert enrolment.seconds == pytest.approx(4.0, abs=1e-3)
    assert enrolment.sources == ("waveform 1", "waveform 2", "waveform 3", "waveform 4")


def test_every_rung_of_the_ladder_is_adapted_and_says_so(
    recogniser: Recogniser, voice: list[FloatArray], write_wav: WriteWav
) -> None:
    path = write_wav()
    enrolled = recogniser.enrol(voice)
    answers = [
        enrolled.from_file(path),
        *enrolled.from_files([path]),
        *enrolled.from_utterances([Utterance("a", "anger", "s1", "own", path=path)]),
    ]
    assert all(isinstance(answer, Prediction) and answer.adapted for answer in answers)
    assert not recogniser.from_file(path).adapted


def test_a_silent_recording_is_refused_and_not_pooled(
    recogniser: Recogniser, voice: list[FloatArray]
) -> None:
    with pytest.raises(SilentAudioError, match=r"^waveform 2: "):
        recogniser.enrol([voice[0], np.zeros(16_000, dtype=np.float32), *voice[1:]])


def test_a_missing_recording_is_named(
    recogniser: Recogniser, tmp_path: Path, voice: list[FloatArray]
) -> None:
    with pytest.raises(UnreadableAudioError, match=r"missing\.wav"):
        recogniser.enrol([*voice, tmp_path / "missing.wav"])


def test_too_little_sound_is_refused_by_name(recogniser: Recogniser, noise: Noise) -> None:
    with pytest.raises(
        AudioError, match=r"^enrolment: waveform 1, waveform 2: 2\.88 s in all, expected at least 3 s; add"
    ):
        recogniser.enrol([noise(16_000), noise(30_000)])


def test_no_recordings_are_refused(recogniser: Recogniser) -> None:
    with pytest.raises(AudioError, match="no recordings were given"):
        recogniser.enrol([])


@pytest.fixture
def expecting(recogniser: Recogniser) -> Recogniser:
    """Return a recogniser that was trained on features relative to each speaker's own."""
    return Recogniser(dataclasses.replace(recogniser.card, expects_enrolment=True), recogniser.engine)


def test_a_recogniser_that_expects_enrolment_remarks_that_there_was_none(
    expecting: Recogniser, noise: Noise
) -> None:
    *_, remark = expecting.from_waveform(noise(16_000)).remarks
    assert remark.startswith("no enrolment: this recogniser expects")


def test_an_enrolled_speaker_needs_no_remark(
    expecting: Recogniser, voice: list[FloatArray], noise: Noise
) -> None:
    remarks = expecting.enrol(voice).from_waveform(noise(16_000)).remarks
    assert not any("enrol" in remark for remark in remarks)


def test_little_sound_is_remarked_on(expecting: Recogniser, noise: Noise) -> None:
    *_, remark = expecting.enrol(noise(64_000)).from_waveform(noise(16_000)).remarks
    assert remark == "enrolled with 4.0 s of this speaker: 10 s or more tell better"


def test_a_recogniser_that_was_not_trained_for_it_remarks_on_enrolment(
    recogniser: Recogniser, voice: list[FloatArray], noise: Noise
) -> None:
    *_, remark = recogniser.enrol(voice).from_waveform(noise(16_000)).remarks
    assert "not trained to follow a speaker" in remark


@dataclasses.dataclass
class NumberlessEngine:
    """Gives no numbers for features, or for summaries."""

    faulty: str
    name: str = "numberless"

    def run(
        self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
    ) -> EngineOutput:
        one = np.ones((len(samples), 1), dtype=np.float32)
        output = EngineOutput(one, one, one, one, one, one, samples, one)
        return dataclasses.replace(output, **{self.faulty: np.full_like(one, np.nan)})


@pytest.mark.parametrize("faulty", ["utterance_mean", "utterance_variance", "summary"])
def test_features_that_are_no_numbers_are_no_speaker(card: Card, noise: Noise, faulty: str) -> None:
    with pytest.raises(BundleError, match=r"^small: its features of waveform 1 are not finite"):
        Recogniser(card, NumberlessEngine(faulty)).enrol(noise(64_000))


def test_enrolling_leaves_the_callers_samples_alone(recogniser: Recogniser, voice: list[FloatArray]) -> None:
    before = copy.deepcopy(voice)
    recogniser.enrol(voice)
    for now, then in zip(voice, before, strict=True):
        np.testing.assert_array_equal(now, then)
