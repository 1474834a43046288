"""Every network answers alike in its graph, and the check sees when one does not."""

import copy
from collections.abc import Callable

import pytest
import torch

from prosodyn.errors import ExportError
from prosodyn.export import check_parity, export_onnx
from prosodyn.model import WaveformNetwork

LABELS = ("anger", "Freude", "悲伤")


@pytest.mark.parametrize(
    ("front_end", "changes"),
    [
        ("logmel", {}),
        ("mfcc", {"routing": "sigmoid", "pooling": "mean"}),
        ("mfcc", {"name": "cnn_lstm"}),
        ("logmel", {"name": "cnn_lstm", "pooling": "last"}),
    ],
)
def test_a_graph_answers_as_its_network_at_any_length_and_batch(
    build_small_network: Callable[..., WaveformNetwork], front_end: str, changes: dict[str, str]
) -> None:
    network = build_small_network(front_end, **changes)
    assert check_parity(network, export_onnx(network, LABELS)) <= 1e-4


@pytest.fixture(scope="module")
def graph(network: WaveformNetwork) -> bytes:
    return export_onnx(network, LABELS)


def test_a_graph_of_other_weights_is_found_out(network: WaveformNetwork, graph: bytes) -> None:
    other = copy.deepcopy(network)
    torch.nn.init.normal_(other.network.head.bias)
    with pytest.raises(ExportError, match=r"differs from its network by .* in logits of \d+ utterances"):
        check_parity(other, graph)


def test_a_network_that_gives_no_numbers_does_not_pass(network: WaveformNetwork) -> None:
    broken = copy.deepcopy(network)
    broken.network.head.bias.data[1] = torch.nan
    graph = export_onnx(broken, LABELS)
    with pytest.raises(ExportError, match="differs from its network by inf"):
        check_parity(broken, graph)


def test_a_graph_of_other_shapes_is_found_out(
    build_small_network: Callable[..., WaveformNetwork], network: WaveformNetwork
) -> None:
    graph = export_onnx(build_small_network(name="cnn_lstm"), LABELS)
    with pytest.raises(ExportError, match=r"gives kernel_attention of shape \(1, 3, 1\), expected"):
        check_parity(network, graph)


def test_checking_leaves_the_network_as_it_is(network: WaveformNetwork, graph: bytes) -> None:
    training = copy.deepcopy(network).train()
    check_parity(training, graph)
    assert training.training
