"""From a configuration to the network that it names."""

from prosodyn.config import NetworkConfig
from prosodyn.model.baseline import CnnLstm
from prosodyn.model.dycnn_bilstm import DyCnnBiLstm
from prosodyn.model.halfway import CnnBiLstm, DyCnnLstm
from prosodyn.model.network import EmotionNetwork, InputShape

NETWORKS: dict[str, type[EmotionNetwork]] = {
    "cnn_bilstm": CnnBiLstm,
    "cnn_lstm": CnnLstm,
    "dycnn_bilstm": DyCnnBiLstm,
    "dycnn_lstm": DyCnnLstm,
}


def build_network(config: NetworkConfig, shape: InputShape, n_emotions: int) -> EmotionNetwork:
    """Build the network that a configuration names, with fresh weights.

    Args:
        config: names the network and its sizes
        shape: what it is shown of an utterance
        n_emotions: logits
    """
    return NETWORKS[config.name](config, shape, n_emotions)
