"""The whole recogniser as one module: front end, normalisation, network."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from numpy.typing import NDArray
from torch import Tensor, nn

from prosodyn.config import Encoder, FrontEndConfig, NetworkConfig
from prosodyn.errors import BundleError
from prosodyn.features import FeatureNormaliser, Listener, SummaryNormaliser
from prosodyn.features.functional import mean_and_variance
from prosodyn.features.normalise import OUTLIER
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

    def __init__(
        self,
        front_end: FrontEndConfig,
        network: NetworkConfig,
        n_emotions: int,
        contents: Mapping[str, bytes] | None = None,
    ) -> None:
        """Build a recogniser with fresh weights.

        Args:
            front_end: waveform to features
            network: features to logits
            n_emotions: logits
            contents: of the encoders' files, by name; None for those on disk

        Raises:
            BundleError: an encoder whose file is not here, or is none
            MissingExtraError: encoders, and onnx or transformers is not installed
        """
        super().__init__()
        self.listener = Listener(front_end, network.summary_size > 0, contents)
        n_features, summary_size = self.listener.n_features, self.listener.summary_size
        block_sizes = self.listener.block_sizes
        self.normaliser = FeatureNormaliser(n_features, OUTLIER if block_sizes else math.inf)
        self.summary_normaliser = SummaryNormaliser(summary_size)
        shape = InputShape(
            n_features, front_end.n_spectrograms, summary_size, block_sizes, self.listener.shown_encoders
        )
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
        features, lengths, summary = self.listener(waveform, samples)
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

    def show_encoders(self) -> None:
        """Let encoders that the network begins with see spectrograms as they were before normalisation.

        A speaker's, which are relative to that speaker's own mean and scale, become those of a usual voice.
        """
        trunk = self.network.trunk
        if trunk is not None:
            trunk.show(self.normaliser.mean, self.normaliser.scale)

    @property
    def n_parameters(self) -> int:
        """Count the parameters, those of encoders among them, which are not trained."""
        trained = sum(parameter.numel() for parameter in self.parameters())
        return trained + self.listener.n_parameters


def encoder_files(front_end: FrontEndConfig, weights: Mapping[str, NDArray[Any]]) -> dict[str, bytes]:
    """Return the files of the encoders that are stored among the weights of a recogniser, by their names.

    Raises:
        BundleError: one is missing
    """
    place = {
        "states": "listener.front_end.states.layers.{}.file",
        "spectrograms": "network.trunk.encoders.{}.layers.file",
    }[front_end.encoder_view]
    places = {
        place.format(number): encoder
        for number, encoder in enumerate(front_end.encoders)
        if isinstance(encoder, Encoder)  # the others are too large to be stored
    }
    missing = [encoder.name for place, encoder in places.items() if place not in weights]
    if missing:
        raise BundleError(f"weights: hold no encoder '{missing[0]}'; copy the whole bundle again")
    return {encoder.name: weights[place].tobytes() for place, encoder in places.items()}
