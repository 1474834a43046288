"""The states of encoders: of small ones, and of the real ones beside their files."""

import dataclasses
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from prosodyn.config import Encoder
from prosodyn.encoders import encoder_names, find_encoder, read_encoder
from prosodyn.errors import BundleError
from prosodyn.features.encoders import MOST_VALUES, EncoderStates, States, pool_over_time


def test_the_states_are_those_of_every_block_of_every_encoder(two: list[Encoder]) -> None:
    states = EncoderStates(two)(0.1 * torch.randn(2, 9_000), torch.tensor([9_000, 5_000]))

    assert [each.values.shape[1] for each in states] == [4, 5, 4, 4]


@pytest.mark.parametrize("samples", [1, 399, 6_000])
def test_a_clip_has_the_same_states_alone_and_in_a_batch(two: list[Encoder], samples: int) -> None:
    module, batch = EncoderStates(two), 0.1 * torch.randn(3, 9_000)
    lengths = torch.tensor([9_000, samples, 2_000])

    together = module(batch, lengths)

    for found, alone in zip(together, module(batch[1:2, :samples], lengths[1:2]), strict=True):
        n_frames = int(alone.lengths)
        assert int(found.lengths[1]) == n_frames >= 1
        torch.testing.assert_close(
            found.values[1, :, :n_frames], alone.values[0, :, :n_frames], atol=1e-5, rtol=1e-4
        )


@pytest.mark.parametrize("name", encoder_names())
def test_a_real_encoder_has_the_states_of_its_file(
    encoder_root: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PROSODYN_ENCODERS", str(encoder_root))
    encoder = find_encoder(name)
    module, lengths = EncoderStates([encoder]), torch.tensor([30_000, 17_000])
    waveform = 0.1 * torch.randn(2, 30_000)

    states = module(waveform, lengths)

    session = onnxruntime.InferenceSession(read_encoder(encoder), providers=["CPUExecutionProvider"])
    for row, length in enumerate(lengths.tolist()):
        features, n_frames = module.spectrograms[0](waveform[row : row + 1, :length], torch.tensor([length]))
        shown = features[:, :, : int(n_frames)].numpy()
        for found, expected in zip(
            states, session.run(list(encoder.blocks), {"features": shown}), strict=True
        ):
            true = found.values[row, :, : int(found.lengths[row])]
            np.testing.assert_allclose(true, expected[0], atol=1e-4)


@pytest.mark.parametrize(("n_channels", "n_kept"), [(3, 4), (MOST_VALUES, 1)])
def test_pooling_is_mean_and_deviation_over_true_frames_by_numpy(n_channels: int, n_kept: int) -> None:
    """Of a large block the bands are averaged first."""
    values, lengths = torch.randn(2, n_channels, 10, 4), [7, 10]

    pooled = pool_over_time(States(values, torch.tensor(lengths)))

    for row, length in enumerate(lengths):
        true = values[row, :, :length].double().numpy()
        kept = true if n_kept == 4 else true.mean(axis=2, keepdims=True)
        expected = np.concatenate([kept.mean(axis=1).ravel(), kept.std(axis=1).ravel()])
        np.testing.assert_allclose(pooled[row], expected, atol=1e-5)


def test_a_description_of_another_spectrogram_is_refused(two: list[Encoder]) -> None:
    encoder = two[0]
    other = dataclasses.replace(encoder, spectrogram=dataclasses.replace(encoder.spectrogram, n_mels=12))

    with pytest.raises(BundleError, match=r"valid.onnx: takes 8 bands, and .* n_mels 12"):
        EncoderStates([other])
