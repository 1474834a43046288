"""An ONNX file: read, cut at some of its outputs, and stored in less room."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from prosodyn.bundle import LARGE
from prosodyn.errors import BundleError, MissingExtraError
from prosodyn.features.encoders.constants import store_constants

_AXES = ("batch", "channel", "time", "frequency")
_DECODERS = ("Cast", "DequantizeLinear")
"""Steps that make real numbers of what is stored in less room."""


_FIRST_APART = 4
"""Version of the format from which on stored arrays need not stand among the inputs."""


class StoredIntegers(NamedTuple):
    """Weights as a file holds them: `(integers - zero) · scale`.

    Attributes:
        integers: of 8 bits, in the shape of the weights
        zero: likewise, one or one a channel, broadcast to the weights
        scale: single precision, broadcast likewise
    """

    integers: NDArray[Any]
    zero: NDArray[Any]
    scale: NDArray[np.float32]

    @property
    def values(self) -> NDArray[np.float32]:
        """Return the real numbers that they stand for."""
        centred = self.integers.astype(np.float32) - self.zero.astype(np.float32)
        return np.asarray(centred * self.scale, dtype=np.float32)


def read_model(content: bytes, where: str) -> Any:
    """Read the content of an ONNX file of one input, of which all constants are stored arrays.

    Raises:
        BundleError: it is none, or has more inputs
        MissingExtraError: onnx is not installed
    """
    try:
        import onnx
    except ImportError as fault:
        raise MissingExtraError("onnx", "train", "reading an encoder") from fault
    try:
        model = onnx.load_from_string(content)
        onnx.checker.check_model(model)
    except Exception as fault:  # protobuf and the checker raise classes of their own
        raise BundleError(f"{where}: is not an ONNX file: {fault}; copy it again") from fault
    store_constants(model.graph)
    if len(model.graph.input) != 1:
        raise BundleError(f"{where}: has {len(model.graph.input)} inputs, expected one, of features")
    axes = _input_axes(model.graph)
    if axes is not None and (len(axes) != len(_AXES) or axes[1] not in (1, None)):
        told = ", ".join("free" if size is None else str(size) for size in axes)
        raise BundleError(f"{where}: takes an input of axes ({told}), expected (batch, 1, frame, band)")
    return model


def n_bands_of(graph: Any) -> int | None:
    """Return how many bands a graph wants to be shown; None where it does not say so."""
    axes = _input_axes(graph)
    return None if axes is None else axes[-1]


def _input_axes(graph: Any) -> tuple[int | None, ...] | None:
    """Return the sizes of the input's axes, None for what is free; None where the file tells no axes."""
    told = graph.input[0].type.tensor_type
    if not told.HasField("shape"):
        return None
    return tuple(each.dim_value or None for each in told.shape.dim)


