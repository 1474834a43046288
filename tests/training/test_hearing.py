"""From utterances to spectrograms and targets."""

import dataclasses

import pytest
import torch

from prosodyn.comparison.feature_sets import build_feature_set
from prosodyn.config import FrontEndConfig
from prosodyn.errors import AudioError, TrainingError
from prosodyn.features import FeatureNormaliser, build_front_end
from prosodyn.training.hearing import hear, hear_features, speaker_statistics, training_side
from prosodyn.types import Utterance

FRONT_END = FrontEndConfig(n_mels=12)
LABELS = ("anger", "sadness")


def test_every_utterance_is_heard_without_padding(utterances: tuple[Utterance, ...]) -> None:
    heard = hear(utterances[:3], FRONT_END)

    assert list(heard) == [utterance.id for utterance in utterances[:3]]
    front_end = build_front_end(FRONT_END)
    for utterance in utterances[:3]:
        assert utterance.waveform is not None
        waveform = torch.tensor(utterance.waveform)[None]
        features, lengths = front_end(waveform, torch.tensor([waveform.shape[1]]))
        assert torch.equal(heard[utterance.id], features[0, :, : int(lengths)])


def test_what_is_heard_can_be_trained_on(utterances: tuple[Utterance, ...]) -> None:
    spectrogram = hear(utterances[:1], FRONT_END)[utterances[0].id]

    weight = torch.ones(1, requires_grad=True)
    (weight * spectrogram).sum().backward()

    assert weight.grad is not None


def test_progress_is_told(utterances: tuple[Utterance, ...]) -> None:
    told: list[tuple[int, int]] = []

    hear(utterances[:3], FRONT_END, lambda done, total: told.append((done, total)))

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_an_utterance_that_cannot_be_read_ends_it_all(utterances: tuple[Utterance, ...]) -> None:
    broken = dataclasses.replace(utterances[0], waveform=None)

    with pytest.raises(AudioError, match="neither a path nor a waveform"):
        hear([broken], FRONT_END)


def test_a_training_side_is_normalised_and_numbered(utterances: tuple[Utterance, ...]) -> None:
    chosen = (utterances[0], utterances[4], utterances[1])  # sadness, anger, sadness
    heard = hear(chosen, FRONT_END)
    module = build_module()
    fit_normalisation(module, chosen, heard, by_speaker=False)

    side = training_side(module, chosen, LABELS, heard)

    assert side.targets.tolist() == [1, 0, 1]
    assert side.n_emotions == 2
    for utterance, spectrogram in zip(chosen, side.spectrograms, strict=True):
        expected = (heard[utterance.id] - module.normaliser.mean.T) / module.normaliser.scale.T
        torch.testing.assert_close(spectrogram, expected)


def test_each_speaker_is_normalised_by_all_recordings_of_that_speaker(
    utterances: tuple[Utterance, ...],
) -> None:
    chosen = (*utterances[:3], *utterances[8:12])  # f1 three times, m1 four times
    heard = hear(chosen, FRONT_END)

    side = training_side(build_module(), chosen, LABELS, heard, by_speaker=True)

    for utterance, spectrogram in zip(chosen, side.spectrograms, strict=True):
        own = [heard[each.id].double() for each in chosen if each.speaker == utterance.speaker]
        frames = torch.cat(own, dim=1)
        mean, scale = frames.mean(dim=1, keepdim=True), frames.std(dim=1, correction=0, keepdim=True)
        expected = (heard[utterance.id] - mean) / scale
        torch.testing.assert_close(spectrogram, expected.float(), atol=1e-5, rtol=1e-5)


def test_a_name_in_another_corpus_is_somebody_else(utterances: tuple[Utterance, ...]) -> None:
    elsewhere = tuple(dataclasses.replace(each, corpus="other", speaker="f1") for each in utterances[8:10])
    heard = hear((*utterances[:2], *elsewhere), FRONT_END)

    found = speaker_statistics((*utterances[:2], *elsewhere), heard, {name: torch.zeros(0) for name in heard})

    assert set(found) == {("toy", "f1"), ("other", "f1")}
    n_frames = sum(heard[each.id].shape[1] for each in elsewhere)
    assert found["other", "f1"].n_frames == n_frames


def test_recordings_that_do_not_say_who_speaks_are_refused(utterances: tuple[Utterance, ...]) -> None:
    nameless = (utterances[0], dataclasses.replace(utterances[1], speaker="unknown"))
    heard = hear(nameless, FRONT_END)

    with pytest.raises(
        TrainingError, match=rf"1 of 2 recordings .* the first is '{nameless[1].id}'; name the"
    ):
        training_side(build_module(), nameless, LABELS, heard, by_speaker=True)


def test_an_emotion_outside_the_labels_is_refused(utterances: tuple[Utterance, ...]) -> None:
    with pytest.raises(TrainingError, match=r"emotion 'sadness' is not one of \['anger'\]"):
        training_side(build_module(), utterances[:1], ["anger"], {})


def test_nobody_is_an_empty_side() -> None:
    assert len(training_side(build_module(), [], LABELS, {})) == 0


def test_a_classical_system_hears_the_same_frames(utterances: tuple[Utterance, ...]) -> None:
    features = hear_features(utterances[:3], build_feature_set("frames", FRONT_END))

    spectrograms = hear(utterances[:3], FRONT_END)
    assert list(features) == list(spectrograms)
    for name, spectrogram in spectrograms.items():
        assert torch.equal(torch.from_numpy(features[name]).float(), spectrogram)
