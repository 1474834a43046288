"""Noise of given lengths, and batches padded with anything."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

Noise = Callable[..., Tensor]


@pytest.fixture
def noise(rng: np.random.Generator) -> Noise:
    """Return a function that draws noise of a shape, like speech in level."""
    return lambda *shape: torch.from_numpy(0.1 * rng.standard_normal(shape)).float()


PadWaveforms = Callable[..., tuple[Tensor, Tensor]]


@pytest.fixture
def pad_waveforms() -> PadWaveforms:
    """Return a function that puts waveforms side by side, with an amount of something behind their ends."""

    def pad(waveforms: Sequence[Tensor], extra: int = 0, filling: float = 0.0) -> tuple[Tensor, Tensor]:
        longer = [torch.cat([waveform, torch.full((extra,), filling)]) for waveform in waveforms]
        samples = torch.tensor([len(waveform) for waveform in waveforms])
        return pad_sequence(longer, batch_first=True, padding_value=filling), samples

    return pad
