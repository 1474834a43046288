"""More opinions beside the seed's network: small perceptrons on the summary of the whole utterance."""

import torch
from torch import Tensor, nn

from prosodyn.config import NetworkConfig


class SummaryBranch(nn.ModuleList):
    """Several perceptrons that differ by chance alone, each of which learns to answer by itself.

    What one of them takes for emotion in a handful of voices, another may not (Hansen and Salamon, IEEE PAMI
    1990): worth up to two points where few speakers teach, and nothing where many do.
    """

    def __init__(self, config: NetworkConfig, summary_size: int, n_emotions: int) -> None:
        super().__init__(
            SummaryPerceptron(config, summary_size, n_emotions) for _ in range(config.summary_members)
        )

    def forward(self, summary: Tensor) -> Tensor:
        """Compute logits, `(batch, member, emotion)`, from normalised summaries, `(batch, summary)`."""
        return torch.stack([member(summary) for member in self], dim=1)


class SummaryPerceptron(nn.Module):
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
