"""Bootstrap intervals, against draws made the slow way."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from prosodyn.errors import ConfigError, EvaluationError
from prosodyn.evaluation.intervals import Resampling, bootstrap_interval, paired_difference
from prosodyn.evaluation.metrics import (
    macro_f1,
    macro_f1_of,
    unweighted_accuracy,
    unweighted_accuracy_of,
    weighted_accuracy,
    weighted_accuracy_of,
)
from prosodyn.evaluation.outcome import Answers

MakeAnswers = Callable[..., Answers]


def slow_interval(
    score: Callable[[list[str], list[str]], float], answers: Answers, groups: tuple[str, ...]
) -> tuple[float, float]:
    """Draw label lists group by group, score each list, average over seeds."""
    rng = np.random.default_rng(99)
    members = {name: [i for i, group in enumerate(groups) if group == name] for name in sorted(set(groups))}
    names = list(members)
    scores = []
    for _ in range(800):
        drawn = [i for name in rng.choice(names, len(names)) for i in members[name]]
        truth = [answers.truth[i] for i in drawn]
        scores.append(np.mean([score(truth, [answers[i] for i in drawn]) for answers in answers.predictions]))
    low, high = np.quantile(scores, [0.025, 0.975])
    return float(low), float(high)


def test_speakers_are_drawn_with_all_their_utterances(make_answers: MakeAnswers) -> None:
    answers = make_answers(n=80, n_speakers=8)

    interval = bootstrap_interval(weighted_accuracy_of, answers)

    expected = slow_interval(weighted_accuracy, answers, answers.speakers)
    assert (interval.low, interval.high) == pytest.approx(expected, abs=0.03)


def test_a_few_speakers_are_not_drawn_but_their_utterances(make_answers: MakeAnswers) -> None:
    answers = make_answers(n=80, n_speakers=4)

    interval = bootstrap_interval(unweighted_accuracy_of, answers)

    expected = slow_interval(unweighted_accuracy, answers, answers.ids)
    assert (interval.low, interval.high) == pytest.approx(expected, abs=0.03)


def test_seeds_are_averaged_within_each_draw(make_answers: MakeAnswers) -> None:
    answers = make_answers(n=60, n_speakers=4, n_seeds=3)

    interval = bootstrap_interval(macro_f1_of, answers)

    expected = slow_interval(macro_f1, answers, answers.ids)
    assert (interval.low, interval.high) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(("n_speakers", "unit"), [(7, "utterances"), (8, "speakers")])
def test_the_interval_says_what_was_drawn(n_speakers: int, unit: str, make_answers: MakeAnswers) -> None:
    assert bootstrap_interval(weighted_accuracy_of, make_answers(n_speakers=n_speakers)).unit == unit


def test_the_interval_holds_the_score(make_answers: MakeAnswers) -> None:
    answers = make_answers()
    score = weighted_accuracy(answers.truth, answers.predictions[0])

    interval = bootstrap_interval(weighted_accuracy_of, answers)

    assert interval.low < score < interval.high


def test_speakers_who_differ_widen_the_interval(make_answers: MakeAnswers) -> None:
    alike = make_answers(n=400, n_speakers=8)
    by_speaker = tuple(
        truth if speaker in {"speaker-0", "speaker-1", "speaker-2", "speaker-3"} else "none"
        for truth, speaker in zip(alike.truth, alike.speakers, strict=True)
    )
    unlike = replace(alike, labels=(*alike.labels, "none"), predictions=(by_speaker,))
    first, second = (bootstrap_interval(weighted_accuracy_of, answers) for answers in (alike, unlike))

    assert second.high - second.low > 3 * (first.high - first.low)


def test_a_lower_level_narrows_the_interval(make_answers: MakeAnswers) -> None:
    wide = bootstrap_interval(weighted_accuracy_of, make_answers())
    narrow = bootstrap_interval(weighted_accuracy_of, make_answers(), Resampling(level=0.5))

    assert wide.low < narrow.low < narrow.high < wide.high


def test_the_same_seed_gives_the_same_interval(make_answers: MakeAnswers) -> None:
    first, second = (
        bootstrap_interval(weighted_accuracy_of, make_answers(), Resampling(seed=4)) for _ in "ab"
    )

    assert first == second


def test_another_seed_gives_another_interval(make_answers: MakeAnswers) -> None:
    first, second = (
        bootstrap_interval(macro_f1_of, make_answers(), Resampling(seed=seed)) for seed in (0, 1)
    )

    assert first != second


@pytest.mark.parametrize("n_speakers", [4, 80])
def test_two_thousand_draws_take_a_fifth_of_a_second_at_most(
    n_speakers: int, make_answers: MakeAnswers
) -> None:
    answers = make_answers(n=5531, n_speakers=n_speakers)
    seconds = []
    for _ in range(3):
        start = time.process_time()
        bootstrap_interval(unweighted_accuracy_of, answers)
        seconds.append(time.process_time() - start)

    assert min(seconds) < 0.2


def test_a_system_does_not_differ_from_itself(make_answers: MakeAnswers) -> None:
    difference = paired_difference(weighted_accuracy_of, make_answers(), make_answers())

    assert (difference.estimate, difference.interval.low, difference.interval.high) == (0, 0, 0)


def test_a_difference_is_first_minus_second(make_answers: MakeAnswers) -> None:
    better, worse = make_answers(accuracy=0.9), make_answers(accuracy=0.5, draw=1)

    difference = paired_difference(weighted_accuracy_of, better, worse)

    expected = weighted_accuracy(better.truth, better.predictions[0]) - weighted_accuracy(
        worse.truth, worse.predictions[0]
    )
    assert difference.estimate == pytest.approx(expected)
    assert 0 < difference.interval.low < expected < difference.interval.high


def test_pairing_cancels_what_is_hard_for_both(make_answers: MakeAnswers) -> None:
    first = make_answers(n=300, n_speakers=4)
    corrected = list(first.predictions[0])
    wrong = [i for i, (t, p) in enumerate(zip(first.truth, corrected, strict=True)) if t != p]
    for i in wrong[:10]:
        corrected[i] = first.truth[i]
    second = replace(first, predictions=(tuple(corrected),))
    alone = [bootstrap_interval(weighted_accuracy_of, answers) for answers in (first, second)]

    paired = paired_difference(weighted_accuracy_of, second, first)

    assert alone[1].low < alone[0].high  # apart, the intervals overlap
    assert paired.interval.low > 0  # together, the difference is clear


def test_systems_with_other_numbers_of_seeds_can_be_paired(make_answers: MakeAnswers) -> None:
    difference = paired_difference(
        weighted_accuracy_of, make_answers(n_seeds=3), make_answers(n_seeds=1, draw=1)
    )

    assert difference.interval.low <= difference.estimate <= difference.interval.high


@pytest.mark.parametrize("name", ["labels", "ids", "speakers", "truth"])
def test_systems_on_other_utterances_cannot_be_paired(name: str, make_answers: MakeAnswers) -> None:
    answers = make_answers()
    other = replace(answers, **{name: getattr(answers, name)[::-1]})

    with pytest.raises(EvaluationError, match=f"other {name} cannot be paired"):
        paired_difference(weighted_accuracy_of, answers, other)


def test_no_answers_are_refused(make_answers: MakeAnswers) -> None:
    empty = replace(make_answers(), ids=(), speakers=(), truth=(), predictions=((),))

    with pytest.raises(EvaluationError, match="at least one utterance"):
        bootstrap_interval(weighted_accuracy_of, empty)


@pytest.mark.parametrize("change", [{"n_resamples": 0}, {"level": 0.0}, {"level": 1.0}])
def test_resampling_out_of_range_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="expected"):
        replace(Resampling(), **change)
