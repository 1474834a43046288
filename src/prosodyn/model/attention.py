"""The attention over kernels: π of eq. 1 of the seed paper."""

from typing import Literal

import torch
from torch import Tensor, nn

Routing = Literal["softmax", "sigmoid", "frequency"]


class KernelAttention(nn.Module):
    """Average pooling, two fully connected layers, softmax at a temperature (section 2.3).

    A high temperature keeps the kernels near-uniform while they are still young
    (Chen et al. 2020, section 3.2); it is annealed by the training loop and
    travels with the weights. `sigmoid` is the routing of CondConv (Yang et al.
    2019): every kernel is weighed by itself and the weights need not sum to one.
    """

    temperature: Tensor

    def __init__(
        self, n_channels: int, n_kernels: int, reduction: float, routing: Literal["softmax", "sigmoid"]
    ) -> None:
        super().__init__()
        n_hidden = max(4, round(n_channels * reduction))
        self.squeeze = nn.Linear(n_channels, n_hidden)
        self.score = nn.Linear(n_hidden, n_kernels)
        self.routing = routing
        self.register_buffer("temperature", torch.ones(()))

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Weigh the kernels for each utterance.

        Args:
            x: `(batch, channel, band, frame)`, zero on padding
            lengths: `(batch,)`, true number of frames, at least one

        Returns:
            `(batch, kernel)`
        """
        # padding is zero, so that the sum over all frames is the sum over the true ones
        return self.weigh(x.flatten(2).sum(dim=2) / (x.shape[2] * lengths[:, None]))

    def weigh(self, average: Tensor) -> Tensor:
        """Weigh the kernels, `(batch, kernel)`, by what is heard on average, `(batch, channel)`."""
        scores = self.score(torch.relu(self.squeeze(average)))
        if self.routing == "sigmoid":
            return torch.sigmoid(scores)
        return torch.softmax(scores / self.temperature, dim=1)


class FrequencyAttention(nn.Module):
    """The same for each band by itself: another pitch is another place on the axis, and not another time.

    Average pooling over frames alone, two convolutions over the bands, softmax (frequency dynamic
    convolution, Nam, Kim, Ko and Park, Interspeech 2022, section 2.2).
    """

    temperature: Tensor

    def __init__(self, n_channels: int, n_kernels: int, reduction: float) -> None:
        super().__init__()
        n_hidden = max(4, round(n_channels * reduction))
        self.squeeze = nn.Conv1d(n_channels, n_hidden, 3, padding=1)
        self.score = nn.Conv1d(n_hidden, n_kernels, 1)
        self.register_buffer("temperature", torch.ones(()))

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        """Weigh the kernels for each band of each utterance.

        Args:
            x: `(batch, channel, band, frame)`, zero on padding
            lengths: `(batch,)`, true number of frames, at least one

        Returns:
            `(batch, kernel, band)`
        """
        average = x.sum(dim=3) / lengths[:, None, None]
        scores = self.score(torch.relu(self.squeeze(average)))
        return torch.softmax(scores / self.temperature, dim=1)


def build_attention(
    n_channels: int, n_kernels: int, reduction: float, routing: Routing
) -> KernelAttention | FrequencyAttention:
    """Build the attention that a configuration names."""
    if routing == "frequency":
        return FrequencyAttention(n_channels, n_kernels, reduction)
    return KernelAttention(n_channels, n_kernels, reduction, routing)
