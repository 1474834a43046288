"""A second opinion beside the seed's network: a small perceptron on the summary of the whole utterance."""

import torch
from torch import Tensor, nn

from prosodyn.config import NetworkConfig


class SummaryBranch(nn.Module):
    """One hidden layer from the summary to logits."""

    def __init__(self, config: NetworkConfig, summary_size: int, n_emotions: int) -> None:
        super().__init__()
        self.dropout = nn.Dropout(config.summary_dropout)
        self.hidden = nn.Linear(summary_size, config.summary_size)
        self.head = nn.Linear(config.summary_size, n_emotions)

    def forward(self, summary: Tensor) -> Tensor:
        """Compute logits, `(batch, emotion)`, from normalised summaries, `(batch, summary)`."""
        hidden = torch.relu(self.hidden(self.dropout(summary)))
        logits: Tensor = self.head(self.dropout(hidden))
        return logits
