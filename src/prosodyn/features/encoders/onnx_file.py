"""An ONNX file: read, and cut at some of its outputs."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from prosodyn.errors import BundleError, MissingExtraError

_AXES = ("batch", "channel", "time", "frequency")


def read_model(content: bytes, where: str) -> Any:
    """Read the content of an ONNX file of one input.

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
    if len(model.graph.input) != 1:
        raise BundleError(f"{where}: has {len(model.graph.input)} inputs, expected one, of features")
    return model


def stored_arrays(graph: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Return every stored array by name, integer weights as the real numbers that they stand for."""
    from onnx import numpy_helper

    stored = {each.name: numpy_helper.to_array(each) for each in graph.initializer}
    for node in graph.node:
        if node.op_type == "DequantizeLinear" and node.input[0] in stored:
            stored[node.output[0]] = _dequantise(node, [stored[name] for name in node.input])
    return stored


def _dequantise(node: Any, arrays: Sequence[np.ndarray[Any, Any]]) -> np.ndarray[Any, Any]:
    integers, scale = arrays[0], arrays[1]
    zero = arrays[2] if len(arrays) > 2 else np.zeros_like(scale)
    axis = attributes_of(node).get("axis", 1)
    shape = [-1 if place == axis and scale.ndim else 1 for place in range(integers.ndim)]
    centred = integers.astype(np.float32) - zero.astype(np.float32).reshape(shape)
    return np.asarray(centred * scale.reshape(shape), dtype=np.float32)


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
    """Return an ONNX file of these nodes alone, with the weights that they and their integers need."""
    from onnx import TensorProto, helper

    wanted = {name for node in nodes for name in node.input}
    integers = [node for node in model.graph.node if node.op_type == "DequantizeLinear"]
    real = [node for node in integers if node.output[0] in wanted]
    wanted |= {name for node in real for name in node.input}
    graph = helper.make_graph(
        [*real, *nodes],
        model.graph.name,
        list(model.graph.input),
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, list(_AXES)) for name in outputs],
        [each for each in model.graph.initializer if each.name in wanted],
    )
    opsets = list(model.opset_import)
    cut = helper.make_model(graph, opset_imports=opsets, ir_version=model.ir_version)
    content: bytes = cut.SerializeToString(deterministic=True)
    return content


def attributes_of(node: Any) -> dict[str, Any]:
    """Return the attributes of a node by name, as plain values."""
    from onnx import helper

    return {each.name: helper.get_attribute_value(each) for each in node.attribute}
