"""Pretrained encoders as the lower part of a network: all of their convolutions are trained on."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from prosodyn.features.encoders import (
    HOP,
    OnnxLayers,
    ShownEncoder,
    States,
    Step,
    lay_on_frames,
    rows_over_time,
)
from prosodyn.features.functional import length_mask, mean_and_variance
from prosodyn.model.pretrained_conv import PretrainedConv2d
from prosodyn.model.running_norm import RunningNorm

_LEAST_VARIANCE = 1e-6


class TrunkOutput(NamedTuple):
    """What a trunk computes for a batch.

    Attributes:
        features: `(batch, feature, frame)`, normalised states on frames of `HOP`, zero on padding
        lengths: `(batch,)`, true number of frames
        pooled: `(batch, 2 · feature)`, normalised mean and deviation of each state
        kernel_attention: `(batch, kernel)` of every convolution, the first encoder's first
    """

    features: Tensor
    lengths: Tensor
    pooled: Tensor
    kernel_attention: list[Tensor]


class TrainedEncoder(nn.Module):
    """An encoder whose convolutions choose between kernels: it begins as its file, and learns from there.

    Attributes:
        layers: the file, which tells how it is built
        convolutions: in the order of the file
    """

    def __init__(self, layers: OnnxLayers, n_kernels: int, reduction: float) -> None:
        super().__init__()
        self.layers = layers
        self.places = {
            step.target: place for place, step in enumerate(each for each in layers.steps if each.convolution)
        }
        self.convolutions = nn.ModuleList(
            PretrainedConv2d(step.convolution, *_weights_of(step, layers), n_kernels, reduction)
            for step in layers.steps
            if step.convolution
        )

    def forward(self, features: Tensor, lengths: Tensor) -> tuple[tuple[States, ...], list[Tensor]]:
        """Compute the states at every place that is wanted, and what every convolution chose.

        Args:
            features: `(batch, 1, frame, band)`; beyond the true ends anything
            lengths: `(batch,)`, true number of frames, enough for every step to have one

        Returns:
            the states of each block; the kernel attention, `(batch, kernel)`, of each convolution
        """
        attentions = []

        def compute(step: Step, states: States, others: list[Tensor]) -> Tensor:
            if step.target not in self.places:
                return step.compute(states.values, *others)
            y, attention = self.convolutions[self.places[step.target]](states.values, states.lengths)
            attentions.append(attention)
            computed: Tensor = y
            return computed

        return self.layers(features, lengths, compute), attentions


class EncoderTrunk(nn.Module):
    """One or several encoders, from normalised spectrograms to their states on common frames.

    Attributes:
        mean: `(1, feature)`, that the spectrograms were normalised by; an encoder sees them as they were
        scale: likewise
        block_sizes: features of each block, the first encoder's first
        least_frames: that every encoder has room for
        n_pooled: numbers on a whole utterance
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, shown: Sequence[ShownEncoder], n_kernels: Sequence[int], reduction: float) -> None:
        """Begin as the encoders.

        Args:
            shown: of which the spectrograms lie one below the other
            n_kernels: K of every convolution, for each of them
            reduction: width of the attentions' hidden layers, as a share of their input
        """
        super().__init__()
        self.hop = shown[0].hop
        self.n_bands = [each.n_bands for each in shown]
        self.places = [each.places for each in shown]
        self.encoders = nn.ModuleList(
            TrainedEncoder(each.layers, kernels, reduction)
            for each, kernels in zip(shown, n_kernels, strict=True)
        )
        n_features = sum(self.n_bands)
        self.register_buffer("mean", torch.zeros(1, n_features))
        self.register_buffer("scale", torch.ones(1, n_features))
        self.least_frames = max(each.layers.least_frames() for each in shown)
        with torch.no_grad():
            silence = torch.zeros(1, n_features, self.least_frames), torch.tensor([self.least_frames])
            states, _ = self.states(*silence)
        self.block_sizes = tuple(rows_over_time(each).shape[1] for each in states)
        n_states = sum(self.block_sizes)
        self.n_pooled = 2 * n_states
        self.norm, self.pooled_norm = RunningNorm(n_states), RunningNorm(self.n_pooled)

    def forward(self, features: Tensor, lengths: Tensor) -> TrunkOutput:
        """Compute the states of a padded batch.

        Args:
            features: `(batch, feature, frame)`, normalised spectrograms
            lengths: `(batch,)`, true number of frames; what training has cut shorter than an encoder needs is
                followed by frames of the mean
        """
        if self.training:
            features = functional.pad(features, (0, max(0, self.least_frames - features.shape[2])))
            lengths = lengths.clamp(min=self.least_frames)
        n_frames = (features.shape[2] * self.hop + HOP - 1) // HOP
        frames = torch.div(lengths * self.hop + HOP - 1, HOP, rounding_mode="trunc")
        states, attentions = self.states(features, lengths)
        places = (place for each in self.places for place in each)
        laid = torch.cat(
            [lay_on_frames(each, place, n_frames) for each, place in zip(states, places, strict=True)], dim=1
        )
        laid = laid * length_mask(frames, n_frames)[:, None, :]
        mean, variance = mean_and_variance(laid, frames)
        pooled = torch.cat([mean, torch.sqrt(variance + _LEAST_VARIANCE)], dim=1)[:, :, None]
        once = torch.ones_like(frames)
        return TrunkOutput(
            self.norm(laid, frames), frames, self.pooled_norm(pooled, once)[:, :, 0], attentions
        )

    def show(self, mean: Tensor, scale: Tensor) -> None:
        """Let the encoders see spectrograms as they were before they were normalised by this, `(1, feature)`.

        What they make of them is normalised afresh.
        """
        self.mean.copy_(mean)
        self.scale.copy_(scale)
        for norm in (self.norm, self.pooled_norm):
            norm.n_batches.zero_()

    def convolutions_by_depth(self) -> Iterator[tuple[int, PretrainedConv2d]]:
        """Yield every convolution with how many of its encoder lie above it."""
        for encoder in self.encoders:
            convolutions = [each for each in encoder.modules() if isinstance(each, PretrainedConv2d)]
            yield from enumerate(reversed(convolutions))

    def states(self, features: Tensor, lengths: Tensor) -> tuple[list[States], list[Tensor]]:
        """Compute the states of each block, and the kernel attention of each convolution; see `forward`."""
        shown = features * self.scale[:, :, None] + self.mean[:, :, None]
        reached, attentions = [], []
        for encoder, bands in zip(self.encoders, torch.split(shown, self.n_bands, dim=1), strict=True):
            states, chosen = encoder(bands.transpose(1, 2)[:, None], lengths)
            reached += states
            attentions += chosen
        return reached, attentions


def _weights_of(step: Step, layers: OnnxLayers) -> tuple[Tensor, Tensor | None]:
    weight, *bias = (layers.weight(name) for name in step.sources[1:])
    return weight, bias[0] if bias else None
