"""Statistics of a batch whose utterances are computed in several places: threads stand for processes."""

import copy
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import Tensor, nn

from prosodyn.model.activation import NormalisedElu
from prosodyn.model.running_norm import RunningNorm
from prosodyn.model.summing import Total, sum_by

N_PLACES = 2


class Together:
    """Adds up what each of several threads gives, once all of them have."""

    def __init__(self) -> None:
        self.barrier = threading.Barrier(N_PLACES)
        self.given: dict[int, Tensor] = {}

    def total_of(self, place: int) -> Total:
        def total(tensor: Tensor) -> Tensor:
            self.given[place] = tensor
            self.barrier.wait(timeout=30)
            summed = torch.stack([self.given[each] for each in range(N_PLACES)]).sum(dim=0)
            self.barrier.wait(timeout=30)  # nobody gives anew before everybody has added up
            return summed

        return total


Step = Callable[[nn.Module, slice], Tensor]


def taken_apart(layer: nn.Module, step: Step, rows: list[slice]) -> tuple[list[nn.Module], list[Tensor]]:
    """Take a step on each part of a batch, each by a copy of a layer in a thread of its own."""
    together = Together()
    copies = [copy.deepcopy(layer) for _ in rows]
    for place, each in enumerate(copies):
        sum_by(each, together.total_of(place))
    with ThreadPoolExecutor(N_PLACES) as pool:
        return copies, list(pool.map(step, copies, rows))


@pytest.fixture
def maps() -> tuple[Tensor, Tensor]:
    """Return feature maps `(5, 3, 4, 7)` of several lengths, zero on padding, and their mask."""
    generator = torch.Generator().manual_seed(0)
    mask = torch.arange(7)[None, :] < torch.tensor([7, 2, 5, 1, 6])[:, None]
    x = torch.randn(5, 3, 4, 7, generator=generator) + torch.tensor([0.0, 4.0, -2.0])[:, None, None]
    return x * mask[:, None, None, :], mask


HALVES = [slice(0, 2), slice(2, 5)]


def test_a_batch_taken_apart_is_normalised_as_a_whole(maps: tuple[Tensor, Tensor]) -> None:
    x, mask = maps
    layer = NormalisedElu(3)
    nn.init.uniform_(layer.weight, 0.5, 2.0)
    inputs = {0: x.clone().requires_grad_(), 2: x.clone().requires_grad_(), None: x.clone().requires_grad_()}

    def step(layer: nn.Module, rows: slice) -> Tensor:
        y = layer(inputs[rows.start][rows], mask[rows])
        y.pow(3).sum().backward()
        return y.detach()

    copies, parts = taken_apart(layer, step, HALVES)
    whole = step(layer, slice(None))

    torch.testing.assert_close(torch.cat(parts), whole)
    both = torch.cat([inputs[rows.start].grad[rows] for rows in HALVES])
    torch.testing.assert_close(both, inputs[None].grad, atol=1e-4, rtol=1e-4)
    for name, parameter in layer.named_parameters():
        summed = sum(each.get_parameter(name).grad for each in copies)
        torch.testing.assert_close(summed, parameter.grad, atol=1e-3, rtol=1e-4)
    for each in copies:
        torch.testing.assert_close(each.running_mean, layer.running_mean)
        torch.testing.assert_close(each.running_var, layer.running_var)


def test_running_statistics_are_those_of_the_whole_batch(maps: tuple[Tensor, Tensor]) -> None:
    x, mask = maps
    layer = RunningNorm(12)

    def step(layer: nn.Module, rows: slice) -> Tensor:
        with torch.no_grad():
            seen: Tensor = layer(x[rows].flatten(1, 2), mask[rows].sum(dim=1))
        return seen

    copies, parts = taken_apart(layer, step, HALVES)
    whole = step(layer, slice(None))

    torch.testing.assert_close(torch.cat(parts), whole)
    for each in copies:
        torch.testing.assert_close(each.state_dict(), layer.state_dict())


def test_a_layer_that_nobody_told_sums_over_its_own() -> None:
    network = nn.Sequential(NormalisedElu(3), RunningNorm(2))
    sum_by(network, lambda tensor: 2 * tensor)
    sum_by(network, None)

    assert [layer.total for layer in network] == [None, None]
