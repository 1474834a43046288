"""What an answer costs, on a page."""

from collections.abc import Callable
from dataclasses import replace

from prosodyn.evaluation.cost_table import cost_table
from prosodyn.evaluation.result_file import Cost, ResultFile

MakeResult = Callable[..., ResultFile]


def test_a_network_stands_with_its_costs(make_result: MakeResult) -> None:
    row = cost_table([make_result()]).splitlines()[2]
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        "EmoDB",
        "loso, recommended",
        "DyCNN + Bi-LSTM",
        "612,345",
        "98.8 M",
        "12.3 ms",
    ]


def test_an_adapted_network_is_told_from_the_plain_one(make_result: MakeResult) -> None:
    assert "| loso, recommended, enrolled |" in cost_table(
        [make_result(adapted=True, adaptation="enrolment")]
    )


def test_a_system_that_states_no_costs_is_left_out(make_result: MakeResult) -> None:
    assert cost_table([replace(make_result(), cost=Cost(None, None, None))]) == ""
