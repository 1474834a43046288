"""Where a killed run goes on: tensors and plain values in one file, written atomically, never pickled."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from prosodyn.errors import TrainingError
from prosodyn.files import write_bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a run at the end of an epoch.

    Attributes:
        epoch: that has ended, counted from one
        fingerprint: of settings and training side; another run's checkpoint is refused
        tensors: of network, averaged network, optimiser and best network so far
        best_ua: best validation UA so far; below zero where there is none
    """

    epoch: int
    fingerprint: str
    tensors: Mapping[str, Tensor]
    best_ua: float = -1.0


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint atomically: a kill leaves the old one or the new one."""
    values = {"epoch": checkpoint.epoch, "fingerprint": checkpoint.fingerprint, "best_ua": checkpoint.best_ua}
    tensors = {name: tensor.contiguous().cpu() for name, tensor in checkpoint.tensors.items()}
    write_bytes(path, save(tensors, metadata={"run": json.dumps(values)}))


def read_checkpoint(path: Path, fingerprint: str) -> Checkpoint:
    """Read a checkpoint.

    Args:
        path: of the file
        fingerprint: of the run that wants to go on

    Raises:
        TrainingError: the file is broken, or belongs to a run with other settings
    """
    try:
        with safe_open(path, framework="pt") as file:
            values: dict[str, Any] = json.loads(file.metadata()["run"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        checkpoint = Checkpoint(values["epoch"], values["fingerprint"], tensors, values["best_ua"])
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as fault:
        raise TrainingError(f"{path}: is not a checkpoint ({fault}); delete it to start afresh") from fault
    if checkpoint.fingerprint != fingerprint:
        raise TrainingError(
            f"{path}: belongs to a run with other settings or other recordings; "
            "choose another directory, or delete it to start afresh"
        )
    return checkpoint
