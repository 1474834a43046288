"""Layers whose statistics are of a whole batch, whichever processes compute its utterances."""

from collections.abc import Callable

from torch import Tensor, nn

Total = Callable[[Tensor], Tensor]
"""Returns the sum of a tensor over all processes that share a batch, of the same shape."""


class Summing:
    """What such a layer is besides a module.

    Attributes:
        total: adds up what each process has seen of the batch; None where one has seen all of it
    """

    total: Total | None = None


def sum_by(network: nn.Module, total: Total | None) -> None:
    """Tell every such layer of a network how sums are taken; None for over its own utterances alone."""
    for module in network.modules():
        if isinstance(module, Summing):
            module.total = total
