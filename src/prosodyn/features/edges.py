"""What is quiet before and after a voice, left out of what is heard."""

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from prosodyn.audio.edges import FRAME, LEAST_POWER
from prosodyn.features.functional import is_alone


def without_edges(waveform: Tensor, samples: Tensor, depth: float) -> tuple[Tensor, Tensor]:
    """Cut each utterance to what lies between its first and its last frame that is loud enough.

    Pauses between words stay as they are. `audio.edges.find_edges` says the same of one waveform.

    Args:
        waveform: `(batch, time)` in [-1, 1]; what lies beyond the true ends never matters
        samples: `(batch,)`, true lengths in samples, at least one
        depth: dB below the loudest frame from which on a frame at either end is left out; 0 for none

    Returns:
        waveform `(batch, time)`, zero on padding, and true lengths `(batch,)`
    """
    if depth == 0:
        return waveform, samples
    if is_alone():
        cut = _of_one(waveform, depth)
        return cut, samples * 0 + cut.shape[1]
    rows = zip(waveform, samples.tolist(), strict=True)
    each = [_of_one(row[None, :length], depth)[0] for row, length in rows]
    lengths = torch.tensor([len(row) for row in each], device=samples.device)
    return pad_sequence(each, batch_first=True), lengths


def _of_one(waveform: Tensor, depth: float) -> Tensor:
    """Cut one utterance without padding, `(1, time)`."""
    padded = functional.pad(waveform, (0, FRAME - 1))
    frames = padded[:, : padded.shape[1] // FRAME * FRAME].reshape(-1, FRAME)
    levels = 10 * torch.log10(frames.square().mean(dim=1) + LEAST_POWER)
    loud = torch.nonzero(levels >= levels.max() - depth)[:, 0]
    return waveform[:, loud.min() * FRAME : (loud.max() + 1) * FRAME]
