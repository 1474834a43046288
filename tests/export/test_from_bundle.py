"""A bundle exported anew: the graph that it would come with, proven to answer the same."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from prosodyn.bundle import Card, ComparisonSystem, Provenance, write_bundle
from prosodyn.config import FrontEndConfig, NetworkConfig
from prosodyn.errors import BundleError
from prosodyn.export import export_onnx
from prosodyn.export.from_bundle import export_bundle
from prosodyn.export.probabilities import with_probabilities
from prosodyn.inference import Recogniser
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
    assert exported.graph == with_probabilities(export_onnx(network, LABELS), card.temperature)
    assert exported.labels == LABELS
    assert exported.difference < 1e-4


@pytest.mark.parametrize("int8", [False, True])
def test_the_graph_gives_the_probabilities_of_the_recogniser(
    network: WaveformNetwork, card: Card, tmp_path: Path, rng: np.random.Generator, int8: bool
) -> None:
    bundle = write(tmp_path / "small", dataclasses.replace(card, temperature=0.4), network)
    waveform = (0.1 * rng.standard_normal((3, 20_000))).astype(np.float32)
    samples = np.array([20_000, 4_800, 16_001])
    session = onnxruntime.InferenceSession(
        export_bundle(bundle, int8).graph, providers=["CPUExecutionProvider"]
    )

    (found,) = session.run(["probabilities"], {"waveform": waveform, "samples": samples})

    recogniser = Recogniser.load(bundle, "torch")
    for row, length, shares in zip(waveform, samples, found, strict=True):
        expected = recogniser.from_waveform(row[:length]).probabilities
        np.testing.assert_allclose(shares, [expected[label] for label in LABELS], atol=0.02 if int8 else 1e-5)
    assert float(session.get_modelmeta().custom_metadata_map["temperature"]) == 0.4
    assert "levels" not in session.get_modelmeta().custom_metadata_map


def test_the_metadata_tell_how_loud_the_recordings_were(network: WaveformNetwork) -> None:
    graph = with_probabilities(export_onnx(network, LABELS), 1.0, (-13.0, -5.0))
    session = onnxruntime.InferenceSession(graph)
    assert json.loads(session.get_modelmeta().custom_metadata_map["levels"]) == [-13.0, -5.0]


def test_8_bits_take_less_room(network: WaveformNetwork, card: Card, tmp_path: Path) -> None:
    wide = dataclasses.replace(NETWORK, channels=(48, 48), hidden_size=64)
    other = WaveformNetwork(FRONT_END, wide, len(LABELS)).eval()
    bundle = write(tmp_path / "wide", dataclasses.replace(card, network=wide), other)
    plain, small = (export_bundle(bundle, int8) for int8 in (False, True))
    assert len(small.graph) < 0.5 * len(plain.graph)
    assert plain.difference < 1e-4 < small.difference < 0.1


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
