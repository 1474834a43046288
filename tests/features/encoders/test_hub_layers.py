"""Hidden states of speech models of every family that is known, from tiny ones of random weights."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from prosodyn.config import HubEncoder
from prosodyn.errors import BundleError, ConfigError
from prosodyn.features.encoders import EncoderFrontEnd, States
from prosodyn.features.encoders.front_end import HOP
from prosodyn.features.encoders.hub_layers import HubLayers

SaveModel = Callable[..., Path]

WITH_LAYER_NORM = {"feat_extract_norm": "layer", "do_stable_layer_norm": True, "conv_bias": True}
"""As the large models are; the base ones norm over all frames of a clip."""

KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "wav2vec2": ("wav2vec2", {}),
    "wav2vec2-large": ("wav2vec2", WITH_LAYER_NORM),
    "hubert": ("hubert", {}),
    "hubert-large": ("hubert", WITH_LAYER_NORM),
    "hubert-batch-norm": ("hubert", {"feat_extract_norm": "layer", "conv_pos_batch_norm": True}),
    "wavlm": ("wavlm", {}),
    "wavlm-large": ("wavlm", WITH_LAYER_NORM),
    "whisper": ("whisper", {}),
}


def describe(folder: Path, *blocks: int) -> HubEncoder:
    return HubEncoder("small", "transformers", folder.name, "CC0-1.0", blocks, folder=str(folder.parent))


@pytest.fixture(params=KINDS)
def folder(request: pytest.FixtureRequest, save_model: SaveModel) -> Path:
    family, changes = KINDS[request.param]
    return save_model(family, **changes)


@pytest.fixture(autouse=True)
def _seed() -> Iterator[None]:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(11)
        yield


def true_states(states: States, row: int) -> Tensor:
    """Return the states of one clip, `(channel, frame)`."""
    return states.values[row, :, : int(states.lengths[row]), 0]


@pytest.mark.parametrize("samples", [1, 399, 400, 719, 720, 6_000])
def test_a_clip_has_the_same_states_alone_and_in_a_batch(folder: Path, samples: int) -> None:
    layers, batch = HubLayers(describe(folder, 0, 2, 3)), 0.1 * torch.randn(3, 9_000)
    lengths = torch.tensor([9_000, samples, 2_000])

    together, alone = layers(batch, lengths), layers(batch[1:2, :samples], lengths[1:2])

    for one, other in zip(together, alone, strict=True):
        torch.testing.assert_close(true_states(one, 1), true_states(other, 0), atol=2e-5, rtol=1e-4)


@pytest.mark.parametrize("filling", [0.0, 5.0, float("nan")])
def test_what_lies_behind_the_ends_never_matters(folder: Path, filling: float) -> None:
    layers, clip = HubLayers(describe(folder, 1, 3)), 0.1 * torch.randn(1, 5_000)
    longer = torch.cat([clip, torch.full((1, 4_000), filling)], dim=1)

    found, expected = (layers(each, torch.tensor([5_000])) for each in (longer, clip))

    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(true_states(one, 0), true_states(other, 0), atol=2e-5, rtol=1e-4)


def test_features_are_zero_on_padding_and_the_waveform_stays_as_it_is(folder: Path) -> None:
    front_end, batch = EncoderFrontEnd([describe(folder, 1)]), 0.1 * torch.randn(2, 9_000)
    before = batch.clone()

    features, lengths = front_end(batch, torch.tensor([9_000, 3_000]))

    assert lengths.tolist() == [-(-9_000 // HOP), -(-3_000 // HOP)]
    assert not features[1, :, int(lengths[1]) :].any()
    assert torch.equal(batch, before)


def states_by_the_library(folder: Path, clip: Tensor) -> list[Tensor]:
    """Return what goes into each layer, and what the model returns, `(frame, channel)` each."""
    transformers = pytest.importorskip("transformers")
    shown = transformers.AutoFeatureExtractor.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    inputs = shown(clip.numpy(), sampling_rate=16_000, return_tensors="pt")
    values = inputs.get("input_values", inputs.get("input_features"))
    encoder = model.get_encoder() if model.config.model_type == "whisper" else model
    with torch.no_grad():
        output = encoder(values, output_hidden_states=True)
    return [*(each[0] for each in output.hidden_states[:3]), output.last_hidden_state[0]]


def test_the_states_are_those_of_the_library(folder: Path) -> None:
    clip = 0.1 * torch.randn(9_600)

    found = HubLayers(describe(folder, 0, 1, 2, 3))(clip[None], torch.tensor([9_600]))

    for states, expected in zip(found, states_by_the_library(folder, clip), strict=True):
        n_frames = int(states.lengths)
        torch.testing.assert_close(true_states(states, 0).T, expected[:n_frames], atol=1e-5, rtol=1e-4)


def test_layers_above_the_highest_block_change_nothing_and_are_not_there(folder: Path) -> None:
    whole, lower = HubLayers(describe(folder, 1, 3)), HubLayers(describe(folder, 1))
    clip = 0.1 * torch.randn(1, 5_000), torch.tensor([5_000])

    torch.testing.assert_close(lower(*clip)[0].values, whole(*clip)[0].values)
    assert lower.n_parameters < whole.n_parameters


def test_states_lie_where_their_kernels_do(save_model: SaveModel) -> None:
    """Each state of wav2vec 2.0 is of 400 samples, of Whisper's about the middle of two frames."""
    of_waveform = HubLayers(describe(save_model("wav2vec2", "a"), 1, 2)).grids
    of_whisper = HubLayers(describe(save_model("whisper", "b"), 1, 2)).grids

    assert [(grid.first, grid.stride) for grid in of_waveform] == [(399 / 2, 320)] * 2
    assert [(grid.first, grid.stride) for grid in of_whisper] == [(0, 320)] * 2


