"""An encoder's file in half precision: smaller, understood, and told apart from what it was."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from prosodyn.config import Encoder
from prosodyn.errors import BundleError
from prosodyn.features.encoders import EncoderFrontEnd, OnnxLayers, halve_model, stored_integers

PLACES = ("hidden_1", "hidden_2")


def arrays_in(graph: bytes) -> dict[str, np.ndarray]:
    return {
        each.name: onnx.numpy_helper.to_array(each) for each in onnx.load_from_string(graph).graph.initializer
    }


def test_weights_are_read_as_the_nearest_halves(valid_graph: bytes) -> None:
    layers = OnnxLayers(halve_model(valid_graph, least=30), PLACES)

    kernel = arrays_in(valid_graph)["kernel_1"]
    found = layers.get_buffer(layers.names["kernel_1"]).numpy()
    np.testing.assert_array_equal(found, kernel.astype(np.float16).astype(np.float32))
    assert not np.array_equal(found, kernel)


def test_small_weights_stay_in_single_precision(valid_graph: bytes) -> None:
    before, after = arrays_in(valid_graph), arrays_in(halve_model(valid_graph, least=30))

    assert {name for name, array in after.items() if array.dtype == np.float16} == {
        "kernel_1_half",
        "kernel_2_half",
    }
    np.testing.assert_array_equal(after["bias_1"], before["bias_1"])


def test_integers_and_their_scales_stay_as_they_are(padded_graph: bytes) -> None:
    before, after = arrays_in(padded_graph), arrays_in(halve_model(padded_graph, least=1))

    for name in ("integers", "scale", "zero"):
        np.testing.assert_array_equal(after[name], before[name])
        assert after[name].dtype == before[name].dtype
    assert "depthwise_half" in after


def test_a_halved_file_runs_by_itself_as_it_is_read(graph: bytes) -> None:
    """The runtime knows nothing of this reader."""
    halved, clip = halve_model(graph, least=30), torch.randn(1, 1, 20, 8)

    states = OnnxLayers(halved, PLACES)(clip, torch.tensor([20]))

    session = onnxruntime.InferenceSession(halved, providers=["CPUExecutionProvider"])
    for found, expected in zip(states, session.run(list(PLACES), {"features": clip.numpy()}), strict=True):
        np.testing.assert_allclose(found.values[:, :, : expected.shape[2]], expected, atol=1e-5)


def test_a_halved_file_can_be_cut(valid_graph: bytes) -> None:
    low = OnnxLayers(halve_model(valid_graph, least=30), PLACES[:1])

    again = OnnxLayers(low.file.numpy().tobytes(), PLACES[:1])

    kept = arrays_in(again.file.numpy().tobytes())
    assert set(kept) == {"kernel_1_half", "bias_1", "least"}
    assert torch.equal(again.get_buffer("w2"), low.get_buffer("w2"))


def test_halving_twice_changes_nothing(graph: bytes) -> None:
    once = halve_model(graph, least=30)

    assert halve_model(once, least=30) == once


def test_weights_beyond_half_precision_are_refused_by_name(valid_graph: bytes) -> None:
    model = onnx.load_from_string(valid_graph)
    kernel = next(each for each in model.graph.initializer if each.name == "kernel_1")
    kernel.CopyFrom(onnx.numpy_helper.from_array(np.full((4, 1, 3, 3), -1e5, dtype=np.float32), "kernel_1"))

    with pytest.raises(BundleError, match=r"encoder: 'kernel_1': its largest weight is 100000, beyond"):
        halve_model(model.SerializeToString(), least=30)


def test_stored_integers_are_the_weights_that_are_used(padded_graph: bytes) -> None:
    layers = OnnxLayers(padded_graph, PLACES)

    (found,) = stored_integers(padded_graph)

    np.testing.assert_array_equal(found.values, layers.get_buffer(layers.names["kernel"]))


def test_what_rounded_encoders_make_of_a_sound_is_not_taken_for_what_their_files_make_of_it(
    two: list[Encoder], valid_graph: bytes, padded_graph: bytes
) -> None:
    whole, halved = (
        {"valid": change(valid_graph), "padded": change(padded_graph)}
        for change in (bytes, lambda content: halve_model(content, least=30))
    )

    assert EncoderFrontEnd(two, whole).identity == EncoderFrontEnd(two).identity
    assert EncoderFrontEnd(two, halved).identity != EncoderFrontEnd(two).identity
