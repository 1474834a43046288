"""The one path that looks at a test side on purpose, and says so."""

import dataclasses

import pytest

from prosodyn.comparison.settings import load_comparison
from prosodyn.errors import ConfigError, TrainingError
from prosodyn.training.benchmark import Benchmark, run_benchmark
from prosodyn.training.journal import EpochReport
from prosodyn.training.leaky import run_leaky_benchmark
from prosodyn.training.running import FoldReport


def test_its_result_says_that_it_is_none(benchmark: Benchmark) -> None:
    assert run_leaky_benchmark(benchmark).run.selected_on_test
    other = dataclasses.replace(benchmark, directory=benchmark.directory.with_name("honest"))
    assert not run_benchmark(other).run.selected_on_test


def test_the_score_is_the_best_that_any_epoch_had_on_the_test_side(benchmark: Benchmark) -> None:
    epochs: list[EpochReport] = []

    def remember(report: FoldReport) -> None:
        if report.epoch is not None:
            epochs.append(report.epoch)

    result = run_leaky_benchmark(dataclasses.replace(benchmark, n_folds=1), remember)

    found = [epoch.validation_ua for epoch in epochs if epoch.validation_ua is not None]
    assert len(found) == 2
    assert result.scores.ua == pytest.approx(100 * max(found))


def test_an_honest_fold_is_never_taken_for_a_leaky_one(benchmark: Benchmark) -> None:
    run_benchmark(benchmark)

    with pytest.raises(TrainingError, match="was run with other settings or recordings"):
        run_leaky_benchmark(benchmark)


def test_what_is_chosen_on_recordings_as_they_are_is_not_tested_through_a_channel(
    benchmark: Benchmark,
) -> None:
    with pytest.raises(ConfigError, match="tests recordings as they are, not through opus"):
        run_leaky_benchmark(dataclasses.replace(benchmark, channel="opus"))
    assert not benchmark.directory.exists()


def test_a_system_without_epochs_has_none_to_choose(benchmark: Benchmark) -> None:
    classical = dataclasses.replace(benchmark, experiment=load_comparison("knn"))

    with pytest.raises(ConfigError, match="knn has no epochs to choose from"):
        run_leaky_benchmark(classical)
