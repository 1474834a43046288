"""Batch normalisation over true frames with its activation, beside torch's own."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from prosodyn.features.functional import length_mask
from prosodyn.model.activation import NormalisedElu, _Training

PadFrames = Callable[..., tuple[Tensor, Tensor]]


def build() -> NormalisedElu:
    layer = NormalisedElu(4)
    nn.init.uniform_(layer.weight, 0.5, 2.0)
    nn.init.normal_(layer.bias)
    return layer


def draw_maps() -> list[Tensor]:
    """Draw feature maps of 9, 5 and 1 frames whose channels lie far apart."""
    offset = torch.tensor([0.0, 5.0, -3.0, 1.0])[:, None, None]
    return [torch.randn(4, 6, n_frames) + offset for n_frames in (9, 5, 1)]


def ordinary_twin(layer: NormalisedElu) -> nn.BatchNorm2d:
    """Return torch's layer with the same gain, offset and statistics."""
    twin = nn.BatchNorm2d(4)
    twin.load_state_dict(layer.state_dict())
    return twin


def test_without_padding_training_equals_ordinary_batch_normalisation() -> None:
    layer = build()
    twin, x = ordinary_twin(layer), torch.randn(3, 4, 6, 9) + 2

    y = layer(x, torch.ones(3, 9, dtype=torch.bool))

    torch.testing.assert_close(y, functional.elu(twin(x)), atol=1e-5, rtol=1e-5)


def test_without_padding_gradients_equal_those_of_ordinary_batch_normalisation() -> None:
    layer = build()
    twin, x = ordinary_twin(layer), torch.randn(3, 4, 6, 9) + 2
    ours, theirs = x.clone().requires_grad_(), x.clone().requires_grad_()

    layer(ours, torch.ones(3, 9, dtype=torch.bool)).pow(3).sum().backward()
    functional.elu(twin(theirs)).pow(3).sum().backward()

    torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(layer.weight.grad, twin.weight.grad, atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(layer.bias.grad, twin.bias.grad, atol=1e-3, rtol=1e-4)


def test_with_padding_the_gradient_is_that_of_finite_differences() -> None:
    x = torch.randn(2, 3, 2, 4, dtype=torch.float64, requires_grad=True)
    mask = length_mask(torch.tensor([4, 2]), 4)[:, None, None, :].double()
    weight = torch.tensor([0.7, 1.5, -1.1], dtype=torch.float64, requires_grad=True)
    bias = torch.tensor([0.2, -0.4, 0.0], dtype=torch.float64, requires_grad=True)

    assert torch.autograd.gradcheck(
        lambda *inputs: _Training.apply(inputs[0], mask, *inputs[1:], 1e-5)[0], (x, weight, bias)
    )


def test_a_second_derivative_is_refused_rather_than_wrong() -> None:
    x = torch.randn(2, 4, 6, 5, requires_grad=True)
    y = build()(x, torch.ones(2, 5, dtype=torch.bool)).square().sum()

    (gradient,) = torch.autograd.grad(y, x, create_graph=True)

    with pytest.raises(RuntimeError, match="differentiate twice"):
        gradient.sum().backward()


def test_the_input_and_the_gradient_that_comes_in_stay_as_they_were() -> None:
    layer, x = build(), torch.randn(2, 4, 6, 5, requires_grad=True)
    before, coming = x.detach().clone(), torch.randn(2, 4, 6, 5)
    kept = coming.clone()

    layer(x, length_mask(torch.tensor([5, 3]), 5)).backward(coming)

    assert torch.equal(x, before)
    assert torch.equal(coming, kept)


@pytest.mark.parametrize("extra", [0, 1, 30])
def test_padding_changes_nothing_in_training(pad_frames: PadFrames, extra: int) -> None:
    layer, maps = build(), draw_maps()
    twin = ordinary_twin(layer)
    x, lengths = pad_frames(maps, extra)

    y = layer(x, length_mask(lengths, x.shape[3]))

    # without padding the three are one long utterance
    expected = functional.elu(twin(torch.cat(maps, dim=2)[None]))
    true = torch.cat([row[:, :, :length] for row, length in zip(y, lengths, strict=True)], dim=2)
    torch.testing.assert_close(true, expected[0], atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_padding_becomes_zero(pad_frames: PadFrames, training: bool) -> None:
    x, lengths = pad_frames(draw_maps(), 3)
    mask = length_mask(lengths, x.shape[3])

    y = build().train(training)(x, mask)

    assert not y.permute(0, 3, 1, 2)[~mask].any()


def test_running_statistics_are_those_of_the_true_frames(pad_frames: PadFrames) -> None:
    layer, maps = build(), draw_maps()
    x, lengths = pad_frames(maps, 7)

    layer(x, length_mask(lengths, x.shape[3]))

    frames = torch.cat(maps, dim=2).double().numpy()
    np.testing.assert_allclose(layer.running_mean, 0.1 * frames.mean(axis=(1, 2)), atol=1e-6)
    np.testing.assert_allclose(layer.running_var, 0.9 + 0.1 * frames.var(axis=(1, 2)), rtol=1e-5)


def test_answering_uses_the_running_statistics() -> None:
    layer = build().eval()
    nn.init.normal_(layer.running_mean)
    nn.init.uniform_(layer.running_var, 0.5, 2.0)
    x = torch.randn(2, 4, 6, 9)

    y = layer(x, torch.ones(2, 9, dtype=torch.bool))

    assert torch.equal(y, functional.elu(ordinary_twin(layer).eval()(x)))
