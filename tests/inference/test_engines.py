"""Both engines keep the one contract, and give the same answers."""

import dataclasses
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from prosodyn.bundle import Card, read_card, read_graph, read_weights, write_bundle
from prosodyn.config import NetworkConfig
from prosodyn.errors import BundleError, ConfigError, MissingExtraError
from prosodyn.inference.engines import build_engine
from prosodyn.inference.engines.onnx import OUTPUTS, OnnxEngine
from prosodyn.types import Engine, EngineOutput

Noise = Callable[[int], np.ndarray]

LENGTHS = [1, 479, 480, 481, 9_000, 30_000]


@pytest.fixture(params=["onnx", "torch"])
def engine(request: pytest.FixtureRequest, bundle: Path) -> Engine:
    return build_engine(request.param, bundle, read_card(bundle))


def arrays(output: EngineOutput) -> list[np.ndarray]:
    return [getattr(output, field.name) for field in dataclasses.fields(output)]


def mixed_batch(noise: Noise) -> tuple[np.ndarray, np.ndarray]:
    """Return utterances of every length side by side, zero on padding."""
    waveform = np.zeros((len(LENGTHS), max(LENGTHS)), dtype=np.float32)
    for row, length in zip(waveform, LENGTHS, strict=True):
        row[:length] = noise(length)
    return waveform, np.array(LENGTHS)


def test_a_batch_answers_like_its_utterances_alone(engine: Engine, noise: Noise) -> None:
    waveform, samples = mixed_batch(noise)
    together = engine.run(waveform, samples).logits
    alone = [
        engine.run(row[None, :length], np.array([length])).logits[0]
        for row, length in zip(waveform, LENGTHS, strict=True)
    ]
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_what_lies_in_the_padding_does_not_matter(engine: Engine, noise: Noise) -> None:
    waveform, samples = mixed_batch(noise)
    loud = np.where(np.arange(waveform.shape[1]) < samples[:, None], waveform, np.float32(0.9))
    for clean, garbage in zip(
        arrays(engine.run(waveform, samples)), arrays(engine.run(loud, samples)), strict=True
    ):
        np.testing.assert_array_equal(clean, garbage)


def test_more_padding_does_not_matter(engine: Engine, noise: Noise) -> None:
    waveform, samples = mixed_batch(noise)
    wider = np.pad(waveform, ((0, 0), (0, 20_000)))
    np.testing.assert_allclose(
        engine.run(waveform, samples).logits, engine.run(wider, samples).logits, atol=1e-5
    )


def test_the_caller_keeps_its_arrays(engine: Engine, noise: Noise) -> None:
    waveform, samples = mixed_batch(noise)
    waveform_before, samples_before = waveform.copy(), samples.copy()
    engine.run(waveform, samples)
    np.testing.assert_array_equal(waveform, waveform_before)
    np.testing.assert_array_equal(samples, samples_before)


def test_arrays_that_must_not_be_written_to_are_taken(engine: Engine, noise: Noise) -> None:
    waveform = noise(9_000)[None]
    waveform.setflags(write=False)
    assert engine.run(waveform, np.array([9_000])).logits.shape == (1, 3)


