"""What a chain of convolutions is made of: how each step computes, and how it moves over the frames.

Only that is known here; anything else in a file is refused by name, never skipped.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from prosodyn.errors import BundleError
from prosodyn.features.encoders.onnx_file import attributes_of

TIME = 2
"""The axis of frames in `(batch, channel, frame, band)`."""


class States(NamedTuple):
    """What an encoder has at one place.

    Attributes:
        values: `(batch, channel, frame, band)`; beyond the true ends nothing in particular
        lengths: `(batch,)`, true number of frames
    """

    values: Tensor
    lengths: Tensor


@dataclass(frozen=True, slots=True)
class Span:
    """How a step moves over the frames.

    Attributes:
        kernel: frames that one output frame is made of
        stride: frames from one to the next
        before: zeros in front of the first frame
        after: zeros behind the last
    """

    kernel: int = 1
    stride: int = 1
    before: int = 0
    after: int = 0

    def lengths(self, lengths: Tensor) -> Tensor:
        """Count the frames that come out, `(batch,)`."""
        if self.stride == 1 and self.before + self.after == self.kernel - 1:
            return lengths
        room = lengths + self.before + self.after - self.kernel
        return torch.div(room, self.stride, rounding_mode="trunc") + 1


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the frames of a place lie over those of the input.

    Attributes:
        first: middle of the first one, counted in frames of the input
        stride: frames of the input from one to the next
    """

    first: float = 0.0
    stride: int = 1

    def behind(self, span: Span) -> "Grid":
        """Return where the frames lie that a step makes of these."""
        middle = (span.kernel - 1) / 2 - span.before
        return Grid(self.first + middle * self.stride, self.stride * span.stride)


@dataclass(frozen=True, slots=True)
class Convolution:
    """How a convolution goes over frames and bands; its weights are no part of it.

    Attributes:
        strides: over frames and over bands
        pads: zeros before and behind the frames, then before and behind the bands
        dilations: of the kernel, over frames and over bands
        groups: of channels that do not see each other
    """

    strides: tuple[int, int] = (1, 1)
    pads: tuple[int, int, int, int] = (0, 0, 0, 0)
    dilations: tuple[int, int] = (1, 1)
    groups: int = 1

    def __call__(self, x: Tensor, weight: Tensor, bias: Tensor | None = None, n_copies: int = 1) -> Tensor:
        """Convolve.

        Args:
            x: `(batch, copy · channel, frame, band)`
            weight: `(copy · out, channel / groups, height, width)`
            bias: `(copy · out,)`
            n_copies: that lie side by side among the channels, each with weights of its own
        """
        before, after, left, right = self.pads
        is_even = before == after and left == right  # a step of its own costs more than the zeros are worth
        padded = x if is_even else self.padded(x)
        padding = (before, left) if is_even else 0
        groups = n_copies * self.groups
        return functional.conv2d(padded, weight, bias, self.strides, padding, self.dilations, groups)

    def padded(self, x: Tensor) -> Tensor:
        """Surround the frames and bands of `(batch, channel, frame, band)` with its zeros."""
        before, after, left, right = self.pads
        return functional.pad(x, (left, right, before, after))


@dataclass(frozen=True, slots=True)
class Step:
    """One node of the file.

    Attributes:
        sources: names of what it is computed from; the first one is the encoder's, the rest may be weights
        target: name of what comes out
        compute: from tensors to one
        span: over the frames
    """

    sources: tuple[str, ...]
    target: str
    compute: Callable[..., Tensor]
    span: Span = field(default_factory=Span)

    @property
    def convolution(self) -> Convolution | None:
        """Return how it convolves; None where it does something else."""
        return self.compute if isinstance(self.compute, Convolution) else None


def build_step(node: Any, constants: Mapping[str, np.ndarray[Any, Any]], where: str) -> Step:
    """Read a node of an ONNX file.

    Args:
        node: of the file
        constants: its arrays, by name
        where: names the file in error messages

    Raises:
        BundleError: a step that is not known here
    """
    if node.op_type not in _BUILDERS:
        raise BundleError(f"{where}: holds a step '{node.op_type}', expected one of {sorted(_BUILDERS)}")
    attributes = attributes_of(node)
    for name, usual in _USUAL.get(node.op_type, {}).items():
        if attributes.get(name, usual) != usual:
            raise BundleError(
                f"{where}: its step {node.op_type} '{node.name}' has {name} {attributes[name]!r}, "
                f"of which only {usual!r} is known here"
            )
    try:
        return _BUILDERS[node.op_type](node, attributes, constants)
    except (KeyError, ValueError, IndexError) as fault:
        raise BundleError(
            f"{where}: its step {node.op_type} '{node.name}' is of a shape that is not known here: {fault!r}"
        ) from fault


