"""From utterances to spectrograms and targets."""

import dataclasses

import pytest
import torch
from torch import Tensor

from prosodyn.comparison.feature_sets import build_feature_set
from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.errors import AudioError, TrainingError
from prosodyn.features import Listener, UtteranceSummary, build_front_end
from prosodyn.model import WaveformNetwork
from prosodyn.training.hearing import (
    HeardUtterance,
    HeardUtterances,
    fit_normalisation,
    hear,
    hear_features,
    speaker_statistics,
    training_side,
    voice_places,
)
from prosodyn.types import Utterance

FRONT_END = FrontEndConfig(n_mels=12)
LISTENER = Listener(FRONT_END, with_summary=True)
LABELS = ("anger", "sadness")


def build_module(summary_size: int = 0) -> WaveformNetwork:
    """Build a module whose normalisation can be fitted."""
    network = NetworkConfig(
        channels=(3, 4), band_strides=(2, 2), frame_strides=(2, 2), hidden_size=4, summary_size=summary_size
    )
    return WaveformNetwork(FRONT_END, network, len(LABELS))


def test_every_utterance_is_heard_without_padding(utterances: tuple[Utterance, ...]) -> None:
    heard = hear(utterances[:3], LISTENER)

    assert list(heard) == [utterance.id for utterance in utterances[:3]]
    front_end = build_front_end(FRONT_END)
    for utterance in utterances[:3]:
        assert utterance.waveform is not None
        waveform = torch.tensor(utterance.waveform)[None]
        features, lengths = front_end(waveform, torch.tensor([waveform.shape[1]]))
        assert torch.equal(heard[utterance.id].features, features[0, :, : int(lengths)])


def test_what_is_heard_can_be_trained_on(utterances: tuple[Utterance, ...]) -> None:
    spectrogram = hear(utterances[:1], LISTENER)[utterances[0].id].features

    weight = torch.ones(1, requires_grad=True)
    (weight * spectrogram).sum().backward()

    assert weight.grad is not None


def test_progress_is_told(utterances: tuple[Utterance, ...]) -> None:
    told: list[tuple[int, int]] = []

    hear(utterances[:3], LISTENER, lambda done, total: told.append((done, total)))

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_an_utterance_that_cannot_be_read_ends_it_all(utterances: tuple[Utterance, ...]) -> None:
    broken = dataclasses.replace(utterances[0], waveform=None)

    with pytest.raises(AudioError, match="neither a path nor a waveform"):
        hear([broken], LISTENER)


def test_a_training_side_is_normalised_and_numbered(utterances: tuple[Utterance, ...]) -> None:
    chosen = (utterances[0], utterances[4], utterances[1])  # sadness, anger, sadness
    heard = hear(chosen, Listener(FRONT_END))
    module = build_module()
    fit_normalisation(module, chosen, heard, by_speaker=False)

    side = training_side(module, chosen, LABELS, heard)

    assert side.targets.tolist() == [1, 0, 1]
    assert side.n_emotions == 2
    for utterance, spectrogram in zip(chosen, side.spectrograms, strict=True):
        expected = (heard[utterance.id].features - module.normaliser.mean.T) / module.normaliser.scale.T
        torch.testing.assert_close(spectrogram, expected)


def test_each_speaker_is_normalised_by_all_recordings_of_that_speaker(
    utterances: tuple[Utterance, ...],
) -> None:
    chosen = (*utterances[:3], *utterances[8:12])  # f1 three times, m1 four times
    heard = hear(chosen, Listener(FRONT_END))

    side = training_side(build_module(), chosen, LABELS, heard, by_speaker=True)

    for utterance, spectrogram in zip(chosen, side.spectrograms, strict=True):
        own = [heard[each.id].features.double() for each in chosen if each.speaker == utterance.speaker]
        frames = torch.cat(own, dim=1)
        mean, scale = frames.mean(dim=1, keepdim=True), frames.std(dim=1, correction=0, keepdim=True)
        expected = (heard[utterance.id].features - mean) / scale
        torch.testing.assert_close(spectrogram, expected.float(), atol=1e-5, rtol=1e-5)


def test_a_name_in_another_corpus_is_somebody_else(utterances: tuple[Utterance, ...]) -> None:
    elsewhere = tuple(dataclasses.replace(each, corpus="other", speaker="f1") for each in utterances[8:10])
    heard = hear((*utterances[:2], *elsewhere), LISTENER)

    found = speaker_statistics((*utterances[:2], *elsewhere), heard)

    assert set(found) == {("toy", "f1"), ("other", "f1")}
    n_frames = sum(heard[each.id].features.shape[1] for each in elsewhere)
    assert found["other", "f1"].n_frames == n_frames


def test_recordings_that_do_not_say_who_speaks_are_refused(utterances: tuple[Utterance, ...]) -> None:
    nameless = (utterances[0], dataclasses.replace(utterances[1], speaker="unknown"))
    heard = hear(nameless, Listener(FRONT_END))

    with pytest.raises(
        TrainingError, match=rf"1 of 2 recordings .* the first is '{nameless[1].id}'; name the"
    ):
        training_side(build_module(), nameless, LABELS, heard, by_speaker=True)


def test_an_emotion_outside_the_labels_is_refused(utterances: tuple[Utterance, ...]) -> None:
    with pytest.raises(TrainingError, match=r"emotion 'sadness' is not one of \['anger'\]"):
        training_side(build_module(), utterances[:1], ["anger"], {})


