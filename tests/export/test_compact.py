"""A compact graph holds the same constants in less room, and answers the same."""

from collections.abc import Callable

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from prosodyn.config import FrontEndConfig
from prosodyn.export import check_parity, export_onnx
from prosodyn.export.compact import compact, numbers_of
from prosodyn.features.encoders import StoredIntegers
from prosodyn.features.encoders.spectrogram import periodic_hann_window
from prosodyn.features.fourier import folded_basis, fourier_frequencies, hamming_window
from prosodyn.features.narrow_band import NarrowBand
from prosodyn.model import WaveformNetwork

LABELS = ("anger", "Freude", "悲伤")


def model_of(array: np.ndarray, as_node: bool = False) -> onnx.ModelProto:
    """Return a graph that gives its only constant, stored as an initialiser or by a node."""
    tensor = numpy_helper.from_array(array, "large")
    nodes = [helper.make_node("Constant", [], ["large"], value=tensor)] if as_node else []
    nodes.append(helper.make_node("Identity", ["large"], ["out"]))
    kind = helper.np_dtype_to_tensor_dtype(array.dtype)
    output = helper.make_tensor_value_info("out", kind, array.shape)
    graph = helper.make_graph(nodes, "one", [], [output], [] if as_node else [tensor])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def given_by(model: onnx.ModelProto) -> np.ndarray:
    """Run a graph by the reference of the format, not by the runtime that people use."""
    onnx.checker.check_model(model, full_check=True)
    found: np.ndarray = ReferenceEvaluator(model).run(None, {})[0]
    return found


@pytest.fixture
def halves(rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal((40, 50)).astype(np.float16).astype(np.float32)


@pytest.mark.parametrize("as_node", [True, False])
def test_halves_are_stored_as_such_and_come_back_exactly(halves: np.ndarray, as_node: bool) -> None:
    model = model_of(halves, as_node)
    compact(model)
    assert model.ByteSize() < 2.2 * halves.size
    np.testing.assert_array_equal(given_by(model), halves)


@pytest.mark.parametrize("zero", [0, 3])
def test_an_encoders_integers_are_stored_as_such_and_come_back_exactly(
    rng: np.random.Generator, zero: int
) -> None:
    stored = StoredIntegers(
        rng.integers(-127, 128, (8, 16, 3, 3)).astype(np.int8),
        np.full((8, 1, 1, 1), zero, dtype=np.int8),
        rng.uniform(0.001, 0.02, (8, 1, 1, 1)).astype(np.float32),
    )
    model = model_of(stored.values)
    compact(model, [stored])
    assert model.ByteSize() < 1.5 * stored.integers.size
    np.testing.assert_array_equal(given_by(model), stored.values)


def test_weights_of_8_bits_differ_by_half_a_step_of_their_block(rng: np.random.Generator) -> None:
    weights = (rng.standard_normal((40, 64)) * rng.uniform(0.01, 9, (40, 1))).astype(np.float32)
    model = model_of(weights)
    compact(model, rounded={numbers_of(weights.T)})  # the graph holds them transposed
    assert model.ByteSize() < 1.3 * weights.size
    steps = np.abs(weights).max(axis=1, keepdims=True) / 127
    assert (np.abs(given_by(model) - weights) <= 0.501 * steps).all()


def test_weights_that_nobody_named_keep_their_precision(rng: np.random.Generator) -> None:
    weights = rng.standard_normal((40, 50)).astype(np.float32)
    model = model_of(weights)
    compact(model, rounded={numbers_of(2 * weights)})
    np.testing.assert_array_equal(given_by(model), weights)


@pytest.mark.parametrize("part", ["cosines", "sines"])
@pytest.mark.parametrize(
    ("window", "n_fft"),
    [
        pytest.param(hamming_window(480), 512, id="hamming"),
        pytest.param(periodic_hann_window(400), 512, id="hann"),
        pytest.param(hamming_window(441), 512, id="odd"),
        pytest.param(hamming_window(1_024), 2_048, id="long"),
    ],
)
def test_the_kernels_of_a_fourier_transform_come_back_to_the_last_bit(
    window: np.ndarray, n_fft: int, part: str
) -> None:
    basis = folded_basis(window, fourier_frequencies(n_fft))
    expected = np.split(basis.T, 2, axis=1)[part == "sines"]
    kernels = expected.astype(np.float32)
    model = model_of(kernels)
    compact(model)
    assert model.ByteSize() < kernels.nbytes / 3
    np.testing.assert_allclose(given_by(model), expected, rtol=0, atol=2e-7)


def test_kernels_of_another_transform_stay_as_they_are() -> None:
    kernels = NarrowBand(FrontEndConfig()).spectrum.basis.T.numpy().copy()
    model = model_of(kernels)
    before = model.SerializeToString()
    compact(model)
    assert model.SerializeToString() == before


def test_numbers_that_are_no_halves_stay_as_they_are(rng: np.random.Generator) -> None:
    model = model_of(rng.standard_normal((40, 50)).astype(np.float32))
    before = model.SerializeToString()
    compact(model)
    assert model.SerializeToString() == before


@pytest.mark.parametrize("array", [np.arange(5_000), np.ones(1_000, dtype=np.float32)])
def test_whole_numbers_and_small_arrays_stay_as_they_are(array: np.ndarray) -> None:
    model = model_of(array)
    before = model.SerializeToString()
    compact(model)
    assert model.SerializeToString() == before


def test_a_constant_that_can_be_replaced_stays_an_input(halves: np.ndarray) -> None:
    model = model_of(halves)
    shape = helper.make_tensor_value_info("large", TensorProto.FLOAT, halves.shape)
    model.graph.input.append(shape)
    before = model.SerializeToString()
    compact(model)
    assert model.SerializeToString() == before


def test_a_compact_graph_of_a_whole_network_answers_as_it_does(
    build_small_network: Callable[..., WaveformNetwork],
) -> None:
    network = build_small_network(narrow_band=True, summary_size=5)
    with torch.no_grad():
        for weights in network.parameters():
            weights.copy_(weights.half())
    plain, small = (export_onnx(network, LABELS, storage) for storage in ("plain", "compact"))
    assert len(small) < 0.6 * len(plain)
    assert check_parity(network, small) <= 1e-4


def test_the_same_weights_give_the_same_compact_bytes(summarised: WaveformNetwork) -> None:
    assert export_onnx(summarised, LABELS, "compact") == export_onnx(summarised, LABELS, "compact")
