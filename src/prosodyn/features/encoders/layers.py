"""A pretrained convolutional encoder, read from an ONNX file into torch: safe against padding.

Only what a chain of convolutions is made of is known here; anything else is
refused by name, never skipped. An ONNX file knows no true lengths: where it pads
with zeros at the end of a clip, a batch has to have zeros there too, so that
whatever lies beyond an utterance's end is put to zero before every padded step.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from prosodyn.errors import BundleError
from prosodyn.features.encoders.onnx_file import (
    attributes_of,
    cut_model,
    needed_nodes,
    read_model,
    stored_arrays,
)
from prosodyn.features.functional import length_mask

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
        return torch.div(room, self.stride, rounding_mode="floor") + 1


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


class OnnxLayers(nn.Module):
    """The steps of an ONNX file up to some of its outputs, with its weights, which are not trained.

    What is stored of it is the file itself, cut at those outputs, whose integers take a quarter of the room.

    Attributes:
        file: `(byte,)`, content of the ONNX file as it was cut
        n_parameters: how many weights are used
    """

    file: Tensor

    def __init__(
        self, content: bytes, outputs: Sequence[str], where: str = "encoder", is_cut: bool = False
    ) -> None:
        """Read a file.

        Args:
            content: of an ONNX file with one input, `(batch, 1, frame, band)`
            outputs: names of the places that are wanted
            where: names the file in error messages
            is_cut: it ends at those outputs already, and is stored as it is

        Raises:
            BundleError: not such a file, a step that is not known here, or no such output
            MissingExtraError: onnx is not installed
        """
        super().__init__()
        model = read_model(content, where)
        self.input, self.outputs = model.graph.input[0].name, tuple(outputs)
        constants = stored_arrays(model.graph)
        nodes = needed_nodes(model.graph.node, self.outputs, {self.input, *constants}, where)
        self.steps = tuple(_step(node, constants, where) for node in nodes)
        used = {name for step in self.steps for name in step.sources if name in constants}
        self.names = {name: f"w{number}" for number, name in enumerate(sorted(used))}
        for name, buffer in self.names.items():
            self.register_buffer(buffer, torch.tensor(constants[name]), persistent=False)
        self.n_parameters = sum(constants[name].size for name in used)
        cut = content if is_cut else cut_model(model, nodes, self.outputs)
        self.register_buffer("file", torch.frombuffer(bytearray(cut), dtype=torch.uint8))

    def forward(self, features: Tensor, lengths: Tensor) -> tuple[States, ...]:
        """Compute the states at every place that is wanted.

        Args:
            features: `(batch, 1, frame, band)`; beyond the true ends anything
            lengths: `(batch,)`, true number of frames, enough for every step to have one

        Returns:
            one a place, in the order of `outputs`
        """
        reached = {self.input: States(features, lengths)}
        masks: dict[int, Tensor] = {}  # by the identity of the lengths, which steps of one rate share
        for step in self.steps:
            first = reached[step.sources[0]]
            values = first.values
            if step.span.before or step.span.after:
                shared = id(first.lengths)
                if shared not in masks:
                    mask = length_mask(first.lengths, values.shape[TIME])
                    masks[shared] = mask[:, None, :, None].to(values.dtype)
                values = values * masks[shared]
            others = [
                self.get_buffer(self.names[name]) if name in self.names else reached[name].values
                for name in step.sources[1:]
            ]
            reached[step.target] = States(step.compute(values, *others), step.span.lengths(first.lengths))
        return tuple(reached[name] for name in self.outputs)

    def grids(self) -> tuple[Grid, ...]:
        """Return where the frames of every place that is wanted lie."""
        reached = {self.input: Grid()}
        for step in self.steps:
            reached[step.target] = reached[step.sources[0]].behind(step.span)
        return tuple(reached[name] for name in self.outputs)

    def least_frames(self) -> int:
        """Return with how many frames a clip surely has one at every place: all steps count as a chain."""
        least = 1
        for step in reversed(self.steps):
            least = max(
                (least - 1) * step.span.stride + step.span.kernel - step.span.before - step.span.after, 1
            )
        return least


def _step(node: Any, constants: Mapping[str, np.ndarray[Any, Any]], where: str) -> Step:
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
    dilations = tuple(attributes.get("dilations", (1, 1)))
    kernel = 1 + (constants[node.input[1]].shape[2] - 1) * dilations[0]
    before, after, left, right = _pads(attributes)

    strides, groups = tuple(attributes.get("strides", (1, 1))), attributes.get("group", 1)
    is_even = before == after and left == right  # a step of its own costs more than the zeros are worth

    def convolve(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
        padded = x if is_even else functional.pad(x, (left, right, before, after))
        padding = (before, left) if is_even else 0
        return functional.conv2d(padded, weight, bias, strides, padding, dilations, groups)

    return Step(tuple(node.input), node.output[0], convolve, _span(attributes, kernel))


def _build_pooling(node: Any, attributes: dict[str, Any], _: Mapping[str, Any]) -> Step:
    size = tuple(attributes["kernel_shape"])
    strides = tuple(attributes.get("strides", (1, 1)))
    pool = partial(functional.max_pool2d, kernel_size=size, stride=strides)
    return Step(tuple(node.input), node.output[0], pool, Span(size[0], strides[0]))


def _build_clip(node: Any, _: dict[str, Any], constants: Mapping[str, Any]) -> Step:
    limits = [float(constants[name]) if name else None for name in node.input[1:3]]
    low, high = (*limits, None, None)[:2]
    return Step((node.input[0],), node.output[0], partial(torch.clamp, min=low, max=high))


def _build_leaky(node: Any, attributes: dict[str, Any], _: Mapping[str, Any]) -> Step:
    slope = attributes.get("alpha", 0.01)
    return Step(tuple(node.input), node.output[0], partial(functional.leaky_relu, negative_slope=slope))


def _elementwise(compute: Callable[..., Tensor]) -> Callable[..., Step]:
    def build(node: Any, _attributes: dict[str, Any], _constants: Mapping[str, Any]) -> Step:
        return Step(tuple(node.input), node.output[0], compute)

    return build


_USUAL: Mapping[str, Mapping[str, Any]] = {
    "Clip": {"min": None, "max": None},
    "Conv": {"auto_pad": b"NOTSET"},
    "MaxPool": {"auto_pad": b"NOTSET", "ceil_mode": 0, "dilations": [1, 1], "pads": [0, 0, 0, 0]},
}
"""Attributes that are known at one value alone."""

_BUILDERS: Mapping[str, Callable[..., Step]] = {
    "Add": _elementwise(torch.add),
    "Clip": _build_clip,
    "Conv": _build_convolution,
    "LeakyRelu": _build_leaky,
    "Max": _elementwise(torch.maximum),
    "MaxPool": _build_pooling,
    "Relu": _elementwise(torch.relu),
    "Sigmoid": _elementwise(torch.sigmoid),
}
