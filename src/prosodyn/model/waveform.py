"""The whole recogniser as one module: front end, normalisation, network."""

from typing import NamedTuple

from torch import Tensor, nn

from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.features import FeatureNormaliser, build_front_end
from prosodyn.features.functional import mean_and_variance
from prosodyn.model.build import build_network
from prosodyn.model.network import EmotionNetwork, NetworkOutput


class WaveformOutput(NamedTuple):
    """What a whole recogniser computes for a batch: what its network does, and statistics of the features.

    Attributes:
        logits: `(batch, emotion)`
        embedding: `(batch, hidden_size)`, twice as wide with statistics pooling
        frame_attention: `(batch, frame)` after the convolutions' strides, zero on padding
        kernel_attention: `(batch, layer, kernel)`, see `NetworkOutput`
        utterance_mean: `(batch, feature)`, over the true frames, before normalisation
        utterance_variance: `(batch, feature)`, mean squared distance from `utterance_mean`
        n_frames: `(batch,)`, true frames of the features
    """

    logits: Tensor
    embedding: Tensor
    frame_attention: Tensor
    kernel_attention: Tensor
    utterance_mean: Tensor
    utterance_variance: Tensor
    n_frames: Tensor


class WaveformNetwork(nn.Module):
    """From a padded batch of waveforms to logits; what a bundle stores and a graph exports."""

    def __init__(self, front_end: FrontEndConfig, network: NetworkConfig, n_emotions: int) -> None:
        super().__init__()
        self.front_end = build_front_end(front_end)
        self.normaliser = FeatureNormaliser(self.front_end.n_features)
        self.network: EmotionNetwork = build_network(network, self.front_end.n_features, n_emotions)

    def forward(
        self,
        waveform: Tensor,
        samples: Tensor,
        feature_mean: Tensor | None = None,
        feature_scale: Tensor | None = None,
    ) -> WaveformOutput:
        """Compute logits and attentions of a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1]; what lies beyond the true ends never matters
            samples: `(batch,)`, true lengths in samples, at least one
            feature_mean: a speaker's own, `(1, feature)` or `(batch, feature)`, in place of the stored one
            feature_scale: a speaker's own, likewise
        """
        features, lengths = self.front_end(waveform, samples)
        normalised = self.normaliser(features, lengths, feature_mean, feature_scale)
        answer: NetworkOutput = self.network(normalised, lengths)
        mean, variance = mean_and_variance(features, lengths)
        return WaveformOutput(*answer, mean, variance, lengths)

    @property
    def n_parameters(self) -> int:
        """Count the trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())