def test_attention_sums_to_one_and_is_zero_on_padding(engine: Engine, noise: Noise) -> None:
    output = engine.run(*mixed_batch(noise))
    np.testing.assert_allclose(output.frame_attention.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(output.kernel_attention.sum(axis=2), 1, atol=1e-5)
    assert not output.frame_attention[0, 1:].any()


def test_outputs_have_the_shapes_of_the_contract(engine: Engine, noise: Noise) -> None:
    shapes = [array.shape for array in arrays(engine.run(*mixed_batch(noise)))]
    n_frames = (30_000 - 480) // 240 // 2 + 1  # frames of 480 every 240, then a stride of two
    assert shapes[0] == (6, 3)
    assert shapes[1] == (6, 8)
    assert shapes[2][0] == 6
    assert shapes[2][1] >= n_frames
    assert shapes[3] == (6, 1, 3)


def test_both_engines_give_the_same_answers(bundle: Path, noise: Noise) -> None:
    batch = mixed_batch(noise)
    card = read_card(bundle)
    by_onnx, by_torch = (arrays(build_engine(kind, bundle, card).run(*batch)) for kind in ("onnx", "torch"))
    for first, second in zip(by_onnx, by_torch, strict=True):
        np.testing.assert_allclose(first, second, atol=1e-4)


def test_an_engine_says_what_it_is(bundle: Path) -> None:
    card = read_card(bundle)
    assert [build_engine(kind, bundle, card).name for kind in ("auto", "onnx", "torch")] == [
        "onnx",
        "onnx",
        "torch",
    ]


def test_without_a_graph_torch_is_taken(bundle_without_graph: Path) -> None:
    assert build_engine("auto", bundle_without_graph, read_card(bundle_without_graph)).name == "torch"


def test_asking_for_a_graph_that_is_not_there_is_an_error(bundle_without_graph: Path) -> None:
    with pytest.raises(BundleError, match="has no graph; use the engine 'torch'"):
        build_engine("onnx", bundle_without_graph, read_card(bundle_without_graph))


def test_a_lost_graph_is_an_error_and_not_torch(bundle: Path, tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"graph\.onnx: cannot be read"):
        build_engine("auto", tmp_path, read_card(bundle))


def test_an_unknown_engine_is_an_error(bundle: Path) -> None:
    with pytest.raises(ConfigError, match=r"expected one of \['auto', 'onnx', 'torch'\], found 'tflite'"):
        build_engine("tflite", bundle, read_card(bundle))  # type: ignore[arg-type]


def test_asking_for_torch_without_torch_says_what_to_install(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "prosodyn.inference.engines.torch", None)
    with pytest.raises(MissingExtraError, match=r"'torch': pip install 'prosodyn\[train\]'"):
        build_engine("torch", bundle, read_card(bundle))


@pytest.mark.parametrize(
    "config",
    [
        NetworkConfig(channels=(4, 6), band_strides=(2, 2), frame_strides=(2, 1), hidden_size=16),
        NetworkConfig(hidden_size=10**12),
    ],
)
def test_weights_of_another_network_are_refused(bundle: Path, tmp_path: Path, config: NetworkConfig) -> None:
    forged = dataclasses.replace(read_card(bundle), network=config)
    weights = {"network.head.weight": np.zeros((3, 8), dtype=np.float32)}
    written = write_bundle(tmp_path / "forged", forged, weights)
    with pytest.raises(BundleError, match="the weights are not those of the network on the card"):
        build_engine("torch", tmp_path / "forged", written)


@pytest.mark.parametrize("content", [b"", b"\0", b"garbage", b"\x08\x08\x12"])
def test_what_is_no_graph_is_refused(content: bytes) -> None:
    with pytest.raises(BundleError, match="is not a graph that can be run"):
        OnnxEngine(content, 3)


def test_half_a_graph_is_refused(bundle: Path) -> None:
    graph = read_graph(bundle, read_card(bundle))
    with pytest.raises(BundleError, match="is not a graph that can be run"):
        OnnxEngine(graph[: len(graph) // 2], 3)


def test_a_graph_of_other_labels_is_refused(bundle: Path, card: Card) -> None:
    graph = read_graph(bundle, read_card(bundle))
    with pytest.raises(BundleError, match="gives 3 logits, the card has 7 labels"):
        OnnxEngine(graph, 7)


def graph_with(
    inputs: dict[str, int], outputs: tuple[str, ...], n_logits: str | int = 2, node: str = "Identity"
) -> bytes:
    """Return a graph that hands `waveform` on under every name of the outputs."""
    shapes = {"waveform": ["batch", "time"], "samples": ["batch"]}
    graph = helper.make_graph(
        [helper.make_node(node, ["waveform"], [name]) for name in outputs],
        "strange",
        [helper.make_tensor_value_info(name, kind, shapes.get(name, [1])) for name, kind in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", n_logits]) for name in outputs],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


CONTRACT = {"waveform": TensorProto.FLOAT, "samples": TensorProto.INT64}


@pytest.mark.parametrize(
    "inputs",
    [
        {"waveform": TensorProto.FLOAT},
        {**CONTRACT, "speaker": TensorProto.FLOAT},
        {"waveform": TensorProto.FLOAT, "samples": TensorProto.FLOAT},
    ],
)
def test_a_graph_of_other_inputs_is_refused(inputs: dict[str, int]) -> None:
    with pytest.raises(BundleError, match="takes"):
        OnnxEngine(graph_with(inputs, OUTPUTS), 2)


def test_a_graph_without_an_output_is_refused() -> None:
    with pytest.raises(BundleError, match="does not give 'kernel_attention'"):
        OnnxEngine(graph_with(CONTRACT, OUTPUTS[:-1]), 2)


def test_a_graph_that_hides_its_labels_is_found_out_when_run() -> None:
    engine = OnnxEngine(graph_with(CONTRACT, OUTPUTS, n_logits="emotion"), 2)
    with pytest.raises(BundleError, match=r"gives logits of shape \(1, 50\), expected \(1, 2\)"):
        engine.run(np.zeros((1, 50), dtype=np.float32), np.array([50]))


def test_a_graph_that_fails_when_run_is_an_error_of_the_bundle(noise: Noise) -> None:
    model = onnx.load_from_string(graph_with(CONTRACT, OUTPUTS))
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [7, 2])
    model.graph.initializer.append(shape)
    model.graph.node[0].CopyFrom(helper.make_node("Reshape", ["waveform", "shape"], ["logits"]))
    engine = OnnxEngine(model.SerializeToString(), 2)
    with pytest.raises(BundleError, match=r"cannot be run on a batch of shape \(1, 50\)"):
        engine.run(np.zeros((1, 50), dtype=np.float32), np.array([50]))


def test_a_graph_whose_weights_lie_elsewhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(bytes(8))
    model = onnx.load_from_string(graph_with(CONTRACT, OUTPUTS))
    weights = helper.make_tensor("weights", TensorProto.FLOAT, [2], [0.0, 0.0])
    weights.ClearField("float_data")
    weights.data_location = TensorProto.EXTERNAL
    entry = weights.external_data.add()
    entry.key, entry.value = "location", str(tmp_path / "secret")
    model.graph.initializer.append(weights)
    model.graph.node[0].CopyFrom(helper.make_node("Add", ["waveform", "weights"], ["logits"]))
    with pytest.raises(BundleError, match="is not a graph that can be run"):
        OnnxEngine(model.SerializeToString(), 2)


def test_a_faulty_graph_writes_nothing_to_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(BundleError):
        OnnxEngine(graph_with({"waveform": TensorProto.FLOAT}, OUTPUTS, node="NoSuchThing"), 2)
    assert capfd.readouterr() == ("", "")


def test_labels_in_another_order_than_the_graphs_are_refused(
    tmp_path: Path, bundle: Path, card: Card
) -> None:
    swapped = dataclasses.replace(card, labels=card.labels[::-1])
    directory = tmp_path / "swapped"
    written = write_bundle(
        directory, swapped, read_weights(bundle, read_card(bundle)), read_graph(bundle, read_card(bundle))
    )

    with pytest.raises(BundleError, match=r"answers with .* the card says"):
        build_engine("onnx", directory, written)
