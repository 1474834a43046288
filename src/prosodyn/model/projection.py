"""From features that have no neighbours, such as states of encoders, to channels of a single band."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from prosodyn.features.functional import length_mask
from prosodyn.model.activation import NormalisedElu


class BlockProjection(nn.Module):
    """Weigh the blocks that features come from, and mix them frame by frame.

    The weights of the blocks are learnt, positive, and one on average (as ELMo weighs the layers of its
    encoder, Peters et al. 2018, eq. 1).

    Attributes:
        block: `(feature,)`, number of the block that each comes from
    """

    block: Tensor

    def __init__(self, block_sizes: Sequence[int], n_channels: int, dropout: float) -> None:
        super().__init__()
        self.n_blocks = len(block_sizes)
        self.block_scores = nn.Parameter(torch.zeros(self.n_blocks))
        block = torch.arange(self.n_blocks).repeat_interleave(torch.tensor(block_sizes))
        self.register_buffer("block", block, persistent=False)
        self.dropout = nn.Dropout1d(dropout)
        self.mix = nn.Linear(sum(block_sizes), n_channels)
        self.norm = NormalisedElu(n_channels)

    def forward(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Project a padded batch.

        Args:
            features: `(batch, feature, frame)`, zero on padding
            lengths: `(batch,)`, true number of frames, at least one

        Returns:
            `(batch, channel, 1, frame)`, zero on padding
        """
        kept = self.dropout(features)  # whole features, over all frames of an utterance
        channels = self.mix((kept * self.weights()[:, None]).transpose(1, 2)).transpose(1, 2)
        projected: Tensor = self.norm(channels[:, :, None, :], length_mask(lengths, features.shape[2]))
        return projected

    def weights(self) -> Tensor:
        """Return the weight of each feature's block, `(feature,)`."""
        return torch.softmax(self.block_scores, dim=0)[self.block] * self.n_blocks
