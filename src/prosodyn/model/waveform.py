"""The whole recogniser as one module: front end, normalisation, network."""

from typing import NamedTuple

from torch import Tensor, nn

from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.features import FeatureNormaliser, SummaryNormaliser, UtteranceSummary, build_front_end
from prosodyn.features.functional import mean_and_variance
from prosodyn.model.build import build_network
from prosodyn.model.network import EmotionNetwork, InputShape


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
        summary: `(batch, summary)`, standardised; of size zero where the network is not shown it
    """

    logits: Tensor
    embedding: Tensor
    frame_attention: Tensor
    kernel_attention: Tensor
    utterance_mean: Tensor
    utterance_variance: Tensor
    n_frames: Tensor
    summary: Tensor


class WaveformNetwork(nn.Module):
    """From a padded batch of waveforms to logits; what a bundle stores and a graph exports."""

    def __init__(self, front_end: FrontEndConfig, network: NetworkConfig, n_emotions: int) -> None:
        super().__init__()
        self.front_end = build_front_end(front_end)
        self.normaliser = FeatureNormaliser(self.front_end.n_features)
        self.summary = UtteranceSummary(front_end) if network.summary_size else None
        summary_size = 0 if self.summary is None else self.summary.size
        self.summary_normaliser = SummaryNormaliser(summary_size)
        shape = InputShape(self.front_end.n_features, front_end.n_spectrograms, summary_size)
        self.network: EmotionNetwork = build_network(network, shape, n_emotions)

    def forward(  # noqa: PLR0917 - a graph's inputs are no more than tensors in a row
        self,
        waveform: Tensor,
        samples: Tensor,
        feature_mean: Tensor | None = None,
        feature_scale: Tensor | None = None,
        summary_mean: Tensor | None = None,
        summary_scale: Tensor | None = None,
    ) -> WaveformOutput:
        """Compute logits and attentions of a padded batch.

        Args:
            waveform: `(batch, time)` in [-1, 1]; what lies beyond the true ends never matters
            samples: `(batch,)`, true lengths in samples, at least one
            feature_mean: a speaker's own, `(1, feature)` or `(batch, feature)`, in place of the stored one
            feature_scale: a speaker's own, likewise
            summary_mean: of a speaker's standardised summaries, `(1, summary)` or `(batch, summary)`
            summary_scale: likewise
        """
        features, lengths, summary = self.hear(waveform, samples)
        normalised = self.normaliser(features, lengths, feature_mean, feature_scale)
        standard = self.summary_normaliser.standardise(summary)
        shown = self.summary_normaliser.relate(standard, summary_mean, summary_scale)
        answer = self.network(normalised, lengths, shown)
        mean, variance = mean_and_variance(features, lengths)
        return WaveformOutput(
            answer.logits,
            answer.embedding,
            answer.frame_attention,
            answer.kernel_attention,
            mean,
            variance,
            lengths,
            standard,
        )

    def hear(self, waveform: Tensor, samples: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Compute what the network is shown, before normalisation.

        Args:
            waveform: `(batch, time)` in [-1, 1]
            samples: `(batch,)`, true lengths in samples, at least one

        Returns:
            features `(batch, feature, frame)`, lengths `(batch,)` and summaries `(batch, summary)`
        """
        features, lengths = self.front_end(waveform, samples)
        return features, lengths, self.summarise(features, lengths)

    def summarise(self, features: Tensor, lengths: Tensor) -> Tensor:
        """Summarise each utterance for a network that is shown it, `(batch, summary)`.

        Args:
            features: `(batch, feature, frame)`, not normalised, zero on padding
            lengths: `(batch,)`, true number of frames, at least one
        """
        if self.summary is None:
            return features[:, :0, 0]
        summary: Tensor = self.summary(features, lengths)
        return summary

    @property
    def n_parameters(self) -> int:
        """Count the trainable parameters."""
        return sum(parameter.numel() for parameter in self.parameters())
