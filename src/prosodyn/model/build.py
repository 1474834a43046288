"""From a configuration to the network that it names."""

from prosodyn.config import NetworkConfig
from prosodyn.model.baseline import CnnLstm
from prosodyn.model.dycnn_bilstm import DyCnnBiLstm
from prosodyn.model.halfway import CnnBiLstm, DyCnnLstm
from prosodyn.model.network import EmotionNetwork

NETWORKS: dict[str, type[EmotionNetwork]] = {
    "cnn_bilstm": CnnBiLstm,
    "cnn_lstm": CnnLstm,
    "dycnn_bilstm": DyCnnBiLstm,
    "dycnn_lstm": DyCnnLstm,
}


def build_network(config: NetworkConfig, n_features: int, n_emotions: int) -> EmotionNetwork:
    """Build the network that a configuration names, with fresh weights.

    Args:
        config: names the network and its sizes
        n_features: features a frame
        n_emotions: logits
    """
    return NETWORKS[config.name](config, n_features, n_emotions)
