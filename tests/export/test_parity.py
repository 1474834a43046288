"""Every network answers alike in its graph, and the check sees when one does not."""

import copy
import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import onnx
import pytest
import torch

from prosodyn.errors import ExportError
from prosodyn.export import check_parity, export_onnx
from prosodyn.inference.engines.torch import TorchEngine
from prosodyn.model import WaveformNetwork
from prosodyn.types import EngineOutput

LABELS = ("anger", "Freude", "悲伤")


@pytest.mark.parametrize(
    ("front_end", "changes"),
    [
        ("logmel", {}),
        ("mfcc", {"routing": "sigmoid", "pooling": "mean"}),
        ("logmel", {"routing": "frequency"}),
        ("mfcc", {"name": "cnn_lstm"}),
        ("logmel", {"name": "cnn_lstm", "pooling": "last"}),
        ("logmel", {"narrow_band": True}),
        ("logmel", {"narrow_band": True, "summary_size": 5}),
        ("mfcc", {"summary_size": 5}),
        ("logmel", {"quiet": 20.0}),
    ],
)
def test_a_graph_answers_as_its_network_at_any_length_and_batch(
    build_small_network: Callable[..., WaveformNetwork], front_end: str, changes: dict[str, Any]
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


def without_outputs(graph: bytes, *names: str) -> bytes:
    """Return a graph that keeps some of its outputs to itself."""
    model = onnx.load_from_string(graph)
    kept = [output for output in model.graph.output if output.name not in names]
    del model.graph.output[:]
    model.graph.output.extend(kept)
    content: bytes = model.SerializeToString()
    return content


def steps_of_one(model: onnx.ModelProto) -> Iterable[onnx.NodeProto]:
    """Return what a graph does for each utterance."""
    (loop,) = (node for node in model.graph.node if node.op_type == "Loop")
    steps: Iterable[onnx.NodeProto] = loop.attribute[0].g.node
    return steps


def test_a_graph_that_gives_no_statistics_is_found_out(network: WaveformNetwork, graph: bytes) -> None:
    with pytest.raises(ExportError, match="does not give n_frames; export it again"):
        check_parity(network, without_outputs(graph, "n_frames"))


def test_statistics_of_other_features_are_found_out(network: WaveformNetwork, graph: bytes) -> None:
    other = copy.deepcopy(network)
    other.listener.front_end.get_buffer("filters").mul_(2)
    with torch.no_grad():  # the same answers from other features
        other.normaliser.mean.add_(torch.log(torch.tensor(2.0)))
    with pytest.raises(ExportError, match="in utterance_mean of"):
        check_parity(other, graph, tolerance=0.1)


def test_a_graph_that_follows_another_speaker_is_found_out(network: WaveformNetwork, graph: bytes) -> None:
    model = onnx.load_from_string(graph)
    for node in steps_of_one(model):  # the scale is used where the mean should be
        node.input[:] = ["feature_scale" if name == "feature_mean" else name for name in node.input]
    same = copy.deepcopy(network)
    same.normaliser.mean.copy_(same.normaliser.scale)
    with pytest.raises(ExportError, match="normalised by a speaker's own mean and scale"):
        check_parity(same, model.SerializeToString())


@pytest.fixture(scope="module")
def summarised_graph(summarised: WaveformNetwork) -> bytes:
    return export_onnx(summarised, LABELS)


def test_another_summary_is_found_out(summarised: WaveformNetwork, summarised_graph: bytes) -> None:
    other = copy.deepcopy(summarised)
    assert other.listener.summary is not None
    other.listener.summary.contours.mul_(2)
    with pytest.raises(ExportError, match=r"in summary of \d+ utterances"):
        check_parity(other, summarised_graph)


@pytest.mark.parametrize(("own", "stored"), [("summary_mean", 0.0), ("summary_scale", 1.0)])
def test_a_graph_that_follows_another_speakers_summary_is_found_out(
    summarised: WaveformNetwork, summarised_graph: bytes, own: str, stored: float
) -> None:
    model = onnx.load_from_string(summarised_graph)
    always = np.full(summarised.summary_normaliser.mean.shape, stored, dtype=np.float32)
    model.graph.initializer.append(onnx.numpy_helper.from_array(always, "deaf"))
    for node in steps_of_one(model):  # the speaker's is never looked at
        node.input[:] = ["deaf" if name == own else name for name in node.input]
    with pytest.raises(ExportError, match=r"in logits of .* normalised by a speaker's own mean and scale"):
        check_parity(summarised, model.SerializeToString())


def with_logits(network: WaveformNetwork, logits: float) -> WaveformNetwork:
    """Return a network that gives the same logits whatever it hears."""
    same = copy.deepcopy(network)
    torch.nn.init.zeros_(same.network.head.weight)
    torch.nn.init.constant_(same.network.head.bias, logits)
    return same


@pytest.mark.parametrize(
    ("ours", "theirs", "difference"),
    [(-1_000.0, -1_002.0, 0.002), (0.001, 0.002, 0.001)],
    ids=["by its share above one", "as it is below one"],
)
def test_a_difference_counts(network: WaveformNetwork, ours: float, theirs: float, difference: float) -> None:
    graph = export_onnx(with_logits(network, theirs), LABELS)
    found = check_parity(with_logits(network, ours), graph, tolerance=0.01)
    assert found == pytest.approx(difference, rel=1e-2)


@pytest.mark.parametrize(("moved", "passes"), [(5e-4, True), (5e-3, False)])
def test_the_embedding_may_differ_a_little_more(
    network: WaveformNetwork, monkeypatch: pytest.MonkeyPatch, moved: float, passes: bool
) -> None:
    run = TorchEngine.run

    def with_another_embedding(engine: TorchEngine, *heard: Any) -> EngineOutput:
        output = run(engine, *heard)
        return dataclasses.replace(output, embedding=output.embedding + moved)

    graph = export_onnx(network, LABELS)
    monkeypatch.setattr(TorchEngine, "run", with_another_embedding)

    if passes:
        check_parity(network, graph)
    else:
        with pytest.raises(ExportError, match="in embedding of"):
            check_parity(network, graph)


def test_checking_leaves_the_network_as_it_is(network: WaveformNetwork, graph: bytes) -> None:
    training = copy.deepcopy(network).train()
    check_parity(training, graph)
    assert training.training
