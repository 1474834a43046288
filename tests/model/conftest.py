"""Small networks, and padded batches of small spectrograms."""

from collections.abc import Callable, Sequence

import pytest
import torch
from torch import Tensor

from prosodyn.config import NetworkConfig

SMALL = NetworkConfig(
    views=("plain", "centred"),
    channels=(4, 6, 6),
    band_strides=(2, 2, 1),
    frame_strides=(2, 1, 2),
    n_kernels=3,
    hidden_size=8,
    dropout=0.0,
)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    """Start every test of this folder from the same weights and inputs."""
    torch.manual_seed(3)


@pytest.fixture
def small_config() -> NetworkConfig:
    return SMALL


PadFrames = Callable[..., tuple[Tensor, Tensor]]


@pytest.fixture
def pad_frames() -> PadFrames:
    """Return a function that puts arrays `(..., frame)` side by side, zero behind their ends."""

    def pad(arrays: Sequence[Tensor], extra: int = 0) -> tuple[Tensor, Tensor]:
        lengths = torch.tensor([array.shape[-1] for array in arrays])
        batch = torch.zeros(len(arrays), *arrays[0].shape[:-1], int(lengths.max()) + extra)
        for row, array in zip(batch, arrays, strict=True):
            row[..., : array.shape[-1]] = array
        return batch, lengths

    return pad
