"""From what was heard to what a network is fitted on."""

import dataclasses

import pytest
import torch
from torch import Tensor

from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.errors import TrainingError
from prosodyn.features import Listener, UtteranceSummary
from prosodyn.model import WaveformNetwork
from prosodyn.training.hearing import HeardUtterance, HeardUtterances, hear
from prosodyn.training.side import (
    Normalisation,
    allowed_emotions,
    corpus_chances,
    fit_normalisation,
    own_statistics,
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


def test_a_training_side_is_normalised_and_numbered(utterances: tuple[Utterance, ...]) -> None:
    chosen = (utterances[0], utterances[4], utterances[1])  # sadness, anger, sadness
    heard = hear(chosen, Listener(FRONT_END))
    module = build_module()
    fit_normalisation(module, chosen, heard)

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

    side = training_side(build_module(), chosen, LABELS, heard, "speaker")

    for utterance, spectrogram in zip(chosen, side.spectrograms, strict=True):
        own = [heard[each.id].features.double() for each in chosen if each.speaker == utterance.speaker]
        frames = torch.cat(own, dim=1)
        mean, scale = frames.mean(dim=1, keepdim=True), frames.std(dim=1, correction=0, keepdim=True)
        expected = (heard[utterance.id].features - mean) / scale
        torch.testing.assert_close(spectrogram, expected.float(), atol=1e-5, rtol=1e-5)


def test_a_name_in_another_corpus_is_somebody_else(utterances: tuple[Utterance, ...]) -> None:
    elsewhere = tuple(dataclasses.replace(each, corpus="other", speaker="f1") for each in utterances[8:10])
    heard = hear((*utterances[:2], *elsewhere), LISTENER)

    found = own_statistics((*utterances[:2], *elsewhere), heard, "speaker")

    for side in (utterances[:2], elsewhere):
        n_frames = sum(heard[each.id].features.shape[1] for each in side)
        assert {found[each.id].n_frames for each in side} == {n_frames}


def test_recordings_that_do_not_say_who_speaks_are_refused(utterances: tuple[Utterance, ...]) -> None:
    nameless = (utterances[0], dataclasses.replace(utterances[1], speaker="unknown"))
    heard = hear(nameless, Listener(FRONT_END))

    with pytest.raises(
        TrainingError, match=rf"1 of 2 recordings .* the first is '{nameless[1].id}'; name the"
    ):
        training_side(build_module(), nameless, LABELS, heard, "speaker")


def test_an_emotion_outside_the_labels_is_refused(utterances: tuple[Utterance, ...]) -> None:
    with pytest.raises(TrainingError, match=r"emotion 'sadness' is not one of \['anger'\]"):
        training_side(build_module(), utterances[:1], ["anger"], {})


@pytest.mark.parametrize("summary_size", [0, 5])
def test_nobody_is_an_empty_side(summary_size: int) -> None:
    side = training_side(build_module(summary_size), [], LABELS, {})

    assert len(side) == len(side.summary) == 0


@pytest.mark.parametrize("normalisation", ["corpus", "each_corpus", "speaker"])
def test_nobody_is_nothing_to_fit_on(normalisation: Normalisation) -> None:
    with pytest.raises(TrainingError, match="the training side is empty"):
        fit_normalisation(build_module(5), [], {}, normalisation)


def stack_summaries(utterances: tuple[Utterance, ...], heard: HeardUtterances) -> Tensor:
    """Summarise the features of each utterance alone, `(utterance, summary)`."""
    summary, features = UtteranceSummary(FRONT_END), [heard[each.id].features for each in utterances]
    rows = [summary(each[None], torch.tensor([each.shape[1]]))[0] for each in features]
    return torch.stack(rows).double()


def test_a_side_without_a_summary_has_a_row_of_size_zero_for_each(utterances: tuple[Utterance, ...]) -> None:
    heard = hear(utterances[:3], Listener(FRONT_END))

    assert training_side(build_module(), utterances[:3], LABELS, heard).summary.shape == (3, 0)


def test_summaries_are_standard_over_the_training_side(utterances: tuple[Utterance, ...]) -> None:
    module, heard = build_module(5), hear(utterances, LISTENER)
    fit_normalisation(module, utterances[:8], heard)

    side = training_side(module, utterances, LABELS, heard)

    summaries = stack_summaries(utterances, heard)
    mean, scale = summaries[:8].mean(dim=0), summaries[:8].std(dim=0, correction=0)
    expected = ((summaries - mean) / scale).clamp(-5, 5)  # of the second speaker, too
    torch.testing.assert_close(side.summary.double(), expected, atol=1e-3, rtol=1e-3)


def test_summaries_are_relative_to_mean_and_scale_of_their_speaker(utterances: tuple[Utterance, ...]) -> None:
    chosen = (*utterances[:3], *utterances[8:12])  # f1 three times, m1 four times
    module, heard = build_module(5), hear(chosen, LISTENER)
    fit_normalisation(module, chosen, heard, "speaker")

    side = training_side(module, chosen, LABELS, heard, "speaker")

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

    fit_normalisation(module, utterances, heard, "speaker")

    expected = stack_summaries(utterances, heard).mean(dim=0)
    torch.testing.assert_close(module.summary_normaliser.mean[0].double(), expected, atol=1e-4, rtol=1e-4)


def test_each_recording_counts_alike_in_the_summary_of_its_speaker(utterances: tuple[Utterance, ...]) -> None:
    heard = {
        each.id: HeardUtterance(torch.zeros(2, 3), torch.tensor([float(i)]))
        for i, each in enumerate(utterances)
    }

    found = own_statistics(utterances, heard, "speaker")

    assert {statistics.n_recordings for statistics in found.values()} == {8}
    assert found[utterances[0].id].summary.tolist() == pytest.approx([3.5])
    assert found[utterances[-1].id].summary.tolist() == pytest.approx([11.5])


def of_two_corpora(utterances: tuple[Utterance, ...]) -> tuple[Utterance, ...]:
    """Return both emotions of `toy`, and eight recordings of `other`, which knows anger alone."""
    other = tuple(dataclasses.replace(each, corpus="other", emotion="anger") for each in utterances[:8])
    return (*utterances, *(dataclasses.replace(each, id=f"other-{each.id}") for each in other))


def test_an_utterance_is_told_only_from_emotions_of_its_corpus(utterances: tuple[Utterance, ...]) -> None:
    both = of_two_corpora(utterances)

    allowed = allowed_emotions(both, LABELS)

    assert allowed.tolist() == [[True, True]] * 16 + [[True, False]] * 8


def test_a_slip_does_not_make_an_emotion_of_a_corpus_but_counts_itself(
    utterances: tuple[Utterance, ...],
) -> None:
    slip = dataclasses.replace(utterances[0], id="slip", corpus="other", emotion="sadness")
    many = of_two_corpora(utterances)[16:] * 20

    allowed = allowed_emotions((*utterances, *many, slip), LABELS)

    assert allowed[16:-1].tolist() == [[True, False]] * 160
    assert allowed[-1].tolist() == [True, True]


def test_in_a_single_corpus_everything_is_told_from_everything(utterances: tuple[Utterance, ...]) -> None:
    many = (*utterances[4:8] * 50, utterances[0])  # sadness once among 200 recordings of anger

    assert allowed_emotions(many, LABELS).all()


@pytest.mark.parametrize("balance", [0.5, 1.0])
def test_corpora_are_drawn_more_alike_than_their_sizes(
    utterances: tuple[Utterance, ...], balance: float
) -> None:
    chances = corpus_chances(of_two_corpora(utterances), balance)

    assert chances is not None
    toy, other = chances[:16].sum(), chances[16:].sum()
    assert float(other / toy) == pytest.approx((8 / 16) ** (1 - balance))


def test_of_one_corpus_each_utterance_is_drawn_once(utterances: tuple[Utterance, ...]) -> None:
    assert corpus_chances(utterances, 1.0) is None
    assert corpus_chances(of_two_corpora(utterances), 0.0) is None


def test_each_corpus_is_normalised_by_itself(utterances: tuple[Utterance, ...]) -> None:
    both, module = of_two_corpora(utterances), build_module(5)
    heard = hear(both, LISTENER)
    moved = {
        name: HeardUtterance(each.features + 7, each.summary + 3) if name.startswith("other") else each
        for name, each in heard.items()
    }

    sides = []
    for each in (heard, moved):
        fit_normalisation(module, both, each, "each_corpus")
        sides.append(training_side(module, both, LABELS, each, "each_corpus"))

    for one, other in zip(sides[0].spectrograms, sides[1].spectrograms, strict=True):
        torch.testing.assert_close(one, other, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(sides[0].summary, sides[1].summary, atol=1e-3, rtol=1e-3)
