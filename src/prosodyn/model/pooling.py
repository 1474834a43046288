"""From frames to an utterance: every pooling is a weighting of the true frames."""

import torch
from torch import Tensor, nn

from prosodyn.features.functional import length_mask

SMALLEST_VARIANCE = 1e-5
"""Added before the root, whose slope is infinite at zero."""


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
    if name in ("attentive", "attentive_statistics"):
        return AttentivePooling(n_channels)
    return LastPooling() if name == "last" else MeanPooling()


def pool_mean(x: Tensor, frame_attention: Tensor) -> Tensor:
    """Average the frames by their weights.

    Args:
        x: `(batch, frame, channel)`
        frame_attention: `(batch, frame)`, sums to one, zero on padding

    Returns:
        `(batch, channel)`
    """
    return torch.bmm(frame_attention[:, None, :], x)[:, 0]


def pool_statistics(x: Tensor, frame_attention: Tensor) -> Tensor:
    """Give the weighted mean and the weighted standard deviation (Okabe et al. 2018, eq. 5 and 6).

    Args:
        x: `(batch, frame, channel)`
        frame_attention: `(batch, frame)`, sums to one, zero on padding

    Returns:
        `(batch, 2 * channel)`: means, then deviations
    """
    mean = pool_mean(x, frame_attention)
    # around the mean, not E[x^2] - mean^2: the difference of two large numbers would not survive float32
    variance = pool_mean((x - mean[:, None, :]).square(), frame_attention)
    return torch.cat([mean, torch.sqrt(variance + SMALLEST_VARIANCE)], dim=1)
