"""A benchmark is audited before anything is trained."""

import dataclasses

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation import leakage, protocols
from prosodyn.evaluation.sharing import Audit
from prosodyn.training.benchmark import Benchmark, run_benchmark
from prosodyn.training.running import FoldReport


def with_copy(benchmark: Benchmark, gain: float = 1.0) -> Benchmark:
    """Plant a recording of the first speaker among those of the second, under another name."""
    first, *others, last = benchmark.utterances
    assert first.waveform is not None
    planted = dataclasses.replace(last, waveform=gain * first.waveform)
    return dataclasses.replace(benchmark, utterances=(first, *others, planted))


def names_of_the_copy(benchmark: Benchmark) -> tuple[str, str]:
    return benchmark.utterances[0].id, benchmark.utterances[-1].id


def test_a_planted_copy_is_refused_before_anything_is_trained(benchmark: Benchmark) -> None:
    one, other = names_of_the_copy(benchmark)

    with pytest.raises(EvaluationError, match=f"'{one}' is tested, .* as '{other}' .*--allow-duplicates"):
        run_benchmark(with_copy(benchmark))
    assert not benchmark.directory.exists()


def test_an_allowed_copy_is_counted_in_the_result(benchmark: Benchmark) -> None:
    allowing = dataclasses.replace(with_copy(benchmark), allow_duplicates=True)

    audit = run_benchmark(allowing).audit

    assert (audit.exact_duplicates, audit.near_duplicates) == (1, 0)


def test_a_near_duplicate_is_counted_in_the_result(benchmark: Benchmark) -> None:
    audit = run_benchmark(with_copy(benchmark, gain=0.25)).audit

    assert (audit.exact_duplicates, audit.near_duplicates) == (0, 1)


def test_a_result_says_that_no_recording_is_on_both_sides(benchmark: Benchmark) -> None:
    assert run_benchmark(benchmark).audit == Audit("texts", 0, 2, None, 0, 0)


def test_a_planted_speaker_is_refused_before_anybody_listens(
    benchmark: Benchmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    random_folds = protocols.find_protocol("kfold2").make_splits
    pretending = dataclasses.replace(protocols.PROTOCOLS["loso"], make_splits=random_folds)
    monkeypatch.setitem(protocols.PROTOCOLS, "loso", pretending)
    monkeypatch.setattr(leakage, "find_duplicates", None)

    with pytest.raises(EvaluationError, match="loso, fold-01: speaker 'f1' and 1 more on both sides"):
        run_benchmark(benchmark)
    assert not benchmark.directory.exists()


def test_listening_is_told_before_any_fold(benchmark: Benchmark) -> None:
    told: list[object] = []

    run_benchmark(benchmark, told.append, lambda done, total: told.append((done, total)))

    assert told[:16] == [(done, 16) for done in range(1, 17)]
    assert all(isinstance(report, FoldReport) for report in told[16:])