def _pads(attributes: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """Return zeros before and behind the frames, then before and behind the bands."""
    top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
    return top, bottom, left, right


def _span(attributes: Mapping[str, Any], kernel: int) -> Span:
    before, after, _, _ = _pads(attributes)
    return Span(kernel, attributes.get("strides", (1, 1))[0], before, after)


def _build_convolution(node: Any, attributes: dict[str, Any], constants: Mapping[str, Any]) -> Step:
    strides, dilations = (tuple(attributes.get(name, (1, 1))) for name in ("strides", "dilations"))
    kernel = 1 + (constants[node.input[1]].shape[2] - 1) * dilations[0]
    convolution = Convolution(strides, _pads(attributes), dilations, attributes.get("group", 1))
    return Step(tuple(node.input), node.output[0], convolution, _span(attributes, kernel))


def _pooling(pool: Callable[..., Tensor]) -> Callable[..., Step]:
    def build(node: Any, attributes: dict[str, Any], _: Mapping[str, Any]) -> Step:
        size = tuple(attributes["kernel_shape"])
        strides = tuple(attributes.get("strides", (1, 1)))
        compute = partial(pool, kernel_size=size, stride=strides)
        return Step(tuple(node.input), node.output[0], compute, Span(size[0], strides[0]))

    return build


def _build_norm(node: Any, attributes: dict[str, Any], _: Mapping[str, Any]) -> Step:
    eps = attributes.get("epsilon", 1e-5)

    def normalise(x: Tensor, *fitted: Tensor) -> Tensor:
        scale, bias, mean, variance = fitted
        return functional.batch_norm(x, mean, variance, scale, bias, eps=eps)

    return Step(tuple(node.input), node.output[0], normalise)


def _build_clip(node: Any, _: dict[str, Any], constants: Mapping[str, Any]) -> Step:
    limits = [float(constants[name]) if name else None for name in node.input[1:3]]
    low, high = (*limits, None, None)[:2]
    return Step((node.input[0],), node.output[0], partial(torch.clamp, min=low, max=high))


def _build_leaky(node: Any, attributes: dict[str, Any], _: Mapping[str, Any]) -> Step:
    slope = attributes.get("alpha", 0.01)
    return Step(tuple(node.input), node.output[0], partial(functional.leaky_relu, negative_slope=slope))


def _build_elu(node: Any, attributes: dict[str, Any], _: Mapping[str, Any]) -> Step:
    alpha = attributes.get("alpha", 1.0)
    return Step(tuple(node.input), node.output[0], partial(functional.elu, alpha=alpha))


def _elementwise(compute: Callable[[Tensor], Tensor]) -> Callable[..., Step]:
    def build(node: Any, _attributes: dict[str, Any], _constants: Mapping[str, Any]) -> Step:
        (heard,) = node.input
        return Step((heard,), node.output[0], compute)

    return build


def _of_two(compute: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Step]:
    def build(node: Any, _: dict[str, Any], constants: Mapping[str, Any]) -> Step:
        first, second = node.input
        if first not in constants:
            return Step((first, second), node.output[0], compute)
        if second in constants:
            raise ValueError("nothing that is heard goes into it")
        return Step((second, first), node.output[0], lambda x, constant: compute(constant, x))

    return build


def _larger(x: Tensor, other: Tensor) -> Tensor:
    return torch.clamp(x, min=other)  # there and back in half the time of torch.maximum


_EVEN_POOLING = {"auto_pad": b"NOTSET", "ceil_mode": 0, "dilations": [1, 1], "pads": [0, 0, 0, 0]}

_USUAL: Mapping[str, Mapping[str, Any]] = {
    "AveragePool": _EVEN_POOLING,
    "BatchNormalization": {"training_mode": 0},
    "Clip": {"min": None, "max": None},
    "Conv": {"auto_pad": b"NOTSET"},
    "MaxPool": _EVEN_POOLING,
}
"""Attributes that are known at one value alone."""

_BUILDERS: Mapping[str, Callable[..., Step]] = {
    "Add": _of_two(torch.add),
    "AveragePool": _pooling(functional.avg_pool2d),
    "BatchNormalization": _build_norm,
    "Clip": _build_clip,
    "Conv": _build_convolution,
    "Div": _of_two(torch.div),
    "Elu": _build_elu,
    "HardSwish": _elementwise(functional.hardswish),
    "Identity": _elementwise(torch.clone),
    "LeakyRelu": _build_leaky,
    "Max": _of_two(_larger),
    "MaxPool": _pooling(functional.max_pool2d),
    "Mul": _of_two(torch.mul),
    "Relu": _elementwise(torch.relu),
    "Sigmoid": _elementwise(torch.sigmoid),
    "Sub": _of_two(torch.sub),
}
