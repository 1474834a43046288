"""Batch normalisation, ELU and mask in one step: what follows every convolution, and most of its memory."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from prosodyn.model.summing import Summing, Total


class NormalisedElu(nn.BatchNorm2d, Summing):
    """Batch normalisation whose statistics come from true frames only, then ELU; padding becomes zero.

    Ordinary batch normalisation counts padding, so that an utterance would be
    normalised by how long its neighbours in the batch are. Where several processes share a batch, its
    statistics, and the gradient through them, are those of all of it.
    """

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:  # type: ignore[override]
        """Normalise and activate each channel.

        Args:
            x: `(batch, channel, band, frame)`
            mask: `(batch, frame)`, true = real

        Returns:
            `(batch, channel, band, frame)`, zero on padding
        """
        true_places = mask[:, None, None, :].to(x.dtype)
        if not self.training:
            return functional.elu(super().forward(x)) * true_places
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.num_batches_tracked is not None
        assert self.momentum is not None
        y, mean, variance = _Training.apply(  # type: ignore[no-untyped-call]
            x, true_places, self.weight, self.bias, self.eps, self.total
        )
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance, self.momentum)
            self.num_batches_tracked += 1
        activated: Tensor = y
        return activated


class _Training(torch.autograd.Function):
    """The same with statistics of the batch, and with its gradient written down.

    Left to itself, autograd keeps every intermediate result; `benchmarks/speed.py` measures what that costs.
    """

    @staticmethod
    def forward(  # noqa: PLR0917 - autograd passes no keywords
        ctx: Any,
        x: Tensor,
        mask: Tensor,
        weight: Tensor,
        bias: Tensor,
        eps: float,
        total: Total | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the activation, and mean and variance of each channel, which no gradient goes through."""
        true = x * mask
        count = mask.sum() * x.shape[2]
        # sums instead of torch.var_mean, which takes several times as long on a CPU
        sums = true.sum(dim=(2, 3)).sum(dim=0)
        squares = torch.linalg.vector_norm(true, dim=(0, 2, 3)).square()
        if total is not None:
            everything, n = total(torch.cat([sums, squares, count[None]])), len(sums)
            sums, squares, count = everything[:n], everything[n:-1], everything[-1]
        mean = sums / count
        variance = (squares / count - mean.square()).clamp(min=0)
        scale = torch.rsqrt(variance + eps)
        gain = weight * scale
        y = torch.addcmul(_per_channel(bias - mean * gain), true, _per_channel(gain))
        y = functional.elu(y, inplace=True).mul_(mask)
        ctx.save_for_backward(true, y, mask, mean, scale, gain, count)
        ctx.mark_non_differentiable(mean, variance)
        ctx.total = total
        return y, mean, variance

    @staticmethod
    @once_differentiable
    def backward(
        ctx: Any, gradient: Tensor, _mean: Tensor, _variance: Tensor
    ) -> tuple[Tensor, None, Tensor, Tensor, None, None]:
        """Go back through mask, ELU (by its result) and normalisation (Ioffe and Szegedy 2015, section 3)."""
        true, y, mask, mean, scale, gain, count = ctx.saved_tensors
        slope = torch.ops.aten.elu_backward(gradient, 1.0, 1.0, 1.0, True, y).mul_(mask)
        of_bias = slope.sum(dim=(2, 3)).sum(dim=0)
        rows = slope.shape[0] * slope.shape[1]
        products = torch.bmm(slope.reshape(rows, 1, -1), true.reshape(rows, -1, 1))
        of_weight = (products.view(slope.shape[:2]).sum(dim=0) - mean * of_bias) * scale
        # of all that share the batch, since each value moved the statistics of all
        both = (of_bias, of_weight)
        of_all = both if ctx.total is None else ctx.total(torch.cat(both)).chunk(2)
        per_value = gain * scale * of_all[1] / count
        constant = gain * of_all[0] / count - mean * per_value
        slope.mul_(_per_channel(gain)).sub_(true * _per_channel(per_value)).sub_(_per_channel(constant))
        return slope.mul_(mask), None, of_weight, of_bias, None, None


def _per_channel(values: Tensor) -> Tensor:
    return values[:, None, None]
