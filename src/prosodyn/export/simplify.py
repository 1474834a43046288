"""What tracing writes down and no utterance needs that is alone: masks, and zeros that a step can add itself.

A network masks whatever lies beyond the ends of a padded batch. Where there is nothing beyond, each mask
is true everywhere, see `features.functional.length_mask`, and what it is applied to stays as it is.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np

_PASSED_ON = {"Cast", "Unsqueeze"}  # what a mask may go through before it is applied


def simplify(graph: Any) -> None:
    """Take needless steps out of the traced graph of one utterance, in place."""
    drop_masks(graph)
    merge_pads(graph)
    drop_unused(graph)


def drop_masks(graph: Any) -> None:
    """Let pass what is multiplied by a mask that is true everywhere, and what such a mask chooses."""
    kept: set[str] = set()  # masks that are true everywhere
    dropped: set[str] = set()  # what is true nowhere
    same: dict[str, str] = {}  # what comes out of a step to what it is equal to
    for node in graph.node:
        node.input[:] = [same.get(name, name) for name in node.input]
        first, *others = node.input or [""]
        target = node.output[0]
        if _is_true_everywhere(node) or (node.op_type in _PASSED_ON and first in kept):
            kept.add(target)
        elif (node.op_type == "Not" and first in kept) or (node.op_type in _PASSED_ON and first in dropped):
            dropped.add(target)
        elif node.op_type == "Mul" and others[0] in kept:
            same[target] = first
        elif node.op_type == "Where" and first in dropped:
            same[target] = others[1]


def merge_pads(graph: Any) -> None:
    """Let convolutions add the zeros of a step of their own themselves, be there more behind than before."""
    from onnx import helper

    made = {node.output[0]: node for node in graph.node}
    for node in graph.node:
        pad = made.get(node.input[0]) if node.op_type == "Conv" else None
        if pad is None or pad.op_type != "Pad":
            continue
        n_axes = len(helper.get_node_attr_value(node, "kernel_shape"))
        before_and_behind = _constant(graph, pad.input[1]).reshape(2, 2 + n_axes)
        is_plain = not before_and_behind[:, :2].any() and (before_and_behind >= 0).all()
        if not is_plain or any(_constant(graph, name) != 0 for name in pad.input[2:3] if name):
            continue
        own = next(each for each in node.attribute if each.name == "pads")
        own.ints[:] = (np.array(own.ints) + before_and_behind[:, 2:].flatten()).tolist()
        node.input[0] = pad.input[0]


def drop_unused(graph: Any) -> None:
    """Take out whatever leads to no output."""
    used = {output.name for output in graph.output}
    needed: list[Any] = []
    for node in reversed(graph.node):
        if used & set(node.output):
            used |= set(node.input)
            needed.append(node)
    _replace(graph.node, reversed(needed))
    _replace(graph.initializer, [each for each in graph.initializer if each.name in used])


def _is_true_everywhere(node: Any) -> bool:
    from onnx import TensorProto, numpy_helper

    if node.op_type != "ConstantOfShape" or not node.attribute:
        return False
    value = node.attribute[0].t
    return bool(value.data_type == TensorProto.BOOL and numpy_helper.to_array(value).all())


def _constant(graph: Any, name: str) -> np.ndarray[Any, Any]:
    """Compute what depends on constants alone."""
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    wanted = [helper.make_empty_tensor_value_info(name)]
    alone = helper.make_graph(graph.node, "constant", [], wanted, graph.initializer)
    drop_unused(alone)
    found: Any = ReferenceEvaluator(alone, opsets={"": 17}).run(None, {})
    return np.asarray(found[0])


def _replace(field: Any, values: Iterable[Any]) -> None:
    values = list(values)
    del field[:]
    field.extend(values)
