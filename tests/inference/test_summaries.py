"""A network that is shown a summary of each utterance follows a speaker by those summaries, too."""

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.bundle import Card, read_card, write_bundle
from prosodyn.errors import BundleError
from prosodyn.export import export_onnx
from prosodyn.inference import Recogniser, TimelineSettings
from prosodyn.inference.embedding import embed
from prosodyn.inference.engines import build_engine
from prosodyn.inference.explain import explain
from prosodyn.inference.pupil import Pupil
from prosodyn.model import WaveformNetwork
from prosodyn.types import EngineOutput, FloatArray, IntArray, Prediction, SpeakerStatistics

Noise = Callable[[int], np.ndarray]


@pytest.fixture(scope="module")
def summarised_card(card: Card) -> Card:
    """Return the card of a network that hears little but the summary."""
    front_end, network = card.front_end_and_network()
    return dataclasses.replace(
        card,
        front_end=dataclasses.replace(front_end, narrow_band=True),
        network=dataclasses.replace(network, summary_size=5, summary_weight=0.9),
    )


@pytest.fixture(scope="module")
def summarised(summarised_card: Card) -> WaveformNetwork:
    torch.manual_seed(8)
    module = WaveformNetwork(*summarised_card.front_end_and_network(), len(summarised_card.labels)).eval()
    module.normaliser.mean.fill_(-6.0)
    module.summary_normaliser.mean.fill_(1.0)
    for normaliser in (module.normaliser, module.summary_normaliser):
        normaliser.scale.fill_(2.0)
    return module


@pytest.fixture(scope="module")
def summarised_bundle(
    tmp_path_factory: pytest.TempPathFactory, summarised: WaveformNetwork, summarised_card: Card
) -> Path:
    directory = tmp_path_factory.mktemp("bundles") / "summarised"
    weights = {name: tensor.numpy() for name, tensor in summarised.state_dict().items()}
    write_bundle(directory, summarised_card, weights, export_onnx(summarised, summarised_card.labels))
    return directory


@pytest.fixture(scope="module", params=["onnx", "torch"])
def recogniser(request: pytest.FixtureRequest, summarised_bundle: Path) -> Recogniser:
    return Recogniser.load(summarised_bundle, engine=request.param)


def shares(prediction: Prediction) -> list[float]:
    return list(prediction.probabilities.values())


def test_its_own_answers_about_a_speaker_teach_a_pupil_that_has_a_say(
    recogniser: Recogniser, voice: list[FloatArray], noise: Noise
) -> None:
    asked, followed = noise(20_000), recogniser.enrol(voice)
    taught = recogniser.enrol(iter(voice), self_training=True)

    assert followed.enrolment is not None
    assert taught.enrolment is not None
    assert taught.enrolment.pupil is not None
    assert taught.enrolment.sources == followed.enrolment.sources
    answers = np.array([shares(followed.from_waveform(each)) for each in voice])
    again = Pupil.taught(embed(recogniser, voice, parts="summary").astype(np.float64), answers)
    np.testing.assert_allclose(taught.enrolment.pupil.others, again.others, atol=1e-5)
    together = shares(taught.from_waveform(asked))
    assert together != pytest.approx(shares(followed.from_waveform(asked)), abs=1e-6)
    assert sum(together) == pytest.approx(1.0)
    (remark,) = [each for each in taught.from_waveform(asked).remarks if each.startswith("self-trained")]
    assert remark == (
        "self-trained on few different recordings of this speaker (5): 100 or more teach better"
    )


def test_a_pupil_has_its_say_in_timelines_and_streams(
    recogniser: Recogniser, voice: list[FloatArray], noise: Noise
) -> None:
    asked, settings = noise(48_000), TimelineSettings(window=3.0, hop=3.0)
    followed, taught = recogniser.enrol(voice), recogniser.enrol(voice, self_training=True)
    expected = tuple(shares(taught.from_waveform(asked)))
    (segment,) = taught.timeline(asked, settings, any_sound=True).segments
    (other,) = followed.timeline(asked, settings, any_sound=True).segments
    assert tuple(segment.probabilities.values()) == pytest.approx(expected, abs=1e-5)
    assert tuple(other.probabilities.values()) != pytest.approx(expected, abs=1e-5)
    stream = taught.stream(settings=settings, any_sound=True)
    assert [*stream.push(asked), *stream.flush()][0].probabilities == pytest.approx(segment.probabilities)


def test_what_is_explained_is_what_the_network_says_without_the_pupil(
    recogniser: Recogniser, voice: list[FloatArray]
) -> None:
    found = explain(recogniser.enrol(voice, self_training=True), voice[0])
    confidence = recogniser.enrol(voice).from_waveform(voice[0]).confidence
    assert found.prediction.confidence == pytest.approx(confidence)
    assert found.evidence == pytest.approx(math.log2(confidence / (1 - confidence)), abs=1e-4)


