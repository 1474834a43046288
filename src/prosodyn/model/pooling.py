"""From frames to an utterance: every pooling is a weighting of the true frames."""

import torch
from torch import Tensor, nn

from prosodyn.features.functional import length_mask


class AttentivePooling(nn.Module):
    """Weigh the frames by what they hold (Zhou et al. 2016, eq. 9-12)."""

    def __init__(self, n_channels: int) -> None:
        super().__init__()
        self.project = nn.Linear(n_channels, n_channels)
        self.score = nn.Linear(n_channels, 1, bias=False)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Return the frame attention, `(batch, frame)`, of frames `(batch, frame, channel)`."""
        scores = self.score(torch.tanh(self.project(x)))[:, :, 0]
        scores = scores.masked_fill(~length_mask(lengths, x.shape[1]), float("-inf"))
        return torch.softmax(scores, dim=1)


class MeanPooling(nn.Module):
    """Weigh all true frames alike."""

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Return the frame attention, `(batch, frame)`, of frames `(batch, frame, channel)`."""
        return length_mask(lengths, x.shape[1]).to(x.dtype) / lengths[:, None]


class LastPooling(nn.Module):
    """Keep the last true frame alone, where a one-way LSTM has heard everything."""

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Return the frame attention, `(batch, frame)`, of frames `(batch, frame, channel)`."""
        frame = torch.arange(x.shape[1], device=x.device)[None, :]
        return (frame == lengths[:, None] - 1).to(x.dtype)


def build_pooling(name: str, n_channels: int) -> AttentivePooling | MeanPooling | LastPooling:
    """Build the pooling that a configuration names."""
    if name == "attentive":
        return AttentivePooling(n_channels)
    return MeanPooling() if name == "mean" else LastPooling()


def pool_frames(x: Tensor, frame_attention: Tensor) -> Tensor:
    """Sum the weighted frames.

    Args:
        x: `(batch, frame, channel)`
        frame_attention: `(batch, frame)`, zero on padding

    Returns:
        `(batch, channel)`
    """
    return torch.bmm(frame_attention[:, None, :], x)[:, 0]
