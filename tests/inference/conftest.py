"""A small network with random weights, and the bundle that a training would leave of it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from prosodyn.bundle import Card, Provenance, write_bundle
from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.export import export_onnx
from prosodyn.model import WaveformNetwork
from prosodyn.types import FloatArray

LABELS = ("anger", "neutral", "sadness")
FRONT_END = FrontEndConfig(n_mels=16)
NETWORK = NetworkConfig(
    channels=(4, 6), band_strides=(2, 2), frame_strides=(2, 1), n_kernels=3, hidden_size=8
)


@pytest.fixture(scope="session")
def network() -> WaveformNetwork:
    """Return a network whose normalisation is roughly that of noise."""
    torch.manual_seed(7)
    network = WaveformNetwork(FRONT_END, NETWORK, len(LABELS)).eval()
    network.normaliser.mean.fill_(-6.0)
    network.normaliser.scale.fill_(2.0)
    return network


@pytest.fixture(scope="session")
def card(network: WaveformNetwork) -> Card:
    return Card(
        name="small",
        description="Knows nothing.",
        labels=LABELS,
        front_end=FRONT_END,
        network=NETWORK,
        corpora=("toy",),
        licence="CC0-1.0",
        limits="Its weights are random.",
        provenance=Provenance("none", {}, "none", 7, "0", "0", 0, 0, "2025-01-31"),
        n_parameters=network.n_parameters,
        temperature=2.0,
    )


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory, network: WaveformNetwork, card: Card) -> Path:
    """Return a bundle with a graph."""
    directory = tmp_path_factory.mktemp("bundles") / "small"
    write_bundle(directory, card, weights_of(network), export_onnx(network, LABELS))
    return directory


@pytest.fixture(scope="session")
def bundle_without_graph(
    tmp_path_factory: pytest.TempPathFactory, network: WaveformNetwork, card: Card
) -> Path:
    directory = tmp_path_factory.mktemp("bundles") / "weights-only"
    write_bundle(directory, card, weights_of(network))
    return directory


def weights_of(network: WaveformNetwork) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in network.state_dict().items()}


@pytest.fixture
def noise(rng: np.random.Generator) -> Callable[[int], np.ndarray]:
    """Return a function that draws `(time,)` noise like speech in level."""
    return lambda n: (0.1 * rng.standard_normal(n)).astype(np.float32)


N_SAMPLES = (40_000, 9_000, 30_001, 16_000, 90_000)


@pytest.fixture
def voice(noise: Callable[[int], np.ndarray], rng: np.random.Generator) -> list[FloatArray]:
    """Return recordings of one speaker: eleven seconds of noise through one filter, at several levels."""
    return [
        np.convolve(level * noise(n), [0.6, 0.3, 0.2], "same").astype(np.float32)
        for n, level in zip(N_SAMPLES, rng.uniform(0.1, 1, 5), strict=True)
    ]
