"""What changes with the optimiser step: learning rate and kernel temperature."""

import math
from dataclasses import dataclass

from prosodyn.config import TrainingConfig

WARM_UP_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Schedule:
    """Learning rate and temperature as functions of the step.

    Attributes:
        config: names the schedule
        n_steps: optimiser steps in all
        steps_per_epoch: optimiser steps of one pass
    """

    config: TrainingConfig
    n_steps: int
    steps_per_epoch: int

    def learning_rate(self, step: int) -> float:
        """Return the learning rate of a step, counted from zero."""
        peak = self.config.learning_rate
        if self.config.schedule == "constant":
            return peak
        warm_up = max(1, round(WARM_UP_SHARE * self.n_steps))
        if step < warm_up:
            return peak * (step + 1) / warm_up
        progress = (step - warm_up) / max(1, self.n_steps - warm_up)
        return peak * 0.5 * (1 + math.cos(math.pi * progress))

    def temperature(self, step: int) -> float:
        """Return the kernel attention's τ: linear from its start to one (Chen et al. 2020, section 3.2)."""
        n_annealing = self.config.temperature_epochs * self.steps_per_epoch
        if step >= n_annealing:
            return 1.0
        return self.config.temperature + (1.0 - self.config.temperature) * step / n_annealing