def stored_arrays(graph: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Return every stored array by name, integers and halves as the real numbers that they stand for."""
    from onnx import numpy_helper

    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    of_integers = {name: each.values for name, each in _integers_of(graph).items()}
    of_halves = {
        node.output[0]: stored[node.input[0]].astype(np.float32)
        for node in graph.node
        if node.op_type == "Cast" and stored.get(node.input[0], np.empty(0)).dtype == np.float16
    }
    return stored | of_integers | of_halves


def stored_integers(content: bytes) -> tuple[StoredIntegers, ...]:
    """Return the weights that the content of an ONNX file holds as integers.

    Raises:
        BundleError: it is no such file
        MissingExtraError: onnx is not installed
    """
    return tuple(_integers_of(read_model(content, "encoder").graph).values())


def _integers_of(graph: Any) -> dict[str, StoredIntegers]:
    """Return stored integers by the name of the real numbers that are made of them."""
    from onnx import numpy_helper

    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    nodes = [each for each in graph.node if each.op_type == "DequantizeLinear" and each.input[0] in stored]
    return {node.output[0]: _dequantised(node, [stored[name] for name in node.input]) for node in nodes}


def _dequantised(node: Any, arrays: Sequence[NDArray[Any]]) -> StoredIntegers:
    integers, scale = arrays[0], arrays[1]
    zero = arrays[2] if len(arrays) > 2 else np.zeros(scale.shape, dtype=integers.dtype)
    axis = attributes_of(node).get("axis", 1)
    shape = [-1 if place == axis and scale.ndim else 1 for place in range(integers.ndim)]
    return StoredIntegers(integers, zero.reshape(shape), scale.reshape(shape))


def holds_halves(content: bytes) -> bool:
    """Tell whether the content of an ONNX file holds weights in half precision."""
    graph = read_model(content, "encoder").graph
    return any(each.data_type == _half_type() for each in graph.initializer)


def halve_model(content: bytes, least: int = LARGE) -> bytes:
    """Return an ONNX file with its large weights rounded to half precision, and made single when it runs.

    Integers and their scales stay as they are.

    Args:
        content: of an ONNX file with one input
        least: numbers; fewer are not rounded

    Raises:
        BundleError: not such a file, or numbers beyond half precision
        MissingExtraError: onnx is not installed
    """
    model = read_model(content, "encoder")
    from onnx import TensorProto, helper, numpy_helper

    apart = {name for node in model.graph.node if node.op_type in _DECODERS for name in node.input}
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype != np.float32 or array.size < least or tensor.name in apart:
            continue
        name, stored = tensor.name, f"{tensor.name}_half"
        tensor.CopyFrom(numpy_helper.from_array(round_to_half(array, f"encoder: '{name}'"), stored))
        model.graph.node.insert(0, helper.make_node("Cast", [stored], [name], to=TensorProto.FLOAT))
    halved: bytes = model.SerializeToString(deterministic=True)
    return halved


def round_to_half(array: NDArray[np.float32], where: str) -> NDArray[np.float16]:
    """Round numbers to half precision.

    Args:
        array: of any shape
        where: names it in error messages

    Raises:
        BundleError: one is larger than half precision can tell
    """
    with np.errstate(over="ignore"):
        halves = array.astype(np.float16)
    if not np.isfinite(halves).all():
        raise BundleError(
            f"{where}: its largest weight is {np.abs(array).max():g}, beyond the 65504 of half precision; "
            "keep single precision"
        )
    return halves


def _half_type() -> int:
    from onnx import TensorProto

    return int(TensorProto.FLOAT16)


def needed_nodes(nodes: Iterable[Any], outputs: Sequence[str], given: set[str], where: str) -> list[Any]:
    """Return the nodes that the outputs depend on, in their order."""
    makers = {name: node for node in nodes for name in node.output}
    missing = [name for name in outputs if name not in makers]
    if missing:
        raise BundleError(f"{where}: has no output '{missing[0]}'; it has {sorted(makers)}")
    wanted, waiting = set[str](), list(outputs)
    while waiting:
        name = waiting.pop()
        if name and name not in given and name not in wanted:
            wanted.add(name)
            waiting += makers[name].input
    return [node for node in makers.values() if node.output[0] in wanted]


def cut_model(model: Any, nodes: Sequence[Any], outputs: Sequence[str]) -> bytes:
    """Return an ONNX file of these nodes alone, with the weights that they and their decoders need."""
    from onnx import TensorProto, helper

    wanted = {name for node in nodes for name in node.input}
    decoders = [node for node in model.graph.node if node.op_type in _DECODERS]
    real = [node for node in decoders if node.output[0] in wanted]
    wanted |= {name for node in real for name in node.input}
    graph = helper.make_graph(
        [*real, *nodes],
        model.graph.name,
        list(model.graph.input),
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(_AXES)) for name in outputs],
        [each for each in model.graph.initializer if each.name in wanted],
    )
    opsets = list(model.opset_import)
    version = max(model.ir_version, _FIRST_APART)
    cut = helper.make_model(graph, opset_imports=opsets, ir_version=version)
    content: bytes = cut.SerializeToString(deterministic=True)
    return content


def attributes_of(node: Any) -> dict[str, Any]:
    """Return the attributes of a node by name, as plain values."""
    from onnx import helper

    return {each.name: helper.get_attribute_value(each) for each in node.attribute}
