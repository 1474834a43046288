"""The hidden states of one or several encoders, from a batch of waveforms."""

from collections.abc import Sequence

from torch import Tensor, nn

from prosodyn.features.encoders.description import Encoder
from prosodyn.features.encoders.layers import OnnxLayers, States
from prosodyn.features.encoders.spectrogram import EncoderSpectrogram


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
