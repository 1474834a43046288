"""The layers of a model up to the highest block that is wanted, and what goes through them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

from prosodyn.errors import ConfigError

Caught = dict[int, Tensor]
"""States of a batch by the number of their block, `(batch, frame, channel)` each."""


class Blocks:
    """The blocks of a stack of layers that are wanted; the layers above the highest are taken off.

    Block 0 is what goes into the first layer, block n what comes out of the n-th. The last one is what the
    whole stack gives, so that a norm that follows the last layer belongs to it.
    """

    def __init__(self, stack: nn.Module, wanted: Sequence[int], where: str) -> None:
        """Take a stack apart.

        Args:
            stack: of layers, as transformers builds it
            wanted: numbers of blocks
            where: names the model in error messages

        Raises:
            ConfigError: it has not so many layers
        """
        layers: Any = stack.layers
        if max(wanted) > len(layers):
            raise ConfigError(
                f"blocks: expected numbers from 0 to {len(layers)}, as many as {where} has layers, "
                f"found {max(wanted)}"
            )
        self.wanted, self._stack = tuple(wanted), stack
        self._gives_last = max(wanted) == len(layers)
        stack.layers = layers[: max(*wanted, 1)]

    @contextmanager
    def caught(self) -> Iterator[Caught]:
        """Give what goes through the blocks while the model is run inside this block."""
        caught: Caught = {}
        layers: Any = self._stack.layers
        hooks = [layers[0].register_forward_pre_hook(_catch_input(caught))]
        hooks += [
            layer.register_forward_hook(_catch_output(caught, number))
            for number, layer in enumerate(layers, start=1)
        ]
        if self._gives_last:
            hooks.append(self._stack.register_forward_hook(_catch_output(caught, max(self.wanted))))
        try:
            yield caught
        finally:
            for hook in hooks:
                hook.remove()


def _catch_input(caught: Caught) -> Callable[[nn.Module, tuple[Any, ...]], None]:
    def catch(_: nn.Module, inputs: tuple[Any, ...]) -> None:
        caught[0] = inputs[0]

    return catch


def _catch_output(caught: Caught, number: int) -> Callable[[nn.Module, tuple[Any, ...], Any], None]:
    def catch(_: nn.Module, _inputs: tuple[Any, ...], output: Any) -> None:
        # some layers give more than the states, which always come first
        caught[number] = output if isinstance(output, Tensor) else output[0]

    return catch
