"""The whole recogniser as one module."""

import dataclasses

import pytest
import torch

from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.features import UtteranceSummary
from prosodyn.model import WaveformNetwork

FRONT_END = FrontEndConfig(n_mels=12, n_mfcc=4)
SAMPLES = torch.tensor([3_000, 700, 1])


FRONT_ENDS = {
    "logmel": FRONT_END,
    "mfcc": dataclasses.replace(FRONT_END, name="mfcc"),
    "narrow band": dataclasses.replace(FRONT_END, narrow_band=True),
}


def build(config: NetworkConfig, front_end: str = "logmel", summary_size: int = 0) -> WaveformNetwork:
    config = dataclasses.replace(config, summary_size=summary_size)
    module = WaveformNetwork(FRONT_ENDS[front_end], config, 3).eval()
    module.normaliser.mean.fill_(-5.0)
    module.normaliser.scale.fill_(2.0)
    module.summary_normaliser.mean.fill_(-1.0)
    module.summary_normaliser.scale.fill_(3.0)
    return module


def test_it_is_front_end_normalisation_and_network(small_config: NetworkConfig) -> None:
    module, waveform = build(small_config), 0.1 * torch.randn(3, 3_000)

    output = module(waveform, SAMPLES)

    features, lengths = module.listener.front_end(waveform, SAMPLES)
    expected = module.network(module.normaliser(features, lengths), lengths)
    assert torch.equal(output.logits, expected.logits)


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_it_gives_mean_and_variance_of_the_true_frames_of_each_utterance(
    small_config: NetworkConfig, front_end: str
) -> None:
    module, waveform = build(small_config, front_end), 0.1 * torch.randn(3, 4_000)

    output = module(waveform, SAMPLES)

    for row, samples in enumerate(SAMPLES.tolist()):
        features, _ = module.listener.front_end(waveform[row : row + 1, :samples], SAMPLES[row : row + 1])
        frames = features[0, :, : int(output.n_frames[row])].double()
        assert int(output.n_frames[row]) == 1 + max(0, samples - 480) // 240
        mean, variance = frames.mean(dim=1), frames.var(dim=1, correction=0)
        torch.testing.assert_close(output.utterance_mean[row].double(), mean, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(output.utterance_variance[row].double(), variance, atol=1e-5, rtol=1e-5)


def test_a_speakers_own_normalisation_changes_the_answer_and_not_the_statistics(
    small_config: NetworkConfig,
) -> None:
    module, waveform = build(small_config), 0.1 * torch.randn(3, 3_000)
    mean, scale = torch.full((1, 12), -3.0), torch.full((1, 12), 0.5)

    plain, own = module(waveform, SAMPLES), module(waveform, SAMPLES, mean, scale)

    assert not torch.allclose(own.logits, plain.logits, atol=1e-2)
    assert torch.equal(own.utterance_mean, plain.utterance_mean)
    assert torch.equal(module(waveform, SAMPLES).logits, plain.logits)


@pytest.mark.parametrize("summary_size", [0, 5])
@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_what_lies_beyond_the_true_ends_never_matters(
    small_config: NetworkConfig, front_end: str, summary_size: int
) -> None:
    module, waveform = build(small_config, front_end, summary_size), 0.1 * torch.randn(3, 4_000)

    logits = module(waveform, SAMPLES).logits

    for row, samples in enumerate(SAMPLES.tolist()):
        alone = module(waveform[row : row + 1, :samples], SAMPLES[row : row + 1]).logits
        torch.testing.assert_close(logits[row : row + 1], alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_it_gives_the_standardised_summary_of_each_utterance(
    small_config: NetworkConfig, front_end: str
) -> None:
    module, waveform = build(small_config, front_end, summary_size=5), 0.1 * torch.randn(3, 4_000)

    found = module(waveform, SAMPLES).summary

    expected = UtteranceSummary(FRONT_ENDS[front_end])(*module.listener.front_end(waveform, SAMPLES))
    torch.testing.assert_close(found, (expected + 1) / 3)


def test_hearing_is_front_end_and_summary_without_normalisation(small_config: NetworkConfig) -> None:
    module, waveform = build(small_config, "narrow band", summary_size=5), 0.1 * torch.randn(3, 4_000)

    features, lengths, summary = module.listener(waveform, SAMPLES)

    expected = module.listener.front_end(waveform, SAMPLES)
    assert torch.equal(features, expected[0])
    assert torch.equal(lengths, expected[1])
    assert torch.equal((summary + 1) / 3, module(waveform, SAMPLES).summary)


def test_a_network_that_is_not_shown_it_gives_no_summary(small_config: NetworkConfig) -> None:
    assert build(small_config)(0.1 * torch.randn(3, 3_000), SAMPLES).summary.shape == (3, 0)


def test_a_summary_is_shown_normalised(small_config: NetworkConfig) -> None:
    module, waveform = build(small_config, summary_size=5), 0.1 * torch.randn(3, 3_000)

    output = module(waveform, SAMPLES)

    features, lengths = module.listener.front_end(waveform, SAMPLES)
    shown = output.summary.clamp(-5, 5)
    expected = module.network(module.normaliser(features, lengths), lengths, shown)
    torch.testing.assert_close(output.logits, expected.logits)


@pytest.mark.parametrize("n_speakers", [1, 3])
def test_a_speakers_own_summaries_take_the_place_of_the_stored_ones(
    small_config: NetworkConfig, n_speakers: int
) -> None:
    module, waveform = build(small_config, summary_size=5), 0.1 * torch.randn(3, 3_000)
    plain = module(waveform, SAMPLES)
    mean = torch.randn(n_speakers, plain.summary.shape[1])
    scale = 0.5 + torch.rand(n_speakers, plain.summary.shape[1])

    found = module(waveform, SAMPLES, summary_mean=mean, summary_scale=scale)

    assert torch.equal(found.summary, plain.summary)
    assert not torch.allclose(found.logits, plain.logits, atol=1e-3)
    stored = module.summary_normaliser
    stored.mean, stored.scale = stored.mean + mean * stored.scale, stored.scale * scale
    torch.testing.assert_close(found.logits, module(waveform, SAMPLES).logits)


@pytest.mark.parametrize(
    ("summary_size", "expected"),
    [(0, {"normaliser", "network"}), (5, {"normaliser", "summary_normaliser", "network"})],
)
def test_its_state_is_normalisation_and_network(
    small_config: NetworkConfig, summary_size: int, expected: set[str]
) -> None:
    module = build(small_config, "narrow band", summary_size)

    assert {name.partition(".")[0] for name in module.state_dict()} == expected


def test_parameters_are_counted_by_their_elements(small_config: NetworkConfig) -> None:
    module = build(small_config)

    trained = sum(parameter.nelement() for parameter in module.network.parameters())
    assert module.n_parameters == trained > 0