def test_whisper_hears_a_long_clip_in_pieces_of_equal_lengths(save_model: SaveModel) -> None:
    layers, clip = HubLayers(describe(save_model("whisper"), 2)), 0.1 * torch.randn(1, 24_000)

    (states,) = layers(clip, torch.tensor([24_000]))

    length = 38 * 320  # half of 75 states, and none divided
    pieces = [clip[:, :length], clip[:, length:]]
    alone = [layers(piece, torch.tensor([piece.shape[1]]))[0].values for piece in pieces]
    torch.testing.assert_close(states.values, torch.cat(alone, dim=2))
    assert states.lengths.tolist() == [75]


def test_what_whisper_makes_of_the_silence_behind_a_clip_is_left_out(save_model: SaveModel) -> None:
    layers = HubLayers(describe(save_model("whisper"), 1))

    (states,) = layers(0.1 * torch.randn(1, 3_201), torch.tensor([3_201]))

    assert states.values.shape == (1, 16, 11, 1)


@pytest.mark.parametrize("block", [4, 12])
def test_blocks_that_a_model_does_not_have_are_refused(folder: Path, block: int) -> None:
    with pytest.raises(ConfigError, match=f"blocks: expected numbers from 0 to 3, .* found {block}"):
        HubLayers(describe(folder, 1, block))


def test_a_model_is_neither_stored_nor_trained(folder: Path) -> None:
    front_end, clip = (
        EncoderFrontEnd([describe(folder, 1, 3)]),
        (torch.randn(1, 3_000), torch.tensor([3_000])),
    )
    expected, _ = front_end(*clip)

    front_end.train()

    assert torch.equal(front_end(*clip)[0], expected)
    assert not front_end.state_dict()
    assert not list(front_end.parameters())


def test_weights_are_counted_by_hand(save_model: SaveModel) -> None:
    layers = HubLayers(describe(save_model("whisper"), 1))

    convolutions = (8 * 16 * 3 + 16) + (16 * 16 * 3 + 16)
    attention = 4 * 16 * 16 + 3 * 16  # the keys have no bias
    one_layer = attention + (16 * 20 + 20) + (20 * 16 + 16) + 4 * 16
    assert layers.n_parameters == convolutions + 50 * 16 + one_layer + 2 * 16


def test_frames_of_another_length_than_whispers_positions_are_refused(save_model: SaveModel) -> None:
    folder = save_model("whisper", max_source_positions=60)

    with pytest.raises(BundleError, match="is shown 100 frames, expected 120; copy the model again"):
        HubLayers(describe(folder, 1))
