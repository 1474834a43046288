"""What encoders are shown as features, for a network that begins with the encoders themselves."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from prosodyn.config import Encoder
from prosodyn.features.encoders.layers import OnnxLayers
from prosodyn.features.encoders.spectrogram import EncoderSpectrogram
from prosodyn.features.encoders.states import Place, places_of, read_layers
from prosodyn.features.functional import length_mask


class ShownEncoder(NamedTuple):
    """An encoder, and where it stands.

    Attributes:
        layers: of its file
        n_bands: of the spectrogram that it is shown
        hop: samples between two frames of it
        places: where the frames of its blocks lie in the waveform
    """

    layers: OnnxLayers
    n_bands: int
    hop: int
    places: tuple[Place, ...]


class ShownSpectrograms(nn.Module):
    """The spectrogram of each encoder, one below the other on the feature axis.

    Attributes:
        n_features: bands of all of them
        encoders: that are shown them, which are no part of this front end
    """

    def __init__(self, encoders: Sequence[Encoder], contents: Mapping[str, bytes] | None = None) -> None:
        """Read the encoders, which tell how many frames they need at least; see `read_layers`.

        Raises:
            BundleError: a file that is not there, or that is no encoder
            MissingExtraError: onnx is not installed
        """
        super().__init__()
        self.encoders = tuple(
            ShownEncoder(
                layers,
                encoder.spectrogram.n_mels,
                encoder.spectrogram.hop,
                tuple(places_of(encoder.spectrogram, layers)),
            )
            for encoder, layers in ((each, read_layers(each, contents)) for each in encoders)
        )
        least = max(each.layers.least_frames() for each in self.encoders)
        self.spectrograms = nn.ModuleList(EncoderSpectrogram(each.spectrogram, least) for each in encoders)
        self.n_features = sum(each.n_bands for each in self.encoders)

    def lengths(self, samples: Tensor) -> Tensor:
        """Return the number of frames, `(batch,)`, for true lengths in samples, `(batch,)`.

        An encoder of shorter frames has room for one more than others, which is left out.
        """
        counts = [each.lengths(samples) for each in self.spectrograms if isinstance(each, EncoderSpectrogram)]
        return torch.stack(counts).amin(dim=0)

    def forward(self, waveform: Tensor, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Compute the spectrograms of a padded batch; what lies beyond a true end never matters.

        Args:
            waveform: `(batch, time)` in [-1, 1]
            samples: `(batch,)`, true lengths in samples, at least one

        Returns:
            features `(batch, band, frame)`, zero on padding, and lengths `(batch,)`
        """
        lengths = self.lengths(samples)
        shown = [spectrogram(waveform, samples)[0] for spectrogram in self.spectrograms]
        n_frames = min(each.shape[2] for each in shown)
        features = torch.cat([each[:, 0, :n_frames] for each in shown], dim=2).transpose(1, 2)
        return features * length_mask(lengths, n_frames)[:, None, :], lengths
