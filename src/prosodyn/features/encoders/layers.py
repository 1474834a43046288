"""A pretrained convolutional encoder, read from an ONNX file into torch: safe against padding.

An ONNX file knows no true lengths: where it pads with zeros at the end of a
clip, a batch has to have zeros there too, so that whatever lies beyond an
utterance's end is put to zero before every padded step.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from prosodyn.features.encoders.onnx_file import (
    cut_model,
    n_bands_of,
    needed_nodes,
    read_model,
    stored_arrays,
)
from prosodyn.features.encoders.steps import TIME, Grid, States, Step, build_step
from prosodyn.features.functional import length_mask

Computation = Callable[[Step, States, list[Tensor]], Tensor]
"""From a step, the states that it starts from, and all that it needs besides, to what comes out."""


class OnnxLayers(nn.Module):
    """The steps of an ONNX file up to some of its outputs, with its weights, which are not trained.

    What is stored of it is the file itself, cut at those outputs, whose integers take a quarter of the room.

    Attributes:
        file: `(byte,)`, content of the ONNX file as it was cut
        n_parameters: how many weights are used
        n_bands: that the file wants to be shown; None where it does not say so
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
        self.n_bands = n_bands_of(model.graph)
        constants = stored_arrays(model.graph)
        nodes = needed_nodes(model.graph.node, self.outputs, {self.input, *constants}, where)
        self.steps = tuple(build_step(node, constants, where) for node in nodes)
        used = {name for step in self.steps for name in step.sources if name in constants}
        self.names = {name: f"w{number}" for number, name in enumerate(sorted(used))}
        for name, buffer in self.names.items():
            self.register_buffer(buffer, torch.tensor(constants[name]), persistent=False)
        self.n_parameters = sum(constants[name].size for name in used)
        cut = content if is_cut else cut_model(model, nodes, self.outputs)
        self.register_buffer("file", torch.frombuffer(bytearray(cut), dtype=torch.uint8))

    def forward(
        self, features: Tensor, lengths: Tensor, compute: Computation | None = None
    ) -> tuple[States, ...]:
        """Compute the states at every place that is wanted.

        Args:
            features: `(batch, 1, frame, band)`; beyond the true ends anything
            lengths: `(batch,)`, true number of frames, enough for every step to have one
            compute: takes the place of what a step computes of its states and of all that it needs besides

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
                self.weight(name) if name in self.names else reached[name].values for name in step.sources[1:]
            ]
            computed = (
                step.compute(values, *others)
                if compute is None
                else compute(step, States(values, first.lengths), others)
            )
            reached[step.target] = States(computed, step.span.lengths(first.lengths))
        return tuple(reached[name] for name in self.outputs)

    def weight(self, name: str) -> Tensor:
        """Return an array of the file."""
        return self.get_buffer(self.names[name])

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
