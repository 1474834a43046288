"""The processes that train one network together, by torch's DistributedDataParallel; mostly it is one alone.

Every process draws and changes the same batches, because the same seeds say how, and computes its portion of
each. What is added up over all of them (gradients, loss, statistics of the batch) is then what one process
would have computed, but for rounding and for what dropout draws.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from inspect import signature
from typing import Any

import torch
from safetensors.torch import load, save
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from prosodyn.errors import TrainingError
from prosodyn.model.summing import sum_by


@dataclass(frozen=True, slots=True)
class Portion:
    """What one process computes of a batch.

    Attributes:
        rows: of the batch
        weight: of their mean in the sum over all processes, so that this is the mean over the batch
        copies: processes that compute the same rows; more than one where there are too few to go round
    """

    rows: slice
    weight: float
    copies: int = 1


@dataclass(frozen=True, slots=True)
class Ranks:
    """Which of the processes this is that train together.

    Attributes:
        rank: of this one, counted from zero
        size: how many there are
    """

    rank: int = 0
    size: int = 1

    @property
    def leads(self) -> bool:
        """Tell whether this is the one that writes files and reports."""
        return self.rank == 0

    def portion(self, n_rows: int) -> Portion:
        """Return which of the rows of a batch, or of a piece of one, this process computes.

        Neighbours stay together, since they are of like length. Where there are fewer rows than processes,
        each computes all: none may be left without, because the others wait for its sums.

        Args:
            n_rows: of all together, at least one
        """
        if n_rows < self.size:
            return Portion(slice(0, n_rows), 1 / self.size, self.size)
        start, end = (n_rows * rank // self.size for rank in (self.rank, self.rank + 1))
        return Portion(slice(start, end), (end - start) / n_rows)

    def total(self, tensor: Tensor) -> Tensor:
        """Return the sum of every process's tensor, which have one shape."""
        if self.size == 1:
            return tensor
        summed = tensor.clone()
        distributed.all_reduce(summed)
        return summed

    def totals(self, values: Mapping[str, float]) -> dict[str, float]:
        """Return the sums of numbers by name; every process has the same names in the same order."""
        if self.size == 1:
            return dict(values)
        summed = self.total(torch.tensor(list(values.values()), dtype=torch.float64))
        return dict(zip(values, summed.tolist(), strict=True))

    def wait(self) -> None:
        """Wait until every process has come this far."""
        self.total(torch.zeros(1))

    def exchange(self, own: Sequence[Tensor]) -> list[list[Tensor]]:
        """Give every process what each of them has.

        Args:
            own: tensors on the CPU, of any kinds and shapes

        Returns:
            the tensors of each process, in the order of the ranks
        """
        if self.size == 1:
            return [list(own)]
        return [self._hear_from(rank, own) for rank in range(self.size)]

    def _hear_from(self, rank: int, own: Sequence[Tensor]) -> list[Tensor]:
        packed = b""
        if rank == self.rank:
            packed = save({str(place): tensor.contiguous() for place, tensor in enumerate(own)})
        size = torch.tensor([len(packed)])
        distributed.broadcast(size, rank)
        content = torch.zeros(int(size), dtype=torch.uint8)
        if rank == self.rank:
            content = torch.frombuffer(bytearray(packed), dtype=torch.uint8)
        distributed.broadcast(content, rank)
        if rank == self.rank:
            return list(own)
        found = load(content.numpy().tobytes())
        return [found[str(place)] for place in range(len(found))]

    def check_alike(self, number: int, fault: str) -> None:
        """Check that every process has the same number.

        Args:
            number: of this process
            fault: said where they differ

        Raises:
            TrainingError: they differ
        """
        if len({int(found) for (found,) in self.exchange([torch.tensor(number)])}) > 1:
            raise TrainingError(fault)

    @contextmanager
    def sharing(self, network: nn.Module, *, uses_all: bool) -> Iterator[nn.Module]:
        """Let gradients and statistics be those of the whole batch, for as long as the block lasts.

        Args:
            network: is trained, by every process from the weights of the first
            uses_all: every weight of it has a part in every loss

        Yields:
            what is called in its place; gradients are means over the processes
        """
        if self.size == 1:
            yield network
            return
        sum_by(network, self.total)
        try:
            keywords: dict[str, Any] = {_SYNCHRONISES_BUFFERS: False, "find_unused_parameters": not uses_all}
            yield DistributedDataParallel(network, **keywords)
        finally:
            sum_by(network, None)

    def backward(self, loss: Tensor) -> None:
        """Add this process's share of a loss to the gradients, whose sum counts and not their mean."""
        (self.size * loss).backward()  # type: ignore[no-untyped-call]


_SYNCHRONISES_BUFFERS = next(
    name
    for name in ("forward_sync_buffers", "broadcast_buffers")  # as torch calls it now, and called it before
    if name in signature(DistributedDataParallel.__init__).parameters
)
"""Keyword for whether statistics are sent around at every step; they are alike already."""


ALONE = Ranks()
"""One process, the ordinary case."""


def adding_up(network: nn.Module, is_last: bool) -> AbstractContextManager[None]:
    """Return a block for a part of a step; with the last, gradients are added up over the processes.

    Args:
        network: as `Ranks.sharing` yields it
        is_last: of the parts
    """
    if is_last or not isinstance(network, DistributedDataParallel):
        return nullcontext()
    return network.no_sync()
