"""A batch is cut as each of its waveforms alone, and as numpy cuts it."""

import numpy as np
import pytest
import torch

from prosodyn.audio.quiet import is_loud
from prosodyn.features.quiet import without_quiet

LENGTHS = (1, 319, 320, 321, 4800, 9000)
MARGIN = 0.06


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    """Return waveforms that swell and fade, with noise beyond their true ends."""
    generator = torch.Generator().manual_seed(3)
    waveform = torch.randn(len(LENGTHS), max(LENGTHS), generator=generator)
    for row, length in zip(waveform, LENGTHS, strict=True):
        row[:length] *= 0.1 * torch.hann_window(length, periodic=False) ** 4 + 1e-5
    waveform[-1, 4000:7000] *= 1e-4  # a pause
    return waveform, torch.tensor(LENGTHS)


def test_it_cuts_as_numpy_does(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    cut, lengths = without_quiet(*batch, 30.0, MARGIN)
    assert lengths[-1] < LENGTHS[-1]
    for place, length in enumerate(LENGTHS):
        alone = batch[0][place, :length].numpy()
        kept = np.flatnonzero(is_loud(alone, 30.0, MARGIN))
        assert int(lengths[place]) == len(kept)
        assert np.array_equal(cut[place, : len(kept)].numpy(), alone[kept])
        assert not cut[place, len(kept) :].any()


def test_without_a_depth_all_stays_as_it_is(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    cut, lengths = without_quiet(*batch, 0.0, MARGIN)
    assert cut is batch[0]
    assert lengths is batch[1]


def test_the_waveforms_stay_untouched(batch: tuple[torch.Tensor, torch.Tensor]) -> None:
    before = batch[0].clone()
    without_quiet(*batch, 20.0, MARGIN)
    assert torch.equal(batch[0], before)
