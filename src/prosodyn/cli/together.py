"""Training in several processes: started by `train --processes`, or by torchrun."""

import os
import sys

import typer

from prosodyn.cli.terminal import remark
from prosodyn.errors import ConfigError


def check_processes(n_processes: int, device: str) -> str:
    """Return the kind of device that all processes train on.

    Args:
        n_processes: that were asked for; one where torchrun says how many there are
        device: that was asked for

    Raises:
        ConfigError: torchrun has started another number, or there are not enough devices
    """
    from prosodyn.training.meeting import common_device, is_rank, local_size, size

    if is_rank() and n_processes not in {1, size()}:
        raise ConfigError(
            f"--processes: {n_processes}, but torchrun has started {size()}; leave --processes out"
        )
    if not is_rank() and n_processes == 1:
        return device
    return common_device(device, local_size() if is_rank() else n_processes)


def starts_others(n_processes: int) -> bool:
    """Tell whether it is others that train, which this process has to start."""
    from prosodyn.training.meeting import is_rank

    return n_processes > 1 and not is_rank()


def train_in_others(n_processes: int, n_threads: int) -> None:
    """Run what was typed in several processes that train together, and end as they do.

    Args:
        n_processes: in all
        n_threads: of each; zero for an even share of the cores

    Raises:
        TrainingError: one of them was killed
    """
    from prosodyn.training.launching import again, run_together

    ending = run_together(again(sys.argv[1:]), n_processes, n_threads or threads_of_each(n_processes))
    if ending.told:
        remark(ending.told.rstrip())
    if ending.exit_code:
        raise typer.Exit(ending.exit_code)


def threads_of_each(n_processes: int) -> int:
    """Return the even share of the cores that this process may use, at least one."""
    allowed = getattr(os, "sched_getaffinity", None)  # a container may be allowed fewer than there are
    n_cores = len(allowed(0)) if allowed else (os.cpu_count() or 1)
    return max(1, n_cores // n_processes)
