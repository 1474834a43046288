"""A bundle exported anew: the graph that it would come with, proven to answer the same."""

import dataclasses
from pathlib import Path

import pytest
import torch

from prosodyn.bundle import Card, ComparisonSystem, Provenance, write_bundle
from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.errors import BundleError
from prosodyn.export import export_onnx
from prosodyn.export.from_bundle import export_bundle
from prosodyn.model import WaveformNetwork

LABELS = ("anger", "Freude", "悲伤")


FRONT_END = FrontEndConfig(n_mels=16)
NETWORK = NetworkConfig(channels=(4, 4), band_strides=(2, 2), frame_strides=(4, 2), hidden_size=8)


@pytest.fixture
def network() -> WaveformNetwork:
    """Return a small network with random weights."""
    torch.manual_seed(5)
    return WaveformNetwork(FRONT_END, NETWORK, len(LABELS)).eval()


@pytest.fixture
def card(network: WaveformNetwork) -> Card:
    """Return the card of the network."""
    return Card(
        name="small",
        description="Random weights.",
        labels=LABELS,
        front_end=FRONT_END,
        network=NETWORK,
        corpora=("none",),
        licence="CC0-1.0",
        limits="It knows nothing.",
        provenance=Provenance("none", {}, "none", 0, "0", "0", 0, 0, "2025-01-31"),
        n_parameters=network.n_parameters,
    )


def write(folder: Path, card: Card, network: WaveformNetwork) -> Path:
    write_bundle(folder, card, {name: tensor.numpy() for name, tensor in network.state_dict().items()})
    return folder


def test_the_graph_is_that_of_the_network(network: WaveformNetwork, card: Card, tmp_path: Path) -> None:
    exported = export_bundle(write(tmp_path / "small", card, network))
    assert exported.graph == export_onnx(network, LABELS)
    assert exported.labels == LABELS
    assert exported.difference < 1e-4


def test_weights_of_another_network_are_refused(network: WaveformNetwork, card: Card, tmp_path: Path) -> None:
    other = dataclasses.replace(card, network=dataclasses.replace(NETWORK, hidden_size=16))
    folder = write(tmp_path / "small", other, network)
    with pytest.raises(BundleError, match="are not those of the network on the card"):
        export_bundle(folder)


def test_a_classical_system_has_no_graph(network: WaveformNetwork, card: Card, tmp_path: Path) -> None:
    classical = dataclasses.replace(card, network=None, comparison=ComparisonSystem("svm", {"C": 1.0}))
    folder = write(tmp_path / "small", classical, network)
    with pytest.raises(BundleError, match="holds the comparison system 'svm', expected a network"):
        export_bundle(folder)
