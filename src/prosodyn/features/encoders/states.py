"""The hidden states of one or several encoders, from a batch of waveforms."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from prosodyn.config import Encoder
from prosodyn.encoders import encoder_path, read_encoder
from prosodyn.features.encoders.layers import OnnxLayers
from prosodyn.features.encoders.onnx_file import holds_halves
from prosodyn.features.encoders.spectrogram import EncoderSpectrogram
from prosodyn.features.encoders.steps import Grid, States
from prosodyn.features.functional import length_mask, mean_and_variance

MOST_VALUES = 400
"""Where a block has more channels times bands than these, its bands are averaged before anything else."""

_LEAST_VARIANCE = 1e-12  # so that a channel that never changes, too, has a gradient


def read_layers(encoders: Sequence[Encoder], contents: Mapping[str, bytes] | None = None) -> list[OnnxLayers]:
    """Read encoders up to the blocks that are wanted.

    Args:
        encoders: one or several, each of another name
        contents: of their ONNX files, by name, as a bundle holds them; None for those on disk

    Raises:
        BundleError: a file that is not there, or that is no encoder
        MissingExtraError: onnx is not installed
    """
    is_cut = contents is not None
    if contents is None:
        contents = {each.name: read_encoder(each) for each in encoders}
    return [
        OnnxLayers(contents[each.name], each.blocks, str(encoder_path(each)), is_cut) for each in encoders
    ]


class EncoderStates(nn.Module):
    """A spectrogram and the layers above it, for each encoder.

    Attributes:
        n_parameters: weights of all of them
        holds_halves: some of their files hold weights in half precision
    """

    def __init__(self, encoders: Sequence[Encoder], contents: Mapping[str, bytes] | None = None) -> None:
        """Read the encoders; see `read_layers`."""
        super().__init__()
        layers = read_layers(encoders, contents)
        self.layers = nn.ModuleList(layers)
        self.n_parameters = sum(each.n_parameters for each in layers)
        self.holds_halves = any(holds_halves(each.file.numpy().tobytes()) for each in layers)
        self.spectrograms = nn.ModuleList(
            EncoderSpectrogram(encoder.spectrogram, each.least_frames())
            for encoder, each in zip(encoders, layers, strict=True)
        )

    def grids(self) -> list[tuple[Grid, ...]]:
        """Return where the frames of each encoder's blocks lie over those of its spectrogram."""
        return [layers.grids() for layers in self.layers if isinstance(layers, OnnxLayers)]

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


def rows_over_time(states: States) -> Tensor:
    """Lay the bands of every channel one below the other, or their mean of a large block, see `MOST_VALUES`.

    Args:
        states: of a batch

    Returns:
        `(batch, channel · band, frame)`, or `(batch, channel, frame)`; beyond the true ends anything
    """
    values = states.values
    if values.shape[1] * values.shape[3] > MOST_VALUES:
        values = values.mean(dim=3, keepdim=True)
    return values.transpose(2, 3).flatten(1, 2)


def pool_over_time(states: States) -> Tensor:
    """Pool the states of a block over the true frames of each clip: all means, then all standard deviations.

    Of a small block every band of every channel counts by itself, see `MOST_VALUES`.

    Args:
        states: of a batch

    Returns:
        `(batch, value)`
    """
    rows = rows_over_time(states)
    true = rows * length_mask(states.lengths, rows.shape[2])[:, None, :]
    mean, variance = mean_and_variance(true, states.lengths)
    return torch.cat([mean, (variance + _LEAST_VARIANCE).sqrt()], dim=1)
