"""Small networks with random weights, of every kind."""

from collections.abc import Callable

import pytest
import torch

from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.model import WaveformNetwork

LABELS = ("anger", "Freude", "悲伤")

BuildNetwork = Callable[..., WaveformNetwork]


@pytest.fixture(scope="session")
def build_small_network() -> BuildNetwork:
    """Return a function that builds a network with fresh weights, statistics and normalisation."""

    def build(
        front_end: str = "logmel", narrow_band: bool = False, quiet: float = 0.0, **changes: object
    ) -> WaveformNetwork:
        torch.manual_seed(11)
        config = NetworkConfig(
            views=("plain", "centred"),
            channels=(4, 6, 6),
            band_strides=(2, 2, 2),
            frame_strides=(2, 1, 2),
            n_kernels=3,
            hidden_size=8,
            **changes,  # type: ignore[arg-type]
        )
        shown = FrontEndConfig(front_end, n_mels=20, narrow_band=narrow_band, quiet=quiet)  # type: ignore[arg-type]
        network = WaveformNetwork(shown, config, len(LABELS))
        for name, buffer in network.named_buffers():
            if name.endswith(("running_mean", "running_var", "scale")):
                buffer.uniform_(0.5, 2.0)
        network.normaliser.mean.normal_()
        network.summary_normaliser.mean.normal_()
        return network

    return build


@pytest.fixture(scope="session")
def network(build_small_network: BuildNetwork) -> WaveformNetwork:
    return build_small_network()


@pytest.fixture(scope="session")
def summarised(build_small_network: BuildNetwork) -> WaveformNetwork:
    """Return a network that is shown two spectrograms and a summary."""
    return build_small_network(narrow_band=True, summary_size=5)
