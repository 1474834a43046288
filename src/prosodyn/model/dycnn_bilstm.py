"""The seed's network: dynamic convolutions and a Bi-LSTM (section 2)."""

from prosodyn.config import NetworkConfig
from prosodyn.model.bilstm import BiLstm, Lstm
from prosodyn.model.dynamic_conv import ConvolutionShape, DynamicConv2d, StaticConv2d
from prosodyn.model.network import EmotionNetwork


class DyCnnBiLstm(EmotionNetwork):
    """Dynamic kernels above a static first layer, a Bi-LSTM, pooling, softmax layer.

    The first layer stays static, as in the networks of Chen et al. (2020), the seed's reference 25;
    where there is one, the projection of an encoder's states is that layer.
    """

    def convolution(
        self, config: NetworkConfig, layer: int, shape: ConvolutionShape
    ) -> DynamicConv2d | StaticConv2d:
        """Build a static first layer and dynamic ones above it."""
        if layer == 0 and not config.projection:
            return StaticConv2d(shape)
        return DynamicConv2d(shape, config.n_kernels, config.reduction, config.routing)

    def recurrent_layer(self, n_inputs: int, hidden_size: int) -> Lstm | BiLstm:
        """Build the Bi-LSTM; each direction has half the width."""
        return BiLstm(n_inputs, hidden_size)
