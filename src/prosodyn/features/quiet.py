"""What is quiet before and after a voice, and in its long pauses, left out of what is heard."""

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from prosodyn.audio.quiet import FRAME, LEAST_POWER, frames_of
from prosodyn.features.functional import is_alone


def without_quiet(waveform: Tensor, samples: Tensor, depth: float, margin: float) -> tuple[Tensor, Tensor]:
    """Cut out of each utterance what is quiet, and join what is left.

    A pause that is no longer than two margins stays as it is, a longer one becomes as long as these.
    `audio.quiet.is_loud` says the same of one waveform.

    Args:
        waveform: `(batch, time)` in [-1, 1]; what lies beyond the true ends never matters
        samples: `(batch,)`, true lengths in samples, at least one
        depth: dB below the loudest frame, down to which a frame is loud; 0: nothing is quiet
        margin: seconds before and after a loud frame that are kept with it

    Returns:
        waveform `(batch, time)`, zero on padding, and true lengths `(batch,)`
    """
    if depth == 0:
        return waveform, samples
    if is_alone():
        cut = _of_one(waveform, depth, margin)
        return cut, samples * 0 + cut.shape[1]
    rows = zip(waveform, samples.tolist(), strict=True)
    each = [_of_one(row[None, :length], depth, margin)[0] for row, length in rows]
    lengths = torch.tensor([len(row) for row in each], device=samples.device)
    return pad_sequence(each, batch_first=True), lengths


def _of_one(waveform: Tensor, depth: float, margin: float) -> Tensor:
    """Cut one utterance without padding, `(1, time)`."""
    padded = functional.pad(waveform, (0, FRAME - 1))
    frames = padded[:, : padded.shape[1] // FRAME * FRAME].reshape(-1, FRAME)
    levels = 10 * torch.log10(frames.square().mean(dim=1) + LEAST_POWER)
    loud = (levels >= levels.max() - depth).to(waveform)[None, None]
    reach = frames_of(margin)
    near = functional.max_pool1d(loud, 2 * reach + 1, stride=1, padding=reach)[0, 0]
    kept = near[:, None].expand(-1, FRAME).reshape(-1)[: waveform.shape[1]]
    return waveform[:, torch.nonzero(kept)[:, 0]]
