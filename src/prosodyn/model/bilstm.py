"""LSTM and Bi-LSTM (seed paper, eq. 2-6) that know where each utterance ends."""

import torch
from torch import Tensor, nn

from prosodyn.features.functional import is_alone


class Lstm(nn.Module):
    """A one-way LSTM over frames, from the first to the last."""

    def __init__(self, n_inputs: int, hidden_size: int) -> None:
        super().__init__()
        self.forward_lstm = nn.LSTM(n_inputs, hidden_size, batch_first=True)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Read each utterance; what comes after its end cannot reach its true frames.

        Args:
            x: `(batch, frame, channel)`
            lengths: `(batch,)`, unused: padding lies behind every true frame

        Returns:
            `(batch, frame, hidden_size)`, not zero on padding
        """
        del lengths
        y: Tensor = self.forward_lstm(x)[0]
        return y


class BiLstm(nn.Module):
    """Two one-way LSTMs, the second of which starts at each utterance's true end.

    Packed sequences would do the same, but leave the fast path of the CPU.
    """

    def __init__(self, n_inputs: int, hidden_size: int) -> None:
        super().__init__()
        self.forward_lstm = nn.LSTM(n_inputs, hidden_size // 2, batch_first=True)
        self.backward_lstm = nn.LSTM(n_inputs, hidden_size // 2, batch_first=True)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Read each utterance in both directions.

        Args:
            x: `(batch, frame, channel)`
            lengths: `(batch,)`, true number of frames, at least one

        Returns:
            `(batch, frame, hidden_size)`: the forward half, then the backward half; not zero on padding
        """
        ahead = self.forward_lstm(x)[0]
        behind = reverse_frames(self.backward_lstm(reverse_frames(x, lengths))[0], lengths)
        return torch.cat([ahead, behind], dim=2)


def reverse_frames(x: Tensor, lengths: Tensor) -> Tensor:
    """Turn the true frames of each utterance around; padding stays where it is.

    Args:
        x: `(batch, frame, channel)`
        lengths: `(batch,)`, true number of frames

    Returns:
        `(batch, frame, channel)`
    """
    if is_alone():
        return x.flip(1)
    frame = torch.arange(x.shape[1], device=x.device)[None, :]
    mirrored = lengths[:, None] - 1 - frame
    index = torch.where(mirrored >= 0, mirrored, frame)
    return x.gather(1, index[:, :, None].expand(-1, -1, x.shape[2]))
