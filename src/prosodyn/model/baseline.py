"""The seed's baseline: CNN and LSTM in series (section 3.2)."""

from prosodyn.config import NetworkConfig
from prosodyn.model.bilstm import BiLstm, Lstm
from prosodyn.model.dynamic_conv import ConvolutionShape, StaticConv2d
from prosodyn.model.network import EmotionNetwork


class CnnLstm(EmotionNetwork):
    """Static kernels and a one-way LSTM of the same width; all else is the seed's network."""

    def convolution(self, config: NetworkConfig, layer: int, shape: ConvolutionShape) -> StaticConv2d:
        """Build a static layer."""
        del config, layer
        return StaticConv2d(shape)

    def encoder_kernels(self, config: NetworkConfig) -> tuple[int, ...]:
        """Leave nothing to choose in an encoder, either."""
        return (1,) * len(config.encoder_kernels)

    def recurrent_layer(self, n_inputs: int, hidden_size: int) -> Lstm | BiLstm:
        """Build the one-way LSTM."""
        return Lstm(n_inputs, hidden_size)
