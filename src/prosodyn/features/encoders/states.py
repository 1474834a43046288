"""The hidden states of one or several encoders, from a batch of waveforms."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from prosodyn.features.encoders.description import Encoder
from prosodyn.features.encoders.layers import OnnxLayers, States
from prosodyn.features.encoders.spectrogram import EncoderSpectrogram
from prosodyn.features.functional import length_mask, mean_and_variance

MOST_VALUES = 400
"""Where a block has more channels times bands than these, its bands are averaged before anything else."""

_LEAST_VARIANCE = 1e-12  # so that a channel that never changes, too, has a gradient


class EncoderStates(nn.Module):
    """A spectrogram and the layers above it, for each encoder."""

    def __init__(self, encoders: Sequence[Encoder]) -> None:
        """Read the encoders.

        Args:
            encoders: one or several

        Raises:
            BundleError: a file that is not there, or that is no encoder
            MissingExtraError: onnx is not installed
        """
        super().__init__()
        layers = [OnnxLayers(each.read(), each.blocks, str(each.path)) for each in encoders]
        self.layers = nn.ModuleList(layers)
        self.spectrograms = nn.ModuleList(
            EncoderSpectrogram(encoder.spectrogram, each.least_frames())
            for encoder, each in zip(encoders, layers, strict=True)
        )

    def forward(self, waveform: Tensor, samples: Tensor) -> tuple[States, ...]:
        """Compute the states of a padded batch; what lies beyond a true end never matters.

        Args:
            waveform: `(batch, time)` in [-1, 1]
            samples: `(batch,)`, true lengths in samples, at least one

        Returns:
            one a block, the first encoder's first
        """
        return tuple(
            states
            for spectrogram, layers in zip(self.spectrograms, self.layers, strict=True)
            for states in layers(*spectrogram(waveform, samples))
        )


def pool_over_time(states: States) -> Tensor:
    """Pool the states of a block over the true frames of each clip: all means, then all standard deviations.

    Of a small block every band of every channel counts by itself, see `MOST_VALUES`.

    Args:
        states: of a batch

    Returns:
        `(batch, value)`
    """
    values = states.values
    if values.shape[1] * values.shape[3] > MOST_VALUES:
        values = values.mean(dim=3, keepdim=True)
    rows = values.transpose(2, 3).flatten(1, 2)  # (batch, channel * band, frame)
    true = rows * length_mask(states.lengths, rows.shape[2])[:, None, :]
    mean, variance = mean_and_variance(true, states.lengths)
    return torch.cat([mean, (variance + _LEAST_VARIANCE).sqrt()], dim=1)
