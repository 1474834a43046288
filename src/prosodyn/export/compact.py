"""The same graph in a smaller file: large constants as something smaller that gives them back.

Three kinds of them: the kernels of a Fourier transform are a table of one turn, looked up and windowed;
an encoder's weights are the integers of its file; and weights that were rounded to half precision are
stored so. Only the kernels differ at all, in the last bit. A fourth kind loses something: other weights
may be rounded to 8 bits. onnxruntime computes what depends on constants alone when it loads a graph, so
that running costs the same.
"""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.bundle import LARGE
from prosodyn.features.encoders import StoredIntegers

LAST_BIT = 2e-7
"""How far a kernel of a Fourier transform may lie from what the table gives; single precision tells 1e-7."""

BLOCK = 64
"""Weights of 8 bits that share a scale, in the order in which they are stored."""

TURNS = (64, 128, 256, 512, 1024, 2048, 4096)
"""Points of a turn, of the Fourier transforms that are looked for, or twice as many."""

Array = NDArray[Any]


class Decoder:
    """Nodes and stored arrays that end in one large constant.

    Attributes:
        nodes: in their order
        arrays: stored ones by name
    """

    def __init__(self, name: str) -> None:
        self.nodes: list[Any] = []
        self.arrays: dict[str, Array] = {}
        self._name = name

    def store(self, array: Array, what: str) -> str:
        """Store an array, and return its name."""
        name = f"{self._name}_{what}"
        self.arrays[name] = array
        return name

    def compute(self, kind: str, inputs: Sequence[str], what: str = "", **attributes: Any) -> str:
        """Add a step, and return the name of what comes out: without `what`, the constant itself."""
        from onnx import helper

        name = f"{self._name}_{what}" if what else self._name
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name


def compact(
    model: Any, integers: Sequence[StoredIntegers] = (), rounded: Collection[bytes] = frozenset()
) -> None:
    """Store the large constants of a graph in less room, in place.

    Args:
        model: an ONNX model; constants that are inputs as well stay as they are
        integers: of encoders, as which weights of the same numbers are stored
        rounded: weights that are rounded to 8 bits, as `numbers_of` tells
    """
    from onnx import numpy_helper

    by_content = {_content(each.values): each for each in integers}
    nodes: list[Any] = []
    for name, tensor, remove in list(_large_constants(model.graph)):
        decoder = _decoder(name, numpy_helper.to_array(tensor), by_content, rounded)
        if decoder is None:
            continue
        remove()
        nodes += decoder.nodes
        model.graph.initializer.extend(
            numpy_helper.from_array(array, stored) for stored, array in decoder.arrays.items()
        )
    others = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *others])


def _large_constants(graph: Any) -> Iterator[tuple[str, Any, Callable[[], None]]]:
    """Yield name, tensor and what takes it out, of each large array in single precision."""
    from onnx import TensorProto

    def is_large(tensor: Any) -> bool:
        return bool(tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims, dtype=int) >= LARGE)

    inputs = {each.name for each in graph.input}
    for tensor in graph.initializer:
        if tensor.name not in inputs and is_large(tensor):
            yield tensor.name, tensor, partial(graph.initializer.remove, tensor)
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value" and is_large(node.attribute[0].t):
            yield node.output[0], node.attribute[0].t, partial(graph.node.remove, node)


def _decoder(
    name: str,
    array: Array,
    integers: Mapping[tuple[object, ...], StoredIntegers],
    rounded: Collection[bytes],
) -> Decoder | None:
    """Return what gives an array back from less, if anything does."""
    stored = integers.get(_content(array))
    if stored is not None:
        return _of_integers(name, stored)
    if rounded and numbers_of(array) in rounded:
        return _of_bytes(name, array)
    return _of_fourier(name, array) or _of_halves(name, array)


def _of_halves(name: str, array: Array) -> Decoder | None:
    from onnx import TensorProto

    with np.errstate(over="ignore"):
        halves = array.astype(np.float16)
    if not np.array_equal(halves.astype(np.float32), array):
        return None
    decoder = Decoder(name)
    decoder.compute("Cast", [decoder.store(halves, "half")], to=TensorProto.FLOAT)
    return decoder


def numbers_of(array: Array) -> bytes:
    """Return the numbers of an array, whatever their order: a graph may hold weights transposed."""
    return np.sort(array, axis=None).tobytes()


def _of_bytes(name: str, array: Array) -> Decoder:
    from onnx import TensorProto

    rows = array.reshape(-1, math.gcd(array.size, BLOCK))
    scale = np.abs(rows).max(axis=1, keepdims=True).clip(min=np.finfo(np.float32).tiny) / np.float32(127)
    decoder = Decoder(name)
    stored = decoder.store(np.rint(rows / scale).astype(np.int8), "bytes")
    real = decoder.compute("Cast", [stored], "real", to=TensorProto.FLOAT)
    scaled = decoder.compute("Mul", [real, decoder.store(scale, "scale")], "scaled")
    decoder.compute("Reshape", [scaled, decoder.store(np.array(array.shape), "shape")])
    return decoder


def _of_integers(name: str, stored: StoredIntegers) -> Decoder:
    """Decode by plain steps: onnxruntime keeps `DequantizeLinear`, and would compute it at every run."""
    from onnx import TensorProto

    decoder = Decoder(name)
    real = decoder.compute("Cast", [decoder.store(stored.integers, "integers")], "real", to=TensorProto.FLOAT)
    if stored.zero.any():
        zero = decoder.store(stored.zero.astype(np.float32), "zero")
        real = decoder.compute("Sub", [real, zero], "centred")
    decoder.compute("Mul", [real, decoder.store(stored.scale, "scale")])
    return decoder


def _of_fourier(name: str, array: Array) -> Decoder | None:
    """Look up one turn of a cosine in double precision: a sine is the same a quarter of a turn later.

    Times are counted from the middle of a window, which lies on a sample or between two. The window is that
    which fits best, whatever its sign.

    Args:
        name: of the kernels
        array: perhaps `(half, n_bins)` of `folded_basis`: the cosines of every bin, or the sines
    """
    from onnx import TensorProto

    if array.ndim != 2:
        return None
    left, bins = np.arange(array.shape[0])[::-1, None], np.arange(array.shape[1])
    for turn, later, samples in product(TURNS, (0, 1), (left, 2 * left + 1)):
        table = np.cos(2 * np.pi * np.arange(turn) / turn)
        places = bins * samples + later * (turn // 4)
        waves = table[places % turn]
        window = (waves * array).sum(axis=1, keepdims=True) / np.square(waves).sum(
            axis=1, keepdims=True
        ).clip(1e-9)
        if np.abs(waves * window - array).max() <= LAST_BIT * np.abs(window).max():
            break
    else:
        return None
    decoder = Decoder(name)
    steps = decoder.compute("Mul", [decoder.store(bins, "bins"), decoder.store(samples, "samples")], "steps")
    first = decoder.store(np.array(later * (turn // 4)), "first")
    at = decoder.compute("Add", [steps, first], "places")
    within = decoder.compute("Mod", [at, decoder.store(np.array(turn), "turn")], "within")
    looked_up = decoder.compute("Gather", [decoder.store(table, "table"), within], "waves")
    double = decoder.compute("Mul", [looked_up, decoder.store(window, "window")], "double")
    decoder.compute("Cast", [double], to=TensorProto.FLOAT)
    return decoder


def _content(array: Array) -> tuple[object, ...]:
    """Return what two arrays of the same numbers in the same shape share."""
    return array.shape, array.dtype.str, np.ascontiguousarray(array).tobytes()