@pytest.mark.parametrize("summary_size", [0, 5])
def test_nobody_is_an_empty_side(summary_size: int) -> None:
    side = training_side(build_module(summary_size), [], LABELS, {})

    assert len(side) == len(side.summary) == 0


@pytest.mark.parametrize("by_speaker", [False, True])
def test_nobody_is_nothing_to_fit_on(by_speaker: bool) -> None:
    with pytest.raises(TrainingError, match="the training side is empty"):
        fit_normalisation(build_module(5), [], {}, by_speaker)


def stack_summaries(utterances: tuple[Utterance, ...], heard: HeardUtterances) -> Tensor:
    """Summarise the features of each utterance alone, `(utterance, summary)`."""
    summary, features = UtteranceSummary(FRONT_END), [heard[each.id].features for each in utterances]
    rows = [summary(each[None], torch.tensor([each.shape[1]]))[0] for each in features]
    return torch.stack(rows).double()


def test_every_utterance_is_summarised_before_normalisation(utterances: tuple[Utterance, ...]) -> None:
    heard = hear(utterances[:3], LISTENER)

    found = torch.stack([each.summary for each in heard.values()])
    torch.testing.assert_close(found.double(), stack_summaries(utterances[:3], heard))


def test_a_side_without_a_summary_has_a_row_of_size_zero_for_each(utterances: tuple[Utterance, ...]) -> None:
    heard = hear(utterances[:3], Listener(FRONT_END))

    assert training_side(build_module(), utterances[:3], LABELS, heard).summary.shape == (3, 0)


def test_summaries_are_standard_over_the_training_side(utterances: tuple[Utterance, ...]) -> None:
    module, heard = build_module(5), hear(utterances, LISTENER)
    fit_normalisation(module, utterances[:8], heard, by_speaker=False)

    side = training_side(module, utterances, LABELS, heard)

    summaries = stack_summaries(utterances, heard)
    mean, scale = summaries[:8].mean(dim=0), summaries[:8].std(dim=0, correction=0)
    expected = ((summaries - mean) / scale).clamp(-5, 5)  # of the second speaker, too
    torch.testing.assert_close(side.summary.double(), expected, atol=1e-3, rtol=1e-3)


def test_summaries_are_relative_to_mean_and_scale_of_their_speaker(utterances: tuple[Utterance, ...]) -> None:
    chosen = (*utterances[:3], *utterances[8:12])  # f1 three times, m1 four times
    module, heard = build_module(5), hear(chosen, LISTENER)
    fit_normalisation(module, chosen, heard, by_speaker=True)

    side = training_side(module, chosen, LABELS, heard, by_speaker=True)

    summaries = stack_summaries(chosen, heard)
    apart = torch.cat([part - part.mean(dim=0) for part in (summaries[:3], summaries[3:])])
    standard = apart / apart.square().mean(dim=0).sqrt()
    # of n recordings, the spread is drawn towards the usual one as if there were ten more of that
    scales = [
        ((len(part) * part.square().mean(dim=0) + 10) / (len(part) + 10)).sqrt()
        for part in standard.split([3, 4])
    ]
    expected = torch.cat([part / scale for part, scale in zip(standard.split([3, 4]), scales, strict=True)])
    torch.testing.assert_close(side.summary.double(), expected.clamp(-5, 5), atol=1e-3, rtol=1e-3)


def test_the_place_of_a_voice_is_its_mean_relative_to_the_mean_of_all_voices(
    utterances: tuple[Utterance, ...],
) -> None:
    chosen = (utterances[0], utterances[8], utterances[9], utterances[10])  # f1 once, m1 three times
    summary = torch.tensor([[10.0, 1.0], [1.0, 1.0], [2.0, 1.0], [3.0, 1.0]])

    places = voice_places(chosen, summary)

    assert places.tolist() == [[4.0, 0.0], [-4.0, 0.0], [-4.0, 0.0], [-4.0, 0.0]]


def test_nobody_has_no_places() -> None:
    assert voice_places((), torch.zeros(0, 3)).shape == (0, 3)


def test_a_stranger_is_relative_to_the_mean_of_all_summaries(utterances: tuple[Utterance, ...]) -> None:
    module, heard = build_module(5), hear(utterances, LISTENER)

    fit_normalisation(module, utterances, heard, by_speaker=True)

    expected = stack_summaries(utterances, heard).mean(dim=0)
    torch.testing.assert_close(module.summary_normaliser.mean[0].double(), expected, atol=1e-4, rtol=1e-4)


def test_each_recording_counts_alike_in_the_summary_of_its_speaker(utterances: tuple[Utterance, ...]) -> None:
    heard = {
        each.id: HeardUtterance(torch.zeros(2, 3), torch.tensor([float(i)]))
        for i, each in enumerate(utterances)
    }

    found = speaker_statistics(utterances, heard)

    assert {voice: statistics.n_recordings for voice, statistics in found.items()} == {
        ("toy", "f1"): 8,
        ("toy", "m1"): 8,
    }
    assert found["toy", "f1"].summary.tolist() == pytest.approx([3.5])
    assert found["toy", "m1"].summary.tolist() == pytest.approx([11.5])


def test_a_classical_system_hears_the_same_frames(utterances: tuple[Utterance, ...]) -> None:
    features = hear_features(utterances[:3], build_feature_set("frames", FRONT_END))

    heard = hear(utterances[:3], LISTENER)
    assert list(features) == list(heard)
    for name, each in heard.items():
        assert torch.equal(torch.from_numpy(features[name]).float(), each.features)
