"""Encoders as the lower part of a network."""

import os
from pathlib import Path

import onnxruntime
import pytest
import torch

from prosodyn.config import Encoder
from prosodyn.encoders import encoder_path, find_encoder
from prosodyn.features.encoders import HOP, EncoderFrontEnd, OnnxLayers, ShownSpectrograms
from prosodyn.features.normalise import OUTLIER
from prosodyn.model.encoder_trunk import EncoderTrunk, TrainedEncoder

WAVEFORMS, SAMPLES = (3, 30_000), torch.tensor([30_000, 12_000, 21_000])


@pytest.fixture
def two(small_encoders: Path) -> list[Encoder]:
    return [find_encoder("speech-embedding"), find_encoder("yamnet")]


def build(encoders: list[Encoder]) -> tuple[ShownSpectrograms, EncoderTrunk]:
    front_end = ShownSpectrograms(encoders)
    return front_end, EncoderTrunk(front_end.encoders, [4, 1][: len(encoders)], 0.25)


def normalised(front_end: ShownSpectrograms, trunk: EncoderTrunk) -> tuple[torch.Tensor, torch.Tensor]:
    """Show the trunk a batch, and tell it what the batch was normalised by."""
    torch.nn.init.normal_(trunk.mean)
    torch.nn.init.uniform_(trunk.scale, 0.5, 2.0)
    features, lengths = front_end(0.1 * torch.randn(WAVEFORMS), SAMPLES)
    return (features - trunk.mean[:, :, None]) / trunk.scale[:, :, None], lengths


def test_its_states_begin_as_those_of_the_files(two: list[Encoder]) -> None:
    front_end, trunk = build(two)
    features, lengths = normalised(front_end, trunk)

    states, _ = trunk.states(features, lengths)

    shown = (features * trunk.scale[:, :, None] + trunk.mean[:, :, None]).transpose(1, 2)[:, None]
    of_files = [
        each
        for encoder, bands in zip(front_end.encoders, shown.split([32, 64], dim=3), strict=True)
        for each in encoder.layers(bands, lengths)
    ]
    for found, expected in zip(states, of_files, strict=True):
        assert torch.equal(found.lengths, expected.lengths)
        for row, length in enumerate(expected.lengths.tolist()):
            torch.testing.assert_close(
                found.values[row, :, :length], expected.values[row, :, :length], atol=1e-4, rtol=0
            )


@pytest.mark.skipif("PROSODYN_ENCODERS" not in os.environ, reason="needs the encoders: PROSODYN_ENCODERS")
@pytest.mark.parametrize(
    ("name", "n_kernels"), [("speech-embedding", 4), ("speech-embedding", 1), ("yamnet", 2)]
)
def test_the_real_encoders_answer_as_onnxruntime_does_before_the_first_step(
    name: str, n_kernels: int
) -> None:
    encoder = find_encoder(name)
    layers = OnnxLayers(encoder_path(encoder).read_bytes(), encoder.blocks)
    session = onnxruntime.InferenceSession(encoder_path(encoder), providers=["CPUExecutionProvider"])
    features = 2.0 + torch.randn(1, 1, 150, encoder.spectrogram.n_mels)

    states, _ = TrainedEncoder(layers, n_kernels, 0.25)(features, torch.tensor([150]))

    for found, expected in zip(
        states, session.run(list(encoder.blocks), {"features": features.numpy()}), strict=True
    ):
        torch.testing.assert_close(found.values, torch.from_numpy(expected), atol=1e-4, rtol=1e-4)


def test_frames_are_those_of_the_frozen_states(two: list[Encoder]) -> None:
    front_end, trunk = build(two[:1])
    waveform = 0.1 * torch.randn(WAVEFORMS)
    features, lengths = front_end(waveform, SAMPLES)

    found = trunk.eval()(features, lengths)

    expected, n_frames = EncoderFrontEnd(two[:1])(waveform, SAMPLES)
    assert set((n_frames - found.lengths).tolist()) <= {0, 1}  # a frame that is begun by a spectrogram's last
    for row, length in enumerate(found.lengths.tolist()):
        as_they_were = expected[row, :, : length - 1].clamp(-OUTLIER, OUTLIER)
        torch.testing.assert_close(found.features[row, :, : length - 1], as_they_were, atol=1e-4, rtol=1e-4)


def test_an_utterance_has_the_same_states_alone_and_in_a_batch(two: list[Encoder]) -> None:
    front_end, trunk = build(two)
    waveform = 0.1 * torch.randn(WAVEFORMS)

    together = trunk.eval()(*front_end(waveform, SAMPLES))

    alone = trunk(*front_end(waveform[1:2, : int(SAMPLES[1])], SAMPLES[1:2]))
    n_frames = int(alone.lengths)
    assert n_frames == int(together.lengths[1]) <= -(-12_000 // HOP)
    torch.testing.assert_close(together.features[1:2, :, :n_frames], alone.features, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(together.pooled[1:2], alone.pooled, atol=1e-4, rtol=1e-4)


def test_a_whole_utterance_is_told_by_mean_and_deviation_of_each_state(two: list[Encoder]) -> None:
    front_end, trunk = build(two)
    features, lengths = front_end(0.1 * torch.randn(WAVEFORMS), SAMPLES)
    for norm in (trunk.norm, trunk.pooled_norm):
        norm.variance.fill_(1e6)  # so that nothing is an outlier

    found = trunk.eval()(features, lengths)

    n_states = sum(trunk.block_sizes)
    true = found.features[1, :, : int(found.lengths[1])]
    torch.testing.assert_close(found.pooled[1, :n_states], true.mean(dim=1), atol=1e-6, rtol=1e-3)
    deviation = true.std(dim=1, correction=0)
    torch.testing.assert_close(found.pooled[1, n_states:], deviation, atol=1e-5, rtol=1e-2)


def test_what_training_cut_too_short_is_followed_by_the_mean(two: list[Encoder]) -> None:
    front_end, trunk = build(two)
    features, _ = normalised(front_end, trunk)
    short = torch.tensor([2, 3, 1])

    found = trunk.train()(features[:, :, :3], short)

    assert torch.isfinite(found.features).all()
    assert found.lengths.tolist() == [1, 1, 1]


def test_what_encoders_make_of_other_spectrograms_is_normalised_afresh(two: list[Encoder]) -> None:
    front_end, trunk = build(two)
    trunk(*normalised(front_end, trunk))
    assert int(trunk.norm.n_batches) == int(trunk.pooled_norm.n_batches) == 1

    trunk.show(torch.ones_like(trunk.mean), torch.ones_like(trunk.scale))

    assert int(trunk.norm.n_batches) == int(trunk.pooled_norm.n_batches) == 0


def test_what_every_convolution_chose_is_told(two: list[Encoder]) -> None:
    front_end, trunk = build(two)

    chosen = trunk(*normalised(front_end, trunk)).kernel_attention

    assert [each.shape[1] for each in chosen] == [4, 4, 4, 1, 1]


def test_convolutions_are_counted_from_the_top_of_each_encoder(two: list[Encoder]) -> None:
    _, trunk = build(two)

    found = [(depth, each.weight.shape[0]) for depth, each in trunk.convolutions_by_depth()]

    assert found == [(0, 4), (1, 4), (2, 4), (0, 1), (1, 1)]
