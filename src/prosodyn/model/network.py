"""What the seed's network and its baseline share: convolutions, recurrence, pooling, softmax layer."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from prosodyn.config import NetworkConfig
from prosodyn.features.encoders import ShownEncoder
from prosodyn.model.bilstm import BiLstm, Lstm
from prosodyn.model.block import ConvolutionBlock
from prosodyn.model.dynamic_conv import ConvolutionShape, DynamicConv2d, StaticConv2d
from prosodyn.model.encoder_trunk import EncoderTrunk
from prosodyn.model.pooling import build_pooling, pool_mean, pool_statistics
from prosodyn.model.projection import BlockProjection
from prosodyn.model.summary_branch import SummaryBranch
from prosodyn.model.views import stack_views


class InputShape(NamedTuple):
    """What a network is shown of an utterance.

    Attributes:
        n_features: of each frame, of all spectrograms together
        n_spectrograms: of equal height, one below the other
        summary_size: numbers on the whole utterance; zero for a network that is not shown them
        block_sizes: features of each block of an encoder, where the features are its states
        encoders: that the network begins with, where the features are what they are shown
    """

    n_features: int
    n_spectrograms: int = 1
    summary_size: int = 0
    block_sizes: tuple[int, ...] = ()
    encoders: tuple[ShownEncoder, ...] = ()


class NetworkOutput(NamedTuple):
    """What a network computes for a batch.

    Attributes:
        logits: `(batch, emotion)`, weighted mean over the votes: probabilities are geometric means
        votes: `(batch, vote, emotion)`: logits of the network, and of each perceptron on the summary
        embedding: `(batch, hidden_size)`, twice as wide with statistics pooling
        frame_attention: `(batch, frame)` after the convolutions' strides, zero on padding
        kernel_attention: `(batch, layer, kernel)`, of the dynamic layers; of the static ones where all are
    """

    logits: Tensor
    votes: Tensor
    embedding: Tensor
    frame_attention: Tensor
    kernel_attention: Tensor


class Frames(NamedTuple):
    """What a network makes of each frame, before it is asked about the whole utterance.

    Attributes:
        values: `(batch, frame, hidden_size)`, after the convolutions' strides; not zero on padding
        lengths: `(batch,)`, true number of such frames
        pooled: `(batch, summary)` of the states of encoders that the network begins with; None without
        attentions: `(batch, kernel)` a layer
    """

    values: Tensor
    lengths: Tensor
    pooled: Tensor | None
    attentions: list[Tensor]


class EmotionNetwork(nn.Module):
    """Convolutions over the spectrogram, an LSTM over frames, one vector, one logit an emotion (Fig. 1)."""

    def __init__(self, config: NetworkConfig, shape: InputShape, n_emotions: int) -> None:
        super().__init__()
        self.views = config.views
        self.n_spectrograms = shape.n_spectrograms
        self.trunk = (
            EncoderTrunk(shape.encoders, self.encoder_kernels(config), config.reduction)
            if shape.encoders
            else None
        )
        block_sizes = shape.block_sizes or (shape.n_features,)
        summary_size = shape.summary_size
        if self.trunk is not None:
            block_sizes = self.trunk.block_sizes
            summary_size += self.trunk.n_pooled if summary_size else 0
        self.projection = (
            BlockProjection(block_sizes, config.projection, config.feature_dropout)
            if config.projection
            else None
        )
        self.blocks = nn.ModuleList(
            ConvolutionBlock(self.convolution(config, layer, each), each, config.residual)
            for layer, each in enumerate(convolution_shapes(config, shape.n_spectrograms))
        )
        n_bands = 1 if config.projection else shape.n_features // shape.n_spectrograms
        for stride in config.band_strides:
            n_bands = (n_bands - 1) // stride + 1
        self.recurrence = self.recurrent_layer(n_bands * config.channels[-1], config.hidden_size)
        self.pooling = build_pooling(config.pooling, config.hidden_size)
        self.summary_weight = config.summary_weight
        self.dropout = nn.Dropout(config.dropout)
        self.with_deviation = config.pooling in ("statistics", "attentive_statistics")
        self.head = nn.Linear(config.hidden_size * (2 if self.with_deviation else 1), n_emotions)
        self.summary_branch = SummaryBranch(config, summary_size, n_emotions) if summary_size else None

    def encoder_kernels(self, config: NetworkConfig) -> tuple[int, ...]:
        """Say how many kernels each convolution has of each encoder that the network begins with."""
        return config.encoder_kernels

    def convolution(
        self, config: NetworkConfig, layer: int, shape: ConvolutionShape
    ) -> DynamicConv2d | StaticConv2d:
        """Build the convolution of one layer."""
        raise NotImplementedError

    def recurrent_layer(self, n_inputs: int, hidden_size: int) -> Lstm | BiLstm:
        """Build the recurrent layer."""
        raise NotImplementedError

    def forward(self, features: Tensor, lengths: Tensor, summary: Tensor | None = None) -> NetworkOutput:
        """Compute logits and attentions of a padded batch.

        Args:
            features: `(batch, feature, frame)`, normalised, zero on padding
            lengths: `(batch,)`, true number of frames, at least one
            summary: `(batch, summary)`, normalised; for a network that is shown it

        Returns:
            one row an utterance, whatever its neighbours and its padding
        """
        frames, lengths, pooled, attentions = self.read(features, lengths)
        if pooled is not None:
            summary = pooled if summary is None else torch.cat([summary, pooled], dim=1)
        frame_attention = self.pooling(frames, lengths)
        embedding = (pool_statistics if self.with_deviation else pool_mean)(frames, frame_attention)
        logits = own = self.head(self.dropout(embedding))
        votes = own[:, None, :]
        if self.summary_branch is not None:
            others = self.summary_branch(summary)
            logits = torch.lerp(own, others.mean(dim=1), self.summary_weight)
            votes = torch.cat([votes, others], dim=1)
        return NetworkOutput(logits, votes, embedding, frame_attention, stack_widest(attentions))

    def read(self, features: Tensor, lengths: Tensor) -> Frames:
        """Compute what the recurrent layer makes of each frame of a padded batch.

        Args:
            features: as of `forward`
            lengths: as of `forward`
        """
        attentions: list[Tensor] = []
        pooled = None
        if self.trunk is not None:
            features, lengths, pooled, attentions = self.trunk(features, lengths)
        if self.projection is None:
            spectrograms = features.chunk(self.n_spectrograms, dim=1)
            x = stack_views(spectrograms, lengths, self.views)  # (batch, channel, band, frame)
        else:
            x = self.projection(features, lengths)
        for block in self.blocks:
            x, lengths, kernel_attention = block(x, lengths)
            attentions.append(kernel_attention)
        frames = x.flatten(1, 2).transpose(1, 2)  # (batch, frame, channel * band)
        return Frames(self.recurrence(self.dropout(frames), lengths), lengths, pooled, attentions)


def convolution_shapes(config: NetworkConfig, n_spectrograms: int) -> list[ConvolutionShape]:
    """List the shapes of a network's convolutions, from the spectrogram upwards."""
    inputs = (config.projection or n_spectrograms * len(config.views), *config.channels[:-1])
    strides = zip(config.band_strides, config.frame_strides, strict=True)
    kernel_size = (1 if config.projection else config.kernel_size, config.kernel_size)
    return [
        ConvolutionShape(n_in, n_out, kernel_size, stride)
        for n_in, n_out, stride in zip(inputs, config.channels, strides, strict=True)
    ]


def stack_widest(attentions: Sequence[Tensor]) -> Tensor:
    """Stack the kernel attention of the layers that choose between the most kernels.

    Args:
        attentions: `(batch, kernel)` a layer

    Returns:
        `(batch, layer, kernel)`
    """
    widest = max(attention.shape[1] for attention in attentions)
    return torch.stack([attention for attention in attentions if attention.shape[1] == widest], dim=1)
