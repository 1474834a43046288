"""What is taken out of a graph changes no answer, and whatever is needed stays."""

import numpy as np
import onnx
import pytest
from onnx import parser
from onnx.reference import ReferenceEvaluator

from prosodyn.export.simplify import drop_masks, drop_unused, merge_pads

WEIGHT = "float[1, 1, 3, 3] w = {1, 2, 3, 4, 5, 6, 7, 8, 9}"


def read(steps: str, constants: str = "") -> onnx.ModelProto:
    """Read a graph from `x` to `y`, both `(1, 1, 5, 5)` at most."""
    held = f"<{constants}>" if constants else ""
    text = '<ir_version: 8, opset_import: ["" : 17]> one (float[1, 1, 5, 5] x) => (float[1, 1, a, b] y)'
    model = parser.parse_model(f"{text} {held} {{ {steps} }}")
    onnx.checker.check_model(model, full_check=True)
    return model


def answer(model: onnx.ModelProto) -> np.ndarray:
    x = np.random.default_rng(0).standard_normal((1, 1, 5, 5)).astype(np.float32)
    found: np.ndarray = ReferenceEvaluator(model).run(None, {"x": x})[0]
    return found


def kinds(model: onnx.ModelProto) -> list[str]:
    return [node.op_type for node in model.graph.node]


MASK = """
    shape = Shape(x)
    m = ConstantOfShape <value = bool[1] {VALUE}> (shape)
"""


@pytest.mark.parametrize(
    "applied",
    [
        "real = Cast <to = 1> (m) y = Mul(x, real)",
        "n = Not(m) z = Constant <value_float = 7.0> () y = Where(n, z, x)",
    ],
    ids=["multiplied", "chosen by"],
)
def test_a_mask_that_is_true_everywhere_is_dropped(applied: str) -> None:
    model = read(MASK.replace("VALUE", "1") + applied.replace("y = ", "v = ") + " y = Neg(v)")
    before = answer(model)

    drop_masks(model.graph)
    drop_unused(model.graph)

    assert kinds(model) == ["Neg"]
    np.testing.assert_array_equal(answer(model), before)


def test_a_mask_that_is_false_stays() -> None:
    model = read(MASK.replace("VALUE", "0") + "real = Cast <to = 1> (m) v = Mul(x, real) y = Neg(v)")

    drop_masks(model.graph)
    drop_unused(model.graph)

    assert "Mul" in kinds(model)
    assert not answer(model).any()


def pad_and_convolve(pads: str, value: str = "0") -> onnx.ModelProto:
    steps = """
        p = Pad(x, pads, value)
        y = Conv <kernel_shape = [3, 3], pads = [0, 1, 0, 0], strides = [2, 2]> (p, w)
    """
    return read(steps, f"{WEIGHT}, int64[8] pads = {{{pads}}}, float value = {{{value}}}")


def test_a_convolution_adds_its_zeros_itself_be_they_uneven() -> None:
    model = pad_and_convolve("0, 0, 0, 1, 0, 0, 2, 1")
    before = answer(model)

    merge_pads(model.graph)
    drop_unused(model.graph)

    assert kinds(model) == ["Conv"]
    np.testing.assert_array_equal(answer(model), before)


@pytest.mark.parametrize(
    ("pads", "value"),
    [("0, 0, -1, 0, 0, 0, 0, 0", "0"), ("0, 0, 1, 1, 0, 0, 1, 1", "2")],
    ids=["cut", "not zeros"],
)
def test_other_pads_stay(pads: str, value: str) -> None:
    model = pad_and_convolve(pads, value)

    merge_pads(model.graph)

    assert kinds(model) == ["Pad", "Conv"]


def test_what_leads_to_no_output_is_dropped_with_its_constants() -> None:
    model = read("unused = Add(x, c) y = Neg(x)", "float[1] c = {1}")

    drop_unused(model.graph)

    assert kinds(model) == ["Neg"]
    assert not model.graph.initializer
