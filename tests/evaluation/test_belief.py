"""Whether what was answered under a protocol could be believed."""

from dataclasses import replace

import numpy as np
import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.belief import Belief, believe
from prosodyn.evaluation.belief_table import belief_table
from prosodyn.evaluation.calibration import ReliabilityBin
from prosodyn.evaluation.outcome import Outcome
from prosodyn.evaluation.result_file import ResultFile, result_from_mapping
from prosodyn.types import Utterance

LABELS = ("anger", "fear")


def answered(
    n_speakers: int = 10, n_each: int = 20, sureness: float = 0.9, seed: int = 0
) -> tuple[Outcome, list[Utterance]]:
    """Draw answers that are as sure as said, and right as often."""
    generator = np.random.default_rng(seed)
    ids = [f"{speaker}-{take}" for speaker in range(n_speakers) for take in range(n_each)]
    truth = [LABELS[place] for place in generator.integers(2, size=len(ids))]
    right = generator.random(len(ids)) < sureness
    prediction = [t if hit else LABELS[1 - LABELS.index(t)] for t, hit in zip(truth, right, strict=True)]
    shares = np.array(
        [[sureness, 1 - sureness] if p == "anger" else [1 - sureness, sureness] for p in prediction]
    )
    outcome = Outcome("all", 0, LABELS, tuple(ids), tuple(truth), tuple(prediction), shares)
    return outcome, [
        Utterance(name, t, name.split("-")[0], "own") for name, t in zip(ids, truth, strict=True)
    ]


def test_answers_as_sure_as_they_are_right_can_be_believed() -> None:
    outcome, utterances = answered(n_each=200)
    assert believe([outcome], [0.5], utterances).ece < 0.06


def test_sets_of_all_emotions_hold_every_truth() -> None:
    outcome, utterances = answered()
    belief = believe([outcome], [0.0], utterances)
    assert (belief.coverage, belief.set_size) == (1.0, 2.0)


def test_sets_of_the_answer_alone_hold_the_truth_as_often_as_it_is_right() -> None:
    outcome, utterances = answered()
    right = np.mean([t == p for t, p in zip(outcome.truth, outcome.prediction, strict=True)])
    belief = believe([outcome], [0.5], utterances)
    assert (belief.coverage, belief.set_size) == (pytest.approx(right, abs=1e-4), 1.0)


def test_intervals_hold_the_figure_and_are_drawn_over_speakers() -> None:
    outcome, utterances = answered()
    belief = believe([outcome], [0.5], utterances)
    assert belief.interval_unit == "speakers"
    assert belief.coverage_interval[0] <= belief.coverage <= belief.coverage_interval[1]


def test_few_speakers_are_not_drawn() -> None:
    outcome, utterances = answered(n_speakers=4)
    assert believe([outcome], [0.5], utterances).interval_unit == "utterances"


def test_fewer_answers_than_bins_have_one_each() -> None:
    outcome, utterances = answered(n_speakers=3, n_each=4)
    belief = believe([outcome], [0.5], utterances)
    assert [each.count for each in belief.bins] == [1] * 12


def test_each_outcome_has_a_least_share_of_its_own() -> None:
    outcome, utterances = answered()
    with pytest.raises(EvaluationError, match="1 outcomes cannot be measured with 2 least shares"):
        believe([outcome], [0.5, 0.5], utterances)


BELIEF = Belief(
    0.0312, (0.021, 0.052), 0.904, (0.87, 0.93), 1.61, "speakers", (ReliabilityBin(0.7, 0.65, 120),)
)


def test_a_result_keeps_it(make_result: object) -> None:
    result: ResultFile = replace(make_result(), belief=BELIEF)  # type: ignore[operator]
    assert result_from_mapping(result.to_mapping(), "here") == result


def test_a_row_tells_error_coverage_and_size(make_result: object) -> None:
    table = belief_table([replace(make_result(), belief=BELIEF)])  # type: ignore[operator]
    cells = [cell.strip() for cell in table.splitlines()[2].strip("|").split("|")]
    assert cells[3:] == ["as recorded", "3.1 (2.1–5.2)", "90.4 (87.0–93.0)", "1.61"]


def test_results_that_do_not_tell_have_no_row(make_result: object) -> None:
    assert belief_table([make_result()]) == ""  # type: ignore[operator]
