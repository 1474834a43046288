"""From utterances to what is heard of them."""

import dataclasses

import numpy as np
import pytest
import torch
from torch import Tensor

from prosodyn.comparison.feature_sets import build_feature_set
from prosodyn.config import FrontEndConfig
from prosodyn.errors import AudioError
from prosodyn.features import Listener, UtteranceSummary, build_front_end
from prosodyn.training.hearing import HeardUtterances, hear, hear_features
from prosodyn.types import Utterance

FRONT_END = FrontEndConfig(n_mels=12)
LISTENER = Listener(FRONT_END, with_summary=True)
LABELS = ("anger", "sadness")


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


def stack_summaries(utterances: tuple[Utterance, ...], heard: HeardUtterances) -> Tensor:
    """Summarise the features of each utterance alone, `(utterance, summary)`."""
    summary, features = UtteranceSummary(FRONT_END), [heard[each.id].features for each in utterances]
    rows = [summary(each[None], torch.tensor([each.shape[1]]))[0] for each in features]
    return torch.stack(rows).double()


def test_every_utterance_is_summarised_before_normalisation(utterances: tuple[Utterance, ...]) -> None:
    heard = hear(utterances[:3], LISTENER)

    found = torch.stack([each.summary for each in heard.values()])
    torch.testing.assert_close(found.double(), stack_summaries(utterances[:3], heard))


def test_a_classical_system_hears_the_same_frames(utterances: tuple[Utterance, ...]) -> None:
    features = hear_features(utterances[:3], build_feature_set("frames", FRONT_END))

    heard = hear(utterances[:3], LISTENER)
    assert list(features) == list(heard)
    for name, each in heard.items():
        assert torch.equal(torch.from_numpy(features[name]).float(), each.features)


def test_what_is_learnt_is_what_a_recogniser_hears_without_the_quiet(
    utterances: tuple[Utterance, ...],
) -> None:
    listener = Listener(dataclasses.replace(FRONT_END, quiet=30.0), with_summary=True)
    waveform = utterances[0].waveform
    assert waveform is not None
    padded = np.pad(waveform, 3200)

    (learnt,) = hear([dataclasses.replace(utterances[0], waveform=padded)], listener).values()
    answered = listener(torch.tensor(padded)[None], torch.tensor([len(padded)]))

    assert learnt.features.shape[1] < LISTENER.front_end.lengths(torch.tensor([len(padded)]))
    assert torch.equal(learnt.features, answered.features[0])
    assert torch.equal(learnt.summary, answered.summary[0])
