"""A graph that hears one utterance, run for each of a batch: nothing is padded, so that nothing is masked.

On one thread, utterances one by one take no longer than side by side. Each is cut to its true length first,
so that neither silence nor neighbours cost anything, and the graph of one needs no masks, see
`export.simplify`. Its weights lie within the loop, where onnxruntime lays them out as it does those of any
other graph.
"""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

GROWING = "frame_attention"
"""The output that is as wide as the longest utterance; every other is of one shape for all."""

_CUT = """
    place = Unsqueeze(number, first)
    row = Gather <axis = 0> (waveform, place)
    n_samples = Gather <axis = 0> (samples, place)
    waveform_of_one = Slice(row, first, n_samples, second)
    samples_of_one = Shape <start = 1> (waveform_of_one)
"""

_CHOOSE = """
    n_{0} = Shape <end = 1> ({0})
    last_{0} = Sub(n_{0}, second)
    place_{0} = Min(place, last_{0})
    {0}_of_one = Gather <axis = 0> ({0}, place_{0})
"""

_GROW = """
    n_before = Shape <start = 1> (before)
    n_own = Shape <start = 1> (frame_attention_of_one)
    n_widest = Max(n_before, n_own)
    missing_before = Sub(n_widest, n_before)
    missing_own = Sub(n_widest, n_own)
    pads_before = Concat <axis = 0> (no_pads, missing_before)
    pads_own = Concat <axis = 0> (no_pads, missing_own)
    wide_before = Pad(before, pads_before)
    wide_own = Pad(frame_attention_of_one, pads_own)
    after = Concat <axis = 0> (wide_before, wide_own)
    go_on = Identity(condition)
"""

_COUNT = """
    n_utterances = Shape <end = 1> (waveform)
    batch = Squeeze(n_utterances, first)
"""

_CONSTANTS = {
    "first": np.array([0]),
    "second": np.array([1]),
    "no_pads": np.zeros(3, dtype=np.int64),
    "none": np.zeros((0, 0), dtype=np.float32),
}


def of_one(name: str) -> str:
    """Return what an input or an output is called in the graph of one utterance."""
    return f"{name}_of_one"


def over_batch(one: Any, free_axes: Mapping[str, Mapping[int, str]], speaker: Sequence[str]) -> Any:
    """Return a model that runs the graph of one utterance for each of a batch.

    Args:
        one: model of a single utterance, its inputs and outputs called as `of_one` says
        free_axes: of every input and output, by its name
        speaker: inputs with one row for the whole batch, or one an utterance

    Returns:
        model with the same inputs and outputs, called by their own names
    """
    from onnx import helper, numpy_helper

    inputs, outputs = (
        [_freed(each, free_axes) for each in some] for some in (one.graph.input, one.graph.output)
    )
    stacked = [output.name for output in outputs if output.name != GROWING]
    body = _body(one.graph, speaker, stacked)
    loop = helper.make_node(
        "Loop", ["batch", "", "none"], [GROWING, *map("all_{}".format, stacked)], body=body
    )
    named = [helper.make_node("Identity", [f"all_{name}"], [name]) for name in stacked]
    constants = [numpy_helper.from_array(array, name) for name, array in _CONSTANTS.items()]
    graph = helper.make_graph([*_steps(_COUNT), loop, *named], "recogniser", inputs, outputs, constants)
    return helper.make_model(graph, opset_imports=one.opset_import, ir_version=one.ir_version)


def _body(one: Any, speaker: Sequence[str], stacked: Sequence[str]) -> Any:
    from onnx import TensorProto, helper

    before = _steps(_CUT + "".join(map(_CHOOSE.format, speaker)))
    after = _steps(_GROW + "".join(f"stacked_{name} = Squeeze({of_one(name)}, first)\n" for name in stacked))
    kinds = {output.name: output.type.tensor_type.elem_type for output in one.output}
    return helper.make_graph(
        [*before, *one.node, *after],
        "one",
        [
            helper.make_tensor_value_info("number", TensorProto.INT64, []),
            helper.make_tensor_value_info("condition", TensorProto.BOOL, []),
            helper.make_tensor_value_info("before", TensorProto.FLOAT, [None, None]),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("after", TensorProto.FLOAT, [None, None]),
            *(
                helper.make_tensor_value_info(f"stacked_{name}", kinds[of_one(name)], None)
                for name in stacked
            ),
        ],
        one.initializer,
    )


def _steps(text: str) -> list[Any]:
    from onnx import parser

    return list(parser.parse_graph(f"steps () => () {{ {text} }}").node)


def _freed(value: Any, free_axes: Mapping[str, Mapping[int, str]]) -> Any:
    """Return an input or an output by its own name, with what is free of its shape."""
    free = copy.deepcopy(value)
    free.name = value.name.removesuffix(of_one(""))
    for axis, name in free_axes[free.name].items():
        free.type.tensor_type.shape.dim[axis].dim_param = name
    return free
