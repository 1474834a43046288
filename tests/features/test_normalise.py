"""Normalisation, beside numpy's mean and standard deviation."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from prosodyn.errors import TrainingError
from prosodyn.features import FeatureNormaliser, SummaryNormaliser

Noise = Callable[..., Tensor]


@pytest.fixture
def spectrograms(noise: Noise) -> list[Tensor]:
    """Return three spectrograms of two features, far from zero."""
    return [noise(2, n_frames) * torch.tensor([[1.0], [30.0]]) - 7.0 for n_frames in (5, 1, 12)]


def test_a_fresh_normaliser_changes_nothing(noise: Noise) -> None:
    features = noise(1, 2, 5)

    torch.testing.assert_close(FeatureNormaliser(2)(features, torch.tensor([5])), features)


def test_mean_and_scale_are_numpys_over_all_frames(spectrograms: list[Tensor]) -> None:
    normaliser = FeatureNormaliser(2)

    normaliser.fit(spectrograms)

    frames = np.concatenate([spectrogram.double().numpy() for spectrogram in spectrograms], axis=1)
    np.testing.assert_allclose(normaliser.mean[0], frames.mean(axis=1), rtol=1e-6)
    np.testing.assert_allclose(normaliser.scale[0], frames.std(axis=1), rtol=1e-6)


def test_what_it_was_fitted_on_becomes_standard(spectrograms: list[Tensor]) -> None:
    normaliser = FeatureNormaliser(2)
    normaliser.fit(spectrograms)

    together = torch.cat([normaliser(s[None], torch.tensor([s.shape[1]]))[0] for s in spectrograms], dim=1)

    torch.testing.assert_close(together.mean(dim=1), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(together.std(dim=1, correction=0), torch.ones(2), atol=1e-5, rtol=0)


def test_a_speakers_own_mean_and_scale_take_the_place_of_the_fitted_ones(
    spectrograms: list[Tensor], noise: Noise
) -> None:
    normaliser = FeatureNormaliser(2)
    normaliser.fit(spectrograms)
    mean, scale = torch.tensor([[-3.0, 4.0], [0.5, 1.0]]), torch.tensor([[2.0, 5.0], [1.0, 0.1]])
    features = noise(2, 2, 6)

    found = normaliser(features, torch.tensor([6, 6]), mean, scale)

    for row in range(2):
        for band in range(2):
            expected = (features[row, band] - mean[row, band]) / scale[row, band]
            torch.testing.assert_close(found[row, band], expected)


def test_padding_stays_zero(spectrograms: list[Tensor]) -> None:
    normaliser = FeatureNormaliser(2)
    normaliser.fit(spectrograms)
    padded = torch.zeros(1, 2, 8)
    padded[0, :, :5] = spectrograms[0]

    assert not normaliser(padded, torch.tensor([5]))[0, :, 5:].any()


def test_a_feature_that_never_changes_stays_finite() -> None:
    normaliser = FeatureNormaliser(1)
    normaliser.fit([torch.full((1, 6), -13.8)])

    assert torch.isfinite(normaliser(torch.full((1, 1, 6), -13.8), torch.tensor([6]))).all()


def test_a_second_fit_forgets_the_first(spectrograms: list[Tensor]) -> None:
    twice, once = FeatureNormaliser(2), FeatureNormaliser(2)
    twice.fit(spectrograms[:1])

    twice.fit(spectrograms[2:])
    once.fit(spectrograms[2:])

    assert torch.equal(twice.mean, once.mean)
    assert torch.equal(twice.scale, once.scale)


def test_fitting_leaves_the_spectrograms_untouched(spectrograms: list[Tensor]) -> None:
    before = [spectrogram.clone() for spectrogram in spectrograms]

    FeatureNormaliser(2).fit(spectrograms)

    assert all(torch.equal(now, then) for now, then in zip(spectrograms, before, strict=True))


def test_there_must_be_a_frame_to_fit_on() -> None:
    with pytest.raises(TrainingError, match="no frame to fit on"):
        FeatureNormaliser(2).fit([])


def test_mean_and_scale_travel_with_the_weights() -> None:
    assert sorted(FeatureNormaliser(2).state_dict()) == ["mean", "scale"]


@pytest.fixture
def summaries(noise: Noise) -> Tensor:
    """Return six summaries of two numbers, far from zero, `(utterance, summary)`."""
    return noise(6, 2) * torch.tensor([1.0, 30.0]) - 7.0


def test_a_fresh_normaliser_of_summaries_changes_nothing(noise: Noise) -> None:
    summary = noise(3, 2)

    assert torch.equal(SummaryNormaliser(2)(summary), summary)


def test_mean_and_scale_of_summaries_are_numpys_over_the_utterances(summaries: Tensor) -> None:
    normaliser = SummaryNormaliser(2)

    normaliser.fit(summaries)

    np.testing.assert_allclose(normaliser.mean[0], summaries.double().numpy().mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(normaliser.scale[0], summaries.double().numpy().std(axis=0), rtol=1e-5)


def test_the_scale_of_summaries_is_about_the_centres_that_are_given() -> None:
    normaliser = SummaryNormaliser(1)

    # two speakers, about 1 and about 20; each of their utterances lies 1 or 3 away from its speaker's
    normaliser.fit(torch.tensor([[0.0], [2.0], [17.0], [23.0]]), torch.tensor([[1.0], [1.0], [20.0], [20.0]]))

    assert normaliser.mean.tolist() == [[10.5]]
    assert normaliser.scale[0].tolist() == pytest.approx([((1 + 1 + 9 + 9) / 4) ** 0.5])


def test_summaries_are_normalised_by_hand() -> None:
    normaliser = SummaryNormaliser(2)
    normaliser.fit(torch.tensor([[1.0, 0.0], [3.0, 8.0]]))

    assert normaliser(torch.tensor([[4.0, 2.0]])).tolist() == [[(4 - 2) / 1, (2 - 4) / 4]]


@pytest.mark.parametrize("n_speakers", [1, 3])
def test_a_summary_is_related_to_a_speakers_own_mean_and_scale(noise: Noise, n_speakers: int) -> None:
    mean, asked = noise(n_speakers, 2), noise(3, 2)
    scale = noise(n_speakers, 2).abs() + 0.5

    found = SummaryNormaliser.relate(asked, mean, scale)

    for row in range(3):
        for number in range(2):
            speaker = row % n_speakers
            expected = (asked[row, number] - mean[speaker, number]) / scale[speaker, number]
            torch.testing.assert_close(found[row, number], expected)


def test_a_stranger_is_related_to_the_stored_mean_and_scale(summaries: Tensor, noise: Noise) -> None:
    normaliser = SummaryNormaliser(2)
    normaliser.fit(summaries)
    asked = summaries[:2] + noise(2, 2)

    torch.testing.assert_close(normaliser(asked), (asked - normaliser.mean) / normaliser.scale)


def test_an_outlier_is_drawn_in() -> None:
    normaliser = SummaryNormaliser(1)
    normaliser.fit(torch.tensor([[-2.0], [2.0]]))

    found = normaliser(torch.tensor([[1e9], [-1e9], [9.9], [-10.1]]))

    assert found[:, 0].tolist() == pytest.approx([5.0, -5.0, 4.95, -5.0])


def test_a_number_that_is_the_same_for_every_utterance_stays_finite() -> None:
    normaliser = SummaryNormaliser(1)
    normaliser.fit(torch.full((4, 1), -6.9))

    assert torch.isfinite(normaliser(torch.full((1, 1), -6.9))).all()


def test_there_must_be_an_utterance_to_fit_on() -> None:
    with pytest.raises(TrainingError, match="no utterance to fit on"):
        SummaryNormaliser(2).fit(torch.zeros(0, 2))


def test_mean_and_scale_of_summaries_travel_with_the_weights_where_there_are_any() -> None:
    assert sorted(SummaryNormaliser(2).state_dict()) == ["mean", "scale"]
    assert SummaryNormaliser(0).state_dict() == {}


def test_a_network_that_is_shown_no_summary_may_fit_and_normalise_nothing() -> None:
    normaliser = SummaryNormaliser(0)

    normaliser.fit(torch.zeros(4, 0))

    assert normaliser(torch.zeros(3, 0)).shape == (3, 0)