@pytest.mark.parametrize(
    ("summaries", "says"),
    [(None, "small: its graph is too old"), (np.nan, "its summary of .* is not finite")],
)
def test_summaries_that_are_missing_or_no_numbers_teach_nobody(
    recogniser: Recogniser, voice: list[FloatArray], summaries: float | None, says: str
) -> None:
    class Faulty:
        """Runs the graph, and spoils its summaries once the speaker is known."""

        name = "faulty"

        def run(
            self, waveform: FloatArray, samples: IntArray, speaker: SpeakerStatistics | None = None
        ) -> EngineOutput:
            output = recogniser.engine.run(waveform, samples, speaker)
            if speaker is None or output.summary is None:
                return output
            spoilt = None if summaries is None else np.full_like(output.summary, summaries)
            return dataclasses.replace(output, summary=spoilt)

    with pytest.raises(BundleError, match=says):
        Recogniser(recogniser.card, Faulty()).enrol(voice, self_training=True)


def test_both_engines_teach_a_pupil_alike(
    summarised_bundle: Path, voice: list[FloatArray], noise: Noise
) -> None:
    asked = noise(20_000)
    by_onnx, by_torch = (
        shares(Recogniser.load(summarised_bundle, kind).enrol(voice, self_training=True).from_waveform(asked))
        for kind in ("onnx", "torch")
    )
    assert by_onnx == pytest.approx(by_torch, abs=1e-4)


def summary_of(network: WaveformNetwork, waveform: FloatArray) -> np.ndarray:
    with torch.inference_mode():
        output = network(torch.from_numpy(waveform)[None], torch.tensor([len(waveform)]))
    return np.asarray(output.summary[0].double())


def statistics_of(recogniser: Recogniser, recordings: list[FloatArray]) -> SpeakerStatistics:
    enrolment = recogniser.enrol(recordings).enrolment
    assert enrolment is not None
    return enrolment.statistics


def test_every_recording_of_a_speaker_counts_alike_however_long(
    recogniser: Recogniser, summarised: WaveformNetwork, voice: list[FloatArray]
) -> None:
    found = statistics_of(recogniser, voice)

    expected = np.mean([summary_of(summarised, waveform) for waveform in voice], axis=0)
    assert found.n_recordings == len(voice)
    np.testing.assert_allclose(found.summary, expected, rtol=1e-4, atol=1e-4)


def test_the_order_of_recordings_does_not_matter(recogniser: Recogniser, voice: list[FloatArray]) -> None:
    forwards, backwards = statistics_of(recogniser, voice), statistics_of(recogniser, voice[::-1])

    np.testing.assert_allclose(forwards.summary, backwards.summary, rtol=1e-5, atol=1e-5)


def test_the_answer_is_that_of_a_network_with_the_speakers_own_normalisation(
    recogniser: Recogniser, summarised: WaveformNetwork, voice: list[FloatArray], noise: Noise
) -> None:
    asked = noise(20_000)
    own = statistics_of(recogniser, voice)

    found = recogniser.enrol(voice).from_waveform(asked)

    arrays = (own.mean, own.scale, own.summary, own.summary_scale)
    rows = [torch.from_numpy(array).float()[None] for array in arrays]
    with torch.inference_mode():
        logits = summarised(torch.from_numpy(asked)[None], torch.tensor([20_000]), *rows).logits[0]
    assert shares(found) == pytest.approx(torch.softmax(logits / 2, dim=0).tolist(), abs=1e-4)


def test_what_a_speakers_summaries_are_like_decides(
    recogniser: Recogniser, voice: list[FloatArray], noise: Noise
) -> None:
    asked, own = noise(20_000), statistics_of(recogniser, voice)
    batch = (asked[None], np.array([20_000]))

    as_heard = recogniser.engine.run(*batch, own).logits
    otherwise = recogniser.engine.run(*batch, dataclasses.replace(own, summary=own.summary + 1)).logits

    assert np.abs(as_heard - otherwise).max() > 0.01


def test_both_engines_follow_a_speaker_alike(
    summarised_bundle: Path, voice: list[FloatArray], noise: Noise
) -> None:
    by_onnx, by_torch = (Recogniser.load(summarised_bundle, kind).enrol(voice) for kind in ("onnx", "torch"))

    for waveform in (noise(5_000), noise(31_000)):
        assert shares(by_onnx.from_waveform(waveform)) == pytest.approx(
            shares(by_torch.from_waveform(waveform)), abs=1e-4
        )


def test_an_utterance_is_answered_as_if_it_were_alone(recogniser: Recogniser, noise: Noise) -> None:
    lengths = [479, 9_000, 30_000]
    waveform = np.zeros((3, 30_000), dtype=np.float32)
    for row, length in zip(waveform, lengths, strict=True):
        row[:length] = noise(length)

    together = recogniser.engine.run(waveform, np.array(lengths)).logits

    for position, length in enumerate(lengths):
        alone = recogniser.engine.run(waveform[position, None, :length], np.array([length])).logits
        np.testing.assert_allclose(together[position], alone[0], atol=1e-4)


def test_an_engine_gives_the_summary_of_each_utterance(
    summarised_bundle: Path, summarised: WaveformNetwork, voice: list[FloatArray]
) -> None:
    card = read_card(summarised_bundle)
    for kind in ("onnx", "torch"):
        output = build_engine(kind, summarised_bundle, card).run(voice[0][None], np.array([len(voice[0])]))
        assert output.summary is not None
        expected = summary_of(summarised, voice[0])
        np.testing.assert_allclose(output.summary[0], expected, rtol=1e-4, atol=1e-4)
