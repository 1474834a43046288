"""A graph that answers by itself: from waveforms to calibrated probabilities, in one file."""

import json

import numpy as np

from prosodyn.types import LevelRange

PROBABILITIES = "probabilities"
"""The output `(batch, emotion)` that an exported graph has besides those of a bundle's."""


def with_probabilities(graph: bytes, temperature: float, levels: LevelRange | None = None) -> bytes:
    """Add the softmax of the logits; a bundle's own graph leaves that to the temperature of its card.

    Args:
        graph: content of an ONNX file with `logits`
        temperature: divides them; the metadata hold it, as `temperature`
        levels: of a card that has them; the metadata hold them, since the graph hears everything as it is
    """
    import onnx
    from onnx import helper, numpy_helper

    model = onnx.load_from_string(graph)
    model.graph.initializer.append(
        numpy_helper.from_array(np.array(temperature, dtype=np.float32), "temperature")
    )
    model.graph.node.append(helper.make_node("Div", ["logits", "temperature"], ["scores"]))
    model.graph.node.append(helper.make_node("Softmax", ["scores"], [PROBABILITIES], axis=1))
    answer = model.graph.output.add()
    answer.CopyFrom(next(each for each in model.graph.output if each.name == "logits"))
    answer.name = PROBABILITIES
    model.metadata_props.add(key="temperature", value=repr(float(temperature)))
    if levels is not None:
        model.metadata_props.add(key="levels", value=json.dumps(list(levels)))
    onnx.checker.check_model(model, full_check=True)
    content: bytes = model.SerializeToString(deterministic=True)
    return content
