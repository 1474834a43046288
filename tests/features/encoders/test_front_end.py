"""States of encoders on common frames."""

from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.config import Encoder
from prosodyn.encoders import encoder_names, find_encoder
from prosodyn.features.encoders import EncoderFrontEnd, Grid, OnnxLayers, Span, States
from prosodyn.features.encoders.front_end import HOP, Place, lay_on_frames


@pytest.mark.parametrize("samples", [1, 1_279, 1_280, 1_281, 6_000])
def test_a_clip_has_the_same_features_alone_and_in_a_batch(two: list[Encoder], samples: int) -> None:
    front_end, batch = EncoderFrontEnd(two), 0.1 * torch.randn(3, 9_000)
    lengths = torch.tensor([9_000, samples, 2_000])

    together, n_frames = front_end(batch, lengths)

    alone, own = front_end(batch[1:2, :samples], lengths[1:2])
    assert int(own) == int(n_frames[1]) == -(-samples // HOP)
    torch.testing.assert_close(together[1:2, :, : int(own)], alone, atol=1e-5, rtol=1e-4)
    assert not together[1, :, int(own) :].any()


def test_blocks_lie_one_below_the_other(two: list[Encoder]) -> None:
    front_end = EncoderFrontEnd(two)

    features, _ = front_end(torch.zeros(1, 3_000), torch.tensor([3_000]))

    assert len(front_end.block_sizes) == 4
    assert features.shape[1] == front_end.n_features == sum(front_end.block_sizes)


def test_the_files_may_be_given(two: list[Encoder], tmp_path: Path) -> None:
    files = {each.name: (tmp_path / each.file).read_bytes() for each in two}
    batch = 0.1 * torch.randn(1, 5_000), torch.tensor([5_000])
    expected, _ = EncoderFrontEnd(two)(*batch)
    for each in two:
        (tmp_path / each.file).unlink()

    found, _ = EncoderFrontEnd(two, files)(*batch)

    assert torch.equal(found, expected)


def test_grids_are_those_of_an_impulse(graph: bytes) -> None:
    """A frame of the input moves the states whose middles are nearest most widely: they lie about it."""
    layers = OnnxLayers(graph, ("hidden_1", "hidden_2"))
    quiet = torch.zeros(1, 1, 80, 8)
    loud = quiet.clone()
    loud[:, :, 40] = 1.0

    before, after = (layers(each, torch.tensor([80])) for each in (quiet, loud))

    for grid, one, other in zip(layers.grids(), before, after, strict=True):
        moved = (one.values != other.values).any(dim=3).any(dim=1)[0].nonzero()[:, 0]
        middle = grid.first + grid.stride * moved.double().mean()
        assert abs(float(middle) - 40) <= grid.stride


def test_a_grid_follows_kernel_stride_and_padding() -> None:
    grid = Grid().behind(Span(kernel=3, stride=2)).behind(Span(kernel=3, before=1, after=1))

    assert grid == Grid(first=1.0, stride=2)
    assert grid.behind(Span(kernel=2, stride=2)) == Grid(first=2.0, stride=4)


@pytest.mark.parametrize("stride", [HOP // 4, HOP // 2, HOP, 2 * HOP])
def test_frames_take_the_nearest_states_by_a_loop(stride: int) -> None:
    values, lengths = torch.randn(2, 3, 9, 1), [9, 4]
    place = Place(first=700.0, stride=stride)

    found = lay_on_frames(States(values, torch.tensor(lengths)), place, n_frames=7)

    n_each = max(HOP // stride, 1)
    for row, length in enumerate(lengths):
        middles = place.first + stride * np.arange(length)
        for frame in range(7):
            wanted = HOP * (frame + 0.5) + stride * (np.arange(n_each) - (n_each - 1) / 2)
            nearest = [int(np.abs(middles - middle).argmin()) for middle in wanted]
            expected = values[row, :, nearest, 0].mean(dim=1)
            torch.testing.assert_close(found[row, :, frame], expected, atol=1e-5, rtol=1e-5)


def test_other_encoders_are_told_apart(two: list[Encoder]) -> None:
    assert EncoderFrontEnd(two).identity == EncoderFrontEnd(two).identity
    assert EncoderFrontEnd(two).identity != EncoderFrontEnd(two[:1]).identity


def test_the_real_ones_have_less_than_a_million_weights(
    encoder_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROSODYN_ENCODERS", str(encoder_root))

    front_end = EncoderFrontEnd([find_encoder(name) for name in encoder_names()])

    assert front_end.block_sizes == (72, 72, 384, 256, 512)
    assert front_end.n_parameters < 1_000_000
