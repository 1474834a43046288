"""An encoder read into torch, beside onnxruntime on one clip at a time."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import helper
from torch import Tensor

from prosodyn.errors import BundleError
from prosodyn.features.encoders import OnnxLayers

PLACES = ("hidden_1", "hidden_2")
LENGTHS = (40, 17, 12)


def run_alone(graph: bytes, clip: Tensor) -> list[np.ndarray]:
    """Run the file itself on one clip without padding, `(1, frame, band)`."""
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    found: list[np.ndarray] = session.run(list(PLACES), {"features": clip[None].numpy()})
    return found


def draw_batch() -> Tensor:
    """Draw a batch with noise beyond the true ends, too."""
    return torch.randn(len(LENGTHS), 1, max(LENGTHS), 8)


def test_every_clip_of_a_batch_is_answered_as_the_file_answers_it_alone(graph: bytes) -> None:
    batch = draw_batch()

    states = OnnxLayers(graph, PLACES)(batch, torch.tensor(LENGTHS))

    for row, length in enumerate(LENGTHS):
        for found, expected in zip(states, run_alone(graph, batch[row, :, :length]), strict=True):
            assert int(found.lengths[row]) == expected.shape[2]
            true = found.values[row, :, : expected.shape[2]]
            np.testing.assert_allclose(true, expected[0], atol=1e-5)


def test_what_comes_in_stays_as_it_was(graph: bytes) -> None:
    batch = draw_batch()
    before = batch.clone()

    OnnxLayers(graph, PLACES)(batch, torch.tensor(LENGTHS))

    assert torch.equal(batch, before)


def test_only_what_is_wanted_is_kept(valid_graph: bytes) -> None:
    low, whole = OnnxLayers(valid_graph, PLACES[:1]), OnnxLayers(valid_graph, PLACES[1:])

    assert [step.target for step in low.steps] == ["conv_1", "leaky", "hidden_1"]
    assert len(whole.steps) == 6
    assert len(low.names) == 3


def test_the_fewest_frames_are_just_enough_for_the_file(valid_graph: bytes) -> None:
    least = OnnxLayers(valid_graph, PLACES).least_frames()

    assert [each.shape[2] for each in run_alone(valid_graph, torch.randn(1, least, 8))] == [least - 2, 1]
    with pytest.raises(onnxruntime.capi.onnxruntime_pybind11_state.InvalidArgument):
        run_alone(valid_graph, torch.randn(1, least - 1, 8))


def test_the_weights_are_frozen_and_gradients_pass_through(graph: bytes) -> None:
    layers, batch = OnnxLayers(graph, PLACES), draw_batch().requires_grad_()

    layers(batch, torch.tensor(LENGTHS))[-1].values.sum().backward()

    assert not list(layers.parameters())
    assert batch.grad is not None
    assert batch.grad.abs().sum() > 0


def test_integer_weights_count_as_the_real_numbers_that_they_stand_for(padded_graph: bytes) -> None:
    stored = {
        each.name: onnx.numpy_helper.to_array(each)
        for each in onnx.load_from_string(padded_graph).graph.initializer
    }

    layers = OnnxLayers(padded_graph, PLACES[:1])

    apart = stored["integers"].astype(float) - stored["zero"][:, None, None, None]
    expected = apart * stored["scale"][:, None, None, None]
    np.testing.assert_allclose(layers.get_buffer(layers.names["kernel"]), expected, rtol=1e-6)


def test_what_is_stored_is_the_file_cut_at_its_outputs(graph: bytes) -> None:
    layers, batch, lengths = OnnxLayers(graph, PLACES[:1]), draw_batch(), torch.tensor(LENGTHS)

    stored = layers.state_dict()

    assert list(stored) == ["file"]
    again = OnnxLayers(stored["file"].numpy().tobytes(), PLACES[:1])
    assert torch.equal(again.file, layers.file)
    assert torch.equal(again(batch, lengths)[0].values, layers(batch, lengths)[0].values)
    with pytest.raises(BundleError, match="has no output 'hidden_2'"):
        OnnxLayers(stored["file"].numpy().tobytes(), PLACES)


def rename_step(graph: bytes, old: str, new: str) -> bytes:
    model = onnx.load_from_string(graph)
    for node in model.graph.node:
        node.op_type = new if node.op_type == old else node.op_type
    content: bytes = model.SerializeToString()
    return content


def test_a_step_that_is_not_known_is_refused_by_name(valid_graph: bytes) -> None:
    with pytest.raises(BundleError, match=r"there: holds a step 'Tanh', expected one of \['Add', 'Ave"):
        OnnxLayers(rename_step(valid_graph, "Sigmoid", "Tanh"), PLACES, "there")


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("MaxPool", "pads", [1, 0, 0, 0]),
        ("MaxPool", "ceil_mode", 1),
        ("MaxPool", "dilations", [2, 1]),
        ("MaxPool", "auto_pad", "SAME_UPPER"),
        ("Conv", "auto_pad", "SAME_UPPER"),
    ],
)
def test_what_a_step_would_do_otherwise_is_refused(
    valid_graph: bytes, kind: str, name: str, value: object
) -> None:
    model = onnx.load_from_string(valid_graph)
    step = next(node for node in model.graph.node if node.op_type == kind)
    clashing = {name} | ({"pads"} if name == "auto_pad" else set())
    for old in [each for each in step.attribute if each.name in clashing]:
        step.attribute.remove(old)
    step.attribute.append(helper.make_attribute(name, value))

    with pytest.raises(BundleError, match=rf"there: its step {kind} .* has {name} "):
        OnnxLayers(model.SerializeToString(), PLACES, "there")


def test_a_limit_that_is_left_out_is_none(padded_graph: bytes) -> None:
    model = onnx.load_from_string(padded_graph)
    clip = next(node for node in model.graph.node if node.op_type == "Clip")
    clip.input[1] = ""
    batch = draw_batch()

    states = OnnxLayers(model.SerializeToString(), PLACES)(batch, torch.tensor(LENGTHS))

    expected = run_alone(model.SerializeToString(), batch[0])[0]
    assert expected.min() < 0
    np.testing.assert_allclose(states[0].values[:1], expected, atol=1e-5)


def test_a_place_that_is_not_there_is_refused_with_those_that_are(valid_graph: bytes) -> None:
    with pytest.raises(BundleError, match=r"has no output 'hidden_9'; it has \['conv_1', .*'hidden_1'"):
        OnnxLayers(valid_graph, ["hidden_9"])


def test_what_is_no_onnx_file_is_refused() -> None:
    with pytest.raises(BundleError, match="there: is not an ONNX file"):
        OnnxLayers(b"no graph at all", PLACES, "there")


@pytest.mark.parametrize("version", ["value", "value_float", "input", "copy"])
def test_a_constant_is_found_wherever_it_was_written(padded_graph: bytes, version: str) -> None:
    """PyTorch writes the limits of ReLU6 as steps, and older files name arrays among the inputs."""
    model = onnx.load_from_string(padded_graph)
    graph = model.graph
    high = next(each for each in graph.initializer if each.name == "high")
    if version == "input":
        graph.input.append(helper.make_tensor_value_info("high", high.data_type, high.dims))
    elif version == "copy":
        clip = next(node for node in graph.node if node.op_type == "Clip")
        clip.input[2] = "again"
        graph.node.insert(0, helper.make_node("Identity", ["high"], ["again"]))
    else:
        graph.initializer.remove(high)
        value = {"value": high} if version == "value" else {"value_float": 6.0}
        graph.node.insert(0, helper.make_node("Constant", [], ["high"], **value))
    batch, lengths = draw_batch(), torch.tensor(LENGTHS)

    found = OnnxLayers(model.SerializeToString(), PLACES)

    plain = OnnxLayers(padded_graph, PLACES)(batch, lengths)
    for ours, theirs in zip(found(batch, lengths), plain, strict=True):
        assert torch.equal(ours.values, theirs.values)
    again = OnnxLayers(found.file.numpy().tobytes(), PLACES)(batch, lengths)
    assert torch.equal(again[-1].values, plain[-1].values)


def test_what_an_old_version_of_the_format_needs_is_not_needed_once_it_is_cut(valid_graph: bytes) -> None:
    """The third wants stored arrays among the inputs, where they are not wanted here."""
    model = onnx.load_from_string(valid_graph)
    model.ir_version, model.opset_import[0].version = 3, 8
    for each in model.graph.initializer:
        model.graph.input.append(helper.make_tensor_value_info(each.name, each.data_type, each.dims))
    batch, lengths = draw_batch(), torch.tensor(LENGTHS)

    cut = OnnxLayers(model.SerializeToString(), PLACES).file.numpy().tobytes()

    found = OnnxLayers(cut, PLACES)(batch, lengths)
    assert torch.equal(found[-1].values, OnnxLayers(valid_graph, PLACES)(batch, lengths)[-1].values)


@pytest.mark.parametrize("heard", [["leaky", "least", "least"], ["leaky"], ["least", "least"]])
def test_a_step_of_two_wants_two_of_which_one_is_heard(valid_graph: bytes, heard: list[str]) -> None:
    model = onnx.load_from_string(valid_graph)
    step = next(node for node in model.graph.node if node.op_type == "Max")
    step.input[:] = heard

    with pytest.raises(BundleError, match=r"there: its step Max .* is of a shape that is not known here"):
        OnnxLayers(model.SerializeToString(), PLACES, "there")


@pytest.mark.parametrize("axes", [["batch", 2, "frame", 8], ["batch", "frame", 8]])
def test_an_input_of_another_kind_is_refused(valid_graph: bytes, axes: list[str | int]) -> None:
    model = onnx.load_from_string(valid_graph)
    shown = helper.make_tensor_value_info("features", onnx.TensorProto.FLOAT, axes)
    model.graph.input[0].CopyFrom(shown)

    with pytest.raises(BundleError, match=r"there: takes an input of axes \(free, .*, expected \(batch, 1, "):
        OnnxLayers(model.SerializeToString(), PLACES, "there")


def test_an_encoder_of_two_inputs_is_refused(valid_graph: bytes) -> None:
    model = onnx.load_from_string(valid_graph)
    model.graph.input.append(model.graph.input[0])
    model.graph.input[1].name = "other"

    with pytest.raises(BundleError, match="has 2 inputs"):
        OnnxLayers(model.SerializeToString(), PLACES)


def test_what_is_cut_already_is_stored_as_it_is(graph: bytes) -> None:
    """Another version of the libraries may write the same file in other bytes."""
    model = onnx.load_from_string(OnnxLayers(graph, PLACES).file.numpy().tobytes())
    model.producer_name = "another version"
    content = model.SerializeToString()

    assert OnnxLayers(content, PLACES, is_cut=True).file.numpy().tobytes() == content
