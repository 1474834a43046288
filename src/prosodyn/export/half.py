"""A network in half precision, which answers as its bundle will."""

import torch
from torch import Tensor

from prosodyn.bundle import LARGE
from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.features.encoders import halve_model, round_to_half
from prosodyn.model import WaveformNetwork, encoder_files


def rounded_to_half(
    network: WaveformNetwork, front_end: FrontEndConfig, shape: NetworkConfig
) -> WaveformNetwork:
    """Return a network whose large weights are halves, still held in single precision.

    Those of its encoders are rounded as well, but for integers, which take less room already. Statistics,
    spectrograms and everything small stay as they are.

    Args:
        network: stays as it is
        front_end: it was built from
        shape: it was built from

    Returns:
        in evaluation mode, on the CPU

    Raises:
        BundleError: weights beyond half precision
        MissingExtraError: encoders, and onnx is not installed
    """
    state = {name: tensor.detach().cpu() for name, tensor in network.state_dict().items()}
    large = {name for name, weights in network.named_parameters() if weights.numel() >= LARGE}
    state |= {name: _rounded(state[name], name) for name in large}
    files = encoder_files(front_end, {name: tensor.numpy() for name, tensor in state.items()})
    halved = {name: halve_model(content) for name, content in files.items()}
    rounded = WaveformNetwork(front_end, shape, network.network.head.out_features, halved or None)
    # the files themselves have shrunk
    state |= {name: tensor for name, tensor in rounded.state_dict().items() if name.endswith(".file")}
    rounded.load_state_dict(state)
    return rounded.eval()


def _rounded(weights: Tensor, name: str) -> Tensor:
    return torch.from_numpy(round_to_half(weights.numpy(), f"weights '{name}'")).float()
