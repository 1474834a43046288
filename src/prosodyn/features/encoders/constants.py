"""Constants of an ONNX graph: stored as arrays, wherever an exporter has written them."""

from typing import Any

import numpy as np

_VALUES = {
    "value_float": np.float32,
    "value_floats": np.float32,
    "value_int": np.int64,
    "value_ints": np.int64,
}
"""Attributes of a constant besides its tensor, and what kind of numbers each holds."""


def store_constants(graph: Any) -> None:
    """Store as arrays what steps only hold or pass on; stored arrays are no inputs.

    PyTorch writes the limits of a clip as steps, and older files name their weights among the inputs.

    Args:
        graph: changed in place
    """
    stored = {each.name for each in graph.initializer}
    for given in [each for each in graph.input if each.name in stored]:
        graph.input.remove(given)
    for node in list(graph.node):
        array = _array_of(graph, node)
        if array is not None:
            graph.initializer.append(array)
            graph.node.remove(node)


def _array_of(graph: Any, node: Any) -> Any:
    """Return the array that a step always makes, under its name; None where it depends on what is heard."""
    from onnx import helper, numpy_helper

    if node.op_type == "Identity":
        for each in graph.initializer:
            if each.name == node.input[0]:
                return numpy_helper.from_array(numpy_helper.to_array(each), node.output[0])
    if node.op_type != "Constant":
        return None
    (attribute,) = node.attribute
    value = helper.get_attribute_value(attribute)
    if attribute.name == "value":
        return numpy_helper.from_array(numpy_helper.to_array(value), node.output[0])
    if attribute.name not in _VALUES:
        return None
    return numpy_helper.from_array(np.asarray(value, _VALUES[attribute.name]), node.output[0])
