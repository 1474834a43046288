"""Two systems on the same recordings."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.outcome import Answers
from prosodyn.evaluation.paired import Paired, compare, sign_flip
from prosodyn.evaluation.paired_table import paired_table
from prosodyn.evaluation.result_file import ResultFile, result_from_mapping

MakeAnswers = Callable[..., Answers]
MakeResult = Callable[..., ResultFile]


def test_a_system_beside_itself_is_not_told_apart(make_answers: MakeAnswers) -> None:
    paired = compare(make_answers(), make_answers(), "itself")

    assert (paired.wa_difference, paired.ua_difference, paired.verdict) == (0, 0, "not told apart")
    assert set(paired.by_speaker.values()) == {0}


def test_a_much_better_system_is_better_and_the_other_worse(make_answers: MakeAnswers) -> None:
    good, bad = make_answers(accuracy=0.9, draw=1), make_answers(accuracy=0.4, draw=2)

    assert (compare(good, bad, "bad").verdict, compare(bad, good, "good").verdict) == ("better", "worse")


def test_the_differences_of_equal_speakers_average_to_that_of_all(make_answers: MakeAnswers) -> None:
    good, bad = make_answers(accuracy=0.8, n_seeds=2, draw=1), make_answers(accuracy=0.6, draw=2)

    paired = compare(good, bad, "bad")

    assert sum(paired.by_speaker.values()) / 10 == pytest.approx(paired.wa_difference)


def test_of_few_speakers_nothing_is_claimed(make_answers: MakeAnswers) -> None:
    good = make_answers(accuracy=0.9, n_speakers=4, draw=1)
    bad = make_answers(accuracy=0.2, n_speakers=4, draw=2)

    assert compare(good, bad, "bad").verdict == "too few speakers"


def test_other_recordings_are_refused(make_answers: MakeAnswers) -> None:
    with pytest.raises(EvaluationError, match="other ids cannot be paired"):
        compare(make_answers(n=400), make_answers(n=399), "other")


def with_pair(result: ResultFile, **changes: object) -> ResultFile:
    paired = Paired("cnn_lstm", 2.04, (0.5, 3.5), 1.0, (-0.5, 2.5), "speakers", {"03": 4.0, "08": -0.26})
    return replace(result, paired=(replace(paired, **changes),))  # type: ignore[arg-type]


def test_a_result_with_a_pair_survives_json(make_result: MakeResult) -> None:
    result = with_pair(make_result())
    assert result_from_mapping(result.to_mapping(), "here") == result


def test_a_pair_that_is_none_is_refused(make_result: MakeResult) -> None:
    with pytest.raises(EvaluationError, match=r"paired: unknown key 'rivale'"):
        result_from_mapping(make_result().to_mapping() | {"paired": [{"rivale": "x"}]}, "here")


def test_the_table_says_by_how_much_and_whether_that_counts(make_result: MakeResult) -> None:
    *_, row = [line for line in paired_table([with_pair(make_result())]).splitlines() if "|" in line]
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "EmoDB",
        "loso, recommended",
        "DyCNN + Bi-LSTM less CNN + LSTM",
        "+2.0 (+0.5 to +3.5)",
        "+1.0 (-0.5 to +2.5)",
        "1.000",
        "not told apart",
    ]


@pytest.mark.parametrize(
    ("differences", "p"),
    [
        ([], 1.0),
        ([0.0, 0.0], 1.0),
        ([1.0], 1.0),
        ([1.0, 1.0], 0.5),
        ([3.0, -1.0, 2.0], 0.5),
        ([1.0] * 10, 2 / 1024),
    ],
)
def test_p_is_the_share_of_ways_that_lie_as_far_from_zero(differences: list[float], p: float) -> None:
    assert sign_flip(differences) == pytest.approx(p)


def test_of_many_speakers_ways_are_drawn() -> None:
    by_chance = sign_flip([1.0] * 9 + [-1.0] * 8)
    assert by_chance == pytest.approx(1.0)
    assert sign_flip([1.0] * 40) == pytest.approx(1 / 100_001)


def test_of_few_speakers_each_difference_is_shown(make_result: MakeResult) -> None:
    table = paired_table([with_pair(make_result(), difference_unit="utterances")])
    assert "too few speakers: 03 +4.0, 08 -0.3 |" in table


def test_where_nothing_was_compared_there_is_no_table(make_result: MakeResult) -> None:
    assert paired_table([make_result()]) == ""
