"""The whole recogniser as one module: front end, normalisation, network."""

from typing import cast

from torch import Tensor, nn

from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.features import FeatureNormaliser, build_front_end
from prosodyn.model.build import build_network
from prosodyn.model.network import EmotionNetwork, NetworkOutput


class WaveformNetwork(nn.Module):
    """From a padded batch of waveforms to logits; what a bundle stores and a graph exports."""

    def __init__(self, front_end: FrontEndConfig, network: NetworkConfig, n_emotions: int) -> None:
        super().__init__()
        self.front_end = build_front_end(front_end)
        self.normaliser = FeatureNormaliser(self.front_end.n_features)
        self.network: EmotionNetwork = build_network(network, self.front_end.n_features, n_emotions)

    def forward(self, waveform: Tensor, samples: Tensor) -> NetworkOutput:
        """Compute logits and attentions of a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1]; what lies beyond the true ends never matters
            samples: `(batch,)`, true lengths in samples, at least one
        """
        features, lengths = self.front_end(waveform, samples)
        return cast(NetworkOutput, self.network(self.normaliser(features, lengths), lengths))

    @property
    def n_parameters(self) -> int:
        """Count the trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())
