"""The hidden states of one or several encoders, from a batch of waveforms."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from prosodyn.config import AnyEncoder, Encoder, HubEncoder, SpectrogramConfig
from prosodyn.encoders import encoder_path, read_encoder
from prosodyn.errors import BundleError
from prosodyn.features.encoders.hub_layers import HubLayers
from prosodyn.features.encoders.layers import OnnxLayers
from prosodyn.features.encoders.onnx_file import holds_halves
from prosodyn.features.encoders.spectrogram import EncoderSpectrogram
from prosodyn.features.encoders.steps import States
from prosodyn.features.functional import length_mask, mean_and_variance

MOST_VALUES = 400
"""Where a block has more channels times bands than these, its bands are averaged before anything else."""

_LEAST_VARIANCE = 1e-12  # so that a channel that never changes, too, has a gradient


class Place(NamedTuple):
    """Where the frames of a block lie in the waveform.

    Attributes:
        first: middle of the first one, in samples
        stride: samples from one to the next
    """

    first: float
    stride: int


class EncoderStates(nn.Module):
    """What each encoder is shown, and the layers above it.

    Attributes:
        n_parameters: weights of all of them
        holds_halves: some of their files hold weights in half precision
    """

    def __init__(self, encoders: Sequence[AnyEncoder], contents: Mapping[str, bytes] | None = None) -> None:
        """Read the encoders.

        Args:
            encoders: one or several, each of another name
            contents: of their ONNX files, by name, as a bundle holds them; None for those on disk

        Raises:
            BundleError: a file that is not there, or that is no encoder
            ConfigError: blocks that an encoder does not have
            MissingExtraError: onnx or transformers is not installed
        """
        super().__init__()
        layers = [_build_layers(each, contents) for each in encoders]
        self.layers = nn.ModuleList(layers)
        self.n_parameters = sum(each.n_parameters for each in layers)
        files = (each.file for each in layers if isinstance(each, OnnxLayers))
        self.holds_halves = any(holds_halves(file.numpy().tobytes()) for file in files)
        self.spectrograms = nn.ModuleList(map(_build_spectrogram, encoders, layers))

    def places(self) -> list[Place]:
        """Return where the frames of each block lie, the first encoder's first."""
        return [
            place
            for spectrogram, layers in zip(self.spectrograms, self.layers, strict=True)
            for place in _places(spectrogram, layers)
        ]

    def block_sizes(self) -> tuple[int, ...]:
        """Return how many features each block has, the first encoder's first."""
        sizes: list[int] = []
        for spectrogram, layers in zip(self.spectrograms, self.layers, strict=True):
            if isinstance(layers, HubLayers):  # which know, and take long to hear even a silence
                sizes += layers.block_sizes
                continue
            with torch.no_grad():
                silence = layers(*spectrogram(torch.zeros(1, 1), torch.tensor([1])))
            sizes += [rows_over_time(states).shape[1] for states in silence]
        return tuple(sizes)

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
            for states in layers(*_show(spectrogram, waveform, samples))
        )


def _build_layers(encoder: AnyEncoder, contents: Mapping[str, bytes] | None) -> OnnxLayers | HubLayers:
    return HubLayers(encoder) if isinstance(encoder, HubEncoder) else read_layers(encoder, contents)


def read_layers(encoder: Encoder, contents: Mapping[str, bytes] | None = None) -> OnnxLayers:
    """Read an encoder up to its blocks that are wanted; see `EncoderStates`.

    Raises:
        BundleError: see `EncoderStates`, or it wants to be shown another number of bands than its description
            tells of
    """
    content = read_encoder(encoder) if contents is None else contents[encoder.name]
    where, n_mels = str(encoder_path(encoder)), encoder.spectrogram.n_mels
    layers = OnnxLayers(content, encoder.blocks, where, is_cut=contents is not None)
    if layers.n_bands not in (n_mels, None):
        raise BundleError(
            f"{where}: takes {layers.n_bands} bands, and its description tells of n_mels {n_mels}; "
            "describe the spectrogram that it was trained on"
        )
    return layers


def _build_spectrogram(encoder: AnyEncoder, layers: OnnxLayers | HubLayers) -> nn.Module:
    if isinstance(encoder, Encoder) and isinstance(layers, OnnxLayers):
        return EncoderSpectrogram(encoder.spectrogram, layers.least_frames())
    return nn.Identity()  # it is shown the waveform, and makes of that what it wants


def _show(spectrogram: nn.Module, waveform: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
    if not isinstance(spectrogram, EncoderSpectrogram):
        return waveform, samples
    shown: tuple[Tensor, Tensor] = spectrogram(waveform, samples)
    return shown


def _places(spectrogram: nn.Module, layers: nn.Module) -> Iterator[Place]:
    if isinstance(layers, HubLayers):
        yield from (Place(grid.first, grid.stride) for grid in layers.grids)
    elif isinstance(layers, OnnxLayers) and isinstance(spectrogram, EncoderSpectrogram):
        yield from places_of(spectrogram.config, layers)


def places_of(shown: SpectrogramConfig, layers: OnnxLayers) -> Iterator[Place]:
    """Yield where the frames of each block of an encoder lie that is shown such a spectrogram."""
    for grid in layers.grids():
        yield Place((shown.frame - 1) / 2 + shown.hop * grid.first, shown.hop * grid.stride)


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
