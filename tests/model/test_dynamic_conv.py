"""Eq. 1, beside a plain loop over utterances, kernels and channels."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import scipy.signal
import torch
from torch import Tensor, nn

from prosodyn.model.attention import Routing
from prosodyn.model.dynamic_conv import ConvolutionShape, DynamicConv2d, Execution, StaticConv2d

Form = Callable[[DynamicConv2d, Tensor, Tensor], Tensor]

FORMS: list[Execution] = ["grouped", "mix"]
LENGTHS = torch.tensor([9, 4, 1])


def build(
    stride: tuple[int, int] = (1, 1),
    routing: Routing = "softmax",
    kernel_size: tuple[int, int] = (3, 3),
    n_kernels: int = 4,
) -> DynamicConv2d:
    layer = DynamicConv2d(ConvolutionShape(3, 5, kernel_size, stride), n_kernels, 0.5, routing)
    nn.init.normal_(layer.bias)
    return layer


def padded_input() -> Tensor:
    """Draw `(3, 3, 8, 9)` with `LENGTHS` true frames, zero behind them."""
    return torch.randn(3, 3, 8, 9) * (torch.arange(9) < LENGTHS[:, None])[:, None, None, :]


def convolve_by_loop(layer: DynamicConv2d, x: Tensor, attention: Tensor) -> np.ndarray:
    """Sum over kernels and channels one by one, in double precision."""
    weights, biases = layer.weight.detach().double().numpy(), layer.bias.detach().double().numpy()
    (height, width), (band_stride, frame_stride) = layer.shape.kernel_size, layer.shape.stride
    outputs = []
    for utterance, shares in zip(x.double().numpy(), attention.detach().double().numpy(), strict=True):
        padded = np.pad(utterance, ((0, 0), (height // 2,) * 2, (width // 2,) * 2))
        channels = []
        for out in range(layer.shape.out_channels):
            total = 0.0
            for kernel, share in enumerate(shares):
                for channel in range(layer.shape.in_channels):
                    window = weights[kernel, out, channel]
                    total = total + share * scipy.signal.correlate2d(padded[channel], window, mode="valid")
                total = total + share * biases[kernel, out]
            channels.append(np.asarray(total)[::band_stride, ::frame_stride])
        outputs.append(channels)
    return np.array(outputs)


@pytest.mark.parametrize("execution", FORMS)
@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (2, 2), (1, 3)])
@pytest.mark.parametrize("routing", ["softmax", "sigmoid"])
def test_every_form_equals_a_plain_loop(
    execution: Execution, stride: tuple[int, int], routing: Routing
) -> None:
    layer, x = build(stride, routing), padded_input()
    layer.execution = execution

    y, attention = layer(x, LENGTHS)

    np.testing.assert_allclose(y.detach(), convolve_by_loop(layer, x, attention), atol=1e-5)


@pytest.mark.parametrize("stride", [(1, 1), (2, 1), (3, 2)])
def test_each_band_has_a_mixture_of_its_own(stride: tuple[int, int]) -> None:
    layer, x = build(stride, "frequency"), padded_input()

    y, attention = layer(x, LENGTHS)

    by_band = layer.attention(x, LENGTHS)  # (batch, kernel, band)
    assert by_band.std(dim=2).max() > 0
    torch.testing.assert_close(attention, by_band.mean(dim=2))
    for band in range(y.shape[2]):
        alike = convolve_by_loop(layer, x, by_band[:, :, band * stride[0]])
        np.testing.assert_allclose(y[:, :, band].detach(), alike[:, :, band], atol=1e-5)


def test_what_lies_beyond_the_end_chooses_no_kernel_of_a_band() -> None:
    layer, x = build(routing="frequency"), padded_input()

    _, short = layer(x, LENGTHS)
    _, long = layer(torch.nn.functional.pad(x, (0, 5)), LENGTHS)

    torch.testing.assert_close(short, long)


@pytest.mark.parametrize("execution", FORMS)
@pytest.mark.parametrize("kernel_size", [(1, 1), (5, 5), (1, 3), (3, 5)])
def test_every_form_takes_other_kernel_sizes(execution: Execution, kernel_size: tuple[int, int]) -> None:
    layer, x = build((2, 2), kernel_size=kernel_size), padded_input()
    layer.execution = execution

    y, attention = layer(x, LENGTHS)

    np.testing.assert_allclose(y.detach(), convolve_by_loop(layer, x, attention), atol=1e-5)


def test_every_form_has_the_same_gradients() -> None:
    layer, x = build((2, 1)), padded_input()
    gradients = []
    for execution in FORMS:
        layer.execution = execution
        layer.zero_grad()
        layer(x, LENGTHS)[0].square().mean().backward()
        gradients.append([parameter.grad.clone() for parameter in layer.parameters()])

    for other in gradients[1:]:
        torch.testing.assert_close(other, gradients[0], atol=1e-5, rtol=1e-4)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which every layer adds the form of execution that it takes."""
    forms: list[str] = []
    for name in FORMS:
        form = getattr(DynamicConv2d, f"_{name}")

        def watched(
            self: DynamicConv2d, x: Tensor, attention: Tensor, name: str = name, form: Form = form
        ) -> Tensor:
            forms.append(name)
            return form(self, x, attention)

        monkeypatch.setattr(DynamicConv2d, f"_{name}", watched)
    return forms


def test_training_takes_the_grouped_form(taken: list[str]) -> None:
    build()(padded_input(), LENGTHS)

    assert taken == ["grouped"]


def test_a_single_kernel_is_an_ordinary_convolution() -> None:
    layer, x = build((2, 1), n_kernels=1), padded_input()

    y, attention = layer(x, LENGTHS)

    expected = nn.functional.conv2d(x, layer.weight[0], layer.bias[0], stride=(2, 1), padding=1)
    assert attention.tolist() == [[1.0]] * 3
    torch.testing.assert_close(y, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("execution", FORMS)
def test_an_utterance_does_not_hear_its_neighbours(execution: Execution) -> None:
    layer, x = build((2, 2)), padded_input()
    layer.execution = execution

    y, _ = layer(x, LENGTHS)

    alone, _ = layer(x[1:2, :, :, :4], LENGTHS[1:2])
    torch.testing.assert_close(y[1:2, :, :, :2], alone, atol=1e-5, rtol=0)


def test_every_kernel_starts_at_its_own_fan_in() -> None:
    layer = DynamicConv2d(ConvolutionShape(32, 64, (3, 3), (1, 1)), 4)

    for kernel in layer.weight:
        assert float(kernel.detach().std()) == pytest.approx(math.sqrt(2 / (32 * 9)), rel=0.05)


def test_the_input_stays_as_it_was() -> None:
    x = padded_input()
    before = x.clone()

    build()(x, LENGTHS)

    assert torch.equal(x, before)


def test_a_static_layer_convolves_and_attends_to_its_one_kernel() -> None:
    layer, x = StaticConv2d(ConvolutionShape(3, 5, (3, 3), (2, 1))), padded_input()

    y, attention = layer(x, LENGTHS)

    expected = nn.functional.conv2d(
        x, layer.convolution.weight, layer.convolution.bias, stride=(2, 1), padding=1
    )
    assert torch.equal(y, expected)
    assert attention.tolist() == [[1.0]] * 3
