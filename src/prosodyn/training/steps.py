"""The small parts of a training step, each of which stands alone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from prosodyn.config import TrainingConfig
from prosodyn.errors import ConfigError
from prosodyn.model import EmotionNetwork
from prosodyn.model.attention import FrequencyAttention, KernelAttention
from prosodyn.model.encoder_trunk import EncoderTrunk
from prosodyn.training.batches import Batch, TrainingSide
from prosodyn.training.ranks import ALONE, Ranks


def choose_device(name: str) -> torch.device:
    """Return the device that a user named.

    Args:
        name: `auto`, `cpu`, `cuda` or `mps`; `auto` takes the fastest at hand

    Raises:
        ConfigError: the name is unknown, or no such device is here
    """
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if name == "auto":
        return torch.device(next(kind for kind in ("cuda", "mps", "cpu") if available[kind]))
    if name not in available:
        raise ConfigError(f"device: expected one of {['auto', *available]}, found '{name}'")
    if not available[name]:
        here = [kind for kind, there in available.items() if there]
        raise ConfigError(f"device: no '{name}' on this machine, which has {here}; use '--device auto'")
    return torch.device(name)


@contextmanager
def denormals_as_zero() -> Iterator[None]:
    """Let torch treat denormal numbers, which slow a training step by a sixth, as zero."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


def build_optimiser(network: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """Build the optimiser that a configuration names; every group has its `share` of the learning rate."""
    groups = parameter_groups(network, config)
    if config.optimiser == "rmsprop":
        return torch.optim.RMSprop(groups, lr=config.learning_rate, weight_decay=config.weight_decay)
    # fused: one kernel for all of a parameter's arithmetic instead of a dozen passes
    return torch.optim.AdamW(groups, lr=config.learning_rate, weight_decay=config.weight_decay, fused=True)


def parameter_groups(network: nn.Module, config: TrainingConfig) -> list[dict[str, Any]]:
    """Group what is fitted by its share of the learning rate: the rest, then each encoder from its top down.

    A pretrained kernel does not decay: zero is no better a guess than what it was.
    """
    trunks = (module for module in network.modules() if isinstance(module, EncoderTrunk))
    convolutions = [pair for trunk in trunks for pair in trunk.convolutions_by_depth()]
    groups: list[dict[str, Any]] = [
        {
            "params": convolution.pretrained(),
            "share": config.encoder_rate * config.layer_decay**depth,
            "weight_decay": 0.0,
        }
        for depth, convolution in convolutions
    ]
    pretrained = {id(parameter) for group in groups for parameter in group["params"]}
    rest = [parameter for parameter in network.parameters() if id(parameter) not in pretrained]
    return [{"params": rest, "share": 1.0}, *groups]


def class_weights(side: TrainingSide) -> Tensor:
    """Weigh each emotion by its inverse frequency, `(emotion,)`, one on average over the rows."""
    counts = torch.bincount(side.targets, minlength=side.n_emotions).float()
    present = counts > 0
    weights = torch.where(present, len(side.targets) / counts.clamp(min=1), 0.0)
    return weights / present.sum()


def set_temperature(network: nn.Module, temperature: float) -> None:
    """Set τ of every kernel attention; it travels with the weights."""
    for module in network.modules():
        if isinstance(module, KernelAttention | FrequencyAttention):
            module.temperature.fill_(temperature)


@torch.no_grad()
def update_average(average: nn.Module, network: nn.Module, decay: float) -> None:
    """Move the averaged weights and statistics a little towards the network's."""
    current = network.state_dict()
    for name, kept in average.state_dict().items():
        if kept.is_floating_point() and not name.endswith("temperature"):
            kept.lerp_(current[name], 1 - decay)
        else:
            kept.copy_(current[name])


@torch.inference_mode()
def predict_indices(
    network: EmotionNetwork,
    side: TrainingSide,
    device: torch.device,
    batch_size: int = 64,
    ranks: Ranks = ALONE,
) -> list[int]:
    """Return the index of the most probable emotion of every utterance, of those that its corpus knows.

    Args:
        network: that predicts, alike in all processes
        side: of the utterances
        device: of the network
        batch_size: utterances that are answered at once
        ranks: each of which answers its portion, and hears the others' answers
    """
    network.eval()
    portion = ranks.portion(len(side))
    rows = range(len(side))[portion.rows]
    predicted = torch.zeros(len(side), dtype=torch.long)
    for start in range(0, len(rows), batch_size):
        chosen = rows[start : start + batch_size]
        batch = to_device(side.batch(chosen), device)
        logits = network(batch.features, batch.lengths, batch.summary).logits
        predicted[list(chosen)] = logits.masked_fill(~batch.allowed, -torch.inf).argmax(dim=1).cpu()
    found: list[int] = (ranks.total(predicted) // portion.copies).tolist()
    return found


def to_device(batch: Batch, device: torch.device) -> Batch:
    """Move a batch."""
    return Batch(*(tensor.to(device) for tensor in batch))


def load_optimiser(optimiser: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Take up what an optimiser of the same parameters remembered, by `number.name` of each tensor."""
    states: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        number, _, key = name.partition(".")
        states.setdefault(int(number), {})[key] = tensor
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": states, "param_groups": groups})


def group_by_prefix(tensors: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Split names at their first dot: `{"a.b.c": t}` becomes `{"a": {"b.c": t}}`."""
    groups: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        prefix, _, rest = name.partition(".")
        groups.setdefault(prefix, {})[rest] = tensor
    return groups
