"""Learning rate and temperature, by hand."""

import math

import pytest

from prosodyn.config import TrainingConfig
from prosodyn.training.schedule import Schedule


def cosine(n_steps: int) -> Schedule:
    return Schedule(TrainingConfig(learning_rate=2.0, schedule="cosine"), n_steps, 10)


def test_a_constant_rate_never_changes() -> None:
    schedule = Schedule(TrainingConfig(learning_rate=0.01, schedule="constant"), 1_000, 10)

    assert {schedule.learning_rate(step) for step in range(1_000)} == {0.01}


def test_the_warm_up_is_a_line_over_the_first_tenth() -> None:
    rates = [cosine(50).learning_rate(step) for step in range(5)]

    assert rates == pytest.approx([0.4, 0.8, 1.2, 1.6, 2.0])


@pytest.mark.parametrize(
    ("step", "rate"), [(5, 2.0), (20, 1 + math.cos(math.pi / 3)), (27.5, 1.0), (35, 0.5), (50, 0.0)]
)
def test_after_the_warm_up_the_rate_is_half_a_cosine(step: float, rate: float) -> None:
    # 45 steps from the peak of 2 to zero
    assert cosine(50).learning_rate(step) == pytest.approx(rate, abs=1e-12)  # type: ignore[arg-type]


def test_the_last_step_still_learns() -> None:
    assert 0 < cosine(50).learning_rate(49) < 0.01


@pytest.mark.parametrize("n_steps", [1, 2, 3])
def test_a_very_short_run_reaches_the_peak(n_steps: int) -> None:
    rates = [cosine(n_steps).learning_rate(step) for step in range(n_steps)]

    assert max(rates) == 2.0


def test_the_temperature_falls_in_a_line_from_30_to_one() -> None:
    schedule = Schedule(TrainingConfig(temperature=30.0, temperature_epochs=2), 100, 10)

    assert [schedule.temperature(step) for step in (0, 5, 10, 15)] == [30.0, 22.75, 15.5, 8.25]
    assert {schedule.temperature(step) for step in range(20, 100)} == {1.0}


def test_without_annealing_the_temperature_is_one() -> None:
    schedule = Schedule(TrainingConfig(temperature=30.0, temperature_epochs=0), 100, 10)

    assert schedule.temperature(0) == 1.0
