"""From a bundle on disk to a graph that is proven to answer the same, with probabilities."""

from dataclasses import dataclass, field
from pathlib import Path

import torch

from prosodyn.bundle import read_card, read_weights
from prosodyn.errors import BundleError, ConfigError, ExportError
from prosodyn.export.onnx import export_onnx
from prosodyn.export.parity import check_parity
from prosodyn.export.probabilities import with_probabilities
from prosodyn.model import WaveformNetwork, encoder_files
from prosodyn.types import LevelRange


@dataclass(frozen=True, slots=True)
class ExportedGraph:
    """A graph, and how close it is to the network it came from.

    Attributes:
        graph: content of an ONNX file
        labels: emotions in the order of the logits
        difference: the largest of any output, see `check_parity`; of 8 bits, the largest of the logits
        levels: as `Card.levels`; a recogniser brings recordings there first, and a graph alone does not
    """

    graph: bytes = field(repr=False)
    labels: tuple[str, ...]
    difference: float
    levels: LevelRange | None = None


INT8_TOLERANCE = 0.1
"""Largest difference of a logit, relative where it is above one, that 8 bits may cost; 0.02 is usual."""


def export_bundle(directory: Path, int8: bool = False) -> ExportedGraph:
    """Export the network of a bundle anew, with calibrated probabilities, and check it.

    Args:
        directory: of the bundle
        int8: store the weights in 8 bits, in less than a third of the room

    Raises:
        BundleError: no network, no weights, or broken ones
        ExportError: the graph differs from the network, or there can be none
        MissingExtraError: onnx or safetensors is not installed
    """
    card = read_card(directory)
    front_end, shape = card.front_end_and_network()
    if not card.labels:
        raise ExportError(f"{directory}: has learnt no emotion yet; train it on by 'prosodyn train --from'")
    for encoder in front_end.hub_encoders:
        raise ExportError(
            f"{directory}: hears by the encoder '{encoder.name}', which is too large for a graph; use the "
            "bundle as it is, by the engine 'torch', or train one on encoders that are ONNX files"
        )
    weights = read_weights(directory, card)
    try:
        network = WaveformNetwork(front_end, shape, len(card.labels), encoder_files(front_end, weights))
        network.load_state_dict({name: torch.tensor(array) for name, array in weights.items()})
    except (ConfigError, RuntimeError) as fault:
        raise BundleError(
            f"{directory}: the weights are not those of the network on the card: {fault}"
        ) from fault
    graph = export_onnx(network.eval(), card.labels, "int8" if int8 else "plain")
    difference = (
        check_parity(network, graph, INT8_TOLERANCE, ("logits",)) if int8 else check_parity(network, graph)
    )
    graph = with_probabilities(graph, card.temperature, card.levels)
    return ExportedGraph(graph, card.labels, difference, card.levels)
