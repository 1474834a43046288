"""What one answer of a network costs: parameters, multiply-adds, latency."""

import statistics
import time
from collections.abc import Sequence
from typing import TypeGuard

import torch
from torch import Tensor, nn

from prosodyn.config import Experiment
from prosodyn.evaluation.result_file import COST_SECONDS, Cost
from prosodyn.model import EmotionNetwork, WaveformNetwork
from prosodyn.model.attention import FrequencyAttention
from prosodyn.model.dynamic_conv import DynamicConv2d
from prosodyn.model.pretrained_conv import PretrainedConv2d
from prosodyn.training.experiment import Settings
from prosodyn.types import SAMPLE_RATE

N_TIMED = 15
NOT_STATED = Cost(n_parameters=None, n_multiply_adds=None, latency_ms=None)


def measure_cost(settings: Settings, n_emotions: int) -> Cost:
    """Measure one system; see `measure_costs`."""
    return measure_costs([settings], n_emotions)[0]


def measure_costs(settings: Sequence[Settings], n_emotions: int) -> list[Cost]:
    """Measure what one answer costs, and state nothing of classical systems.

    Their size is that of the training side or is chosen anew in every fold, so that no figure
    would hold for all folds.
    """
    networks = [each for each in settings if isinstance(each, Experiment)]
    measured = iter(measure_networks(networks, n_emotions))
    return [next(measured) if isinstance(each, Experiment) else NOT_STATED for each in settings]


def measure_networks(experiments: Sequence[Experiment], n_emotions: int) -> list[Cost]:
    """Measure networks with fresh weights on an utterance of `COST_SECONDS`.

    Parameters and multiply-adds are counted. Latency is the median of `N_TIMED`
    answers from waveform to logits on one thread. The networks answer in turns, so
    that whatever else the machine does slows all of them alike: only latencies
    that were measured together can be compared.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        modules = [
            WaveformNetwork(experiment.front_end, experiment.network, n_emotions).eval()
            for experiment in experiments
        ]
    samples = torch.tensor([round(COST_SECONDS * SAMPLE_RATE)])
    waveform = torch.zeros(1, int(samples))
    n_threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode():
            latencies = _median_latencies(modules, waveform, samples)
            multiply_adds = [
                count_multiply_adds(module.network, *module.listener(waveform, samples)) for module in modules
            ]
    finally:
        torch.set_num_threads(n_threads)
    return [
        Cost(module.n_parameters, count, round(1000 * latency, 2))
        for module, count, latency in zip(modules, multiply_adds, latencies, strict=True)
    ]


def count_multiply_adds(network: EmotionNetwork, features: Tensor, lengths: Tensor, summary: Tensor) -> int:
    """Count the multiply-adds of convolutions, linear layers and LSTMs for one utterance.

    A dynamic convolution counts the mixing of its kernels, its attention, and one convolution, or, where each
    band has a mixture of its own, a convolution a kernel.

    Args:
        network: in evaluation mode
        features: `(1, feature, frame)`
        lengths: `(1,)`
        summary: `(1, summary)`
    """
    total = 0

    def count(module: nn.Module, inputs: tuple[Tensor, ...], output: Tensor | tuple[Tensor, ...]) -> None:
        nonlocal total
        if _convolves_by_all(module):
            total += module.weight.numel() * _n_places(output)
        elif isinstance(module, DynamicConv2d | PretrainedConv2d):
            total += module.weight[0].numel() * _n_places(output) + module.weight.numel()
        elif isinstance(module, nn.Linear):
            total += module.weight.numel() * (inputs[0].numel() // module.in_features)
        elif isinstance(module, nn.LSTM):
            total += sum(weights.numel() for weights in module.all_weights[0][:2]) * inputs[0].shape[1]

    hooks = [module.register_forward_hook(count) for module in network.modules()]
    try:
        network(features, lengths, summary)
    finally:
        for hook in hooks:
            hook.remove()
    return total


def _n_places(output: Tensor | tuple[Tensor, ...]) -> int:
    """Count the places of what a convolution gives, be the kernel attention beside it or not."""
    convolved = output if isinstance(output, Tensor) else output[0]
    return convolved.shape[2:].numel()


def _convolves_by_all(module: nn.Module) -> TypeGuard[nn.Conv1d | nn.Conv2d | DynamicConv2d]:
    """Tell whether each of a module's weights meets each place, as those of a chosen mixture do not."""
    by_band = isinstance(module, DynamicConv2d) and isinstance(module.attention, FrequencyAttention)
    return by_band or isinstance(module, nn.Conv1d | nn.Conv2d)


def _median_latencies(modules: Sequence[WaveformNetwork], waveform: Tensor, samples: Tensor) -> list[float]:
    seconds: list[list[float]] = [[] for _ in modules]
    for _ in range(N_TIMED):
        for module, taken in zip(modules, seconds, strict=True):
            started = time.perf_counter()
            module(waveform, samples)
            taken.append(time.perf_counter() - started)
    return [statistics.median(taken) for taken in seconds]
