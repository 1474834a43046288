"""An ablation stands beside what it was taken from."""

import dataclasses
from collections.abc import Callable

from prosodyn.evaluation.ablation_table import ablation_table
from prosodyn.evaluation.paired import Paired
from prosodyn.evaluation.result_file import ResultFile

MakeResult = Callable[..., ResultFile]

CHANGES = {"kernels-1": "One kernel a layer.", "no-mixup": "Without mixing utterances."}
ALONE, WHOLE = "dycnn_bilstm, network_alone", "dycnn_bilstm, recommended"


def against(result: ResultFile, rival: str, difference: float) -> ResultFile:
    interval = (difference - 1, difference + 1)
    paired = Paired(rival, difference, interval, difference, interval, "speakers", {})
    return dataclasses.replace(result, paired=(paired,))


def rows_of(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_what_costs_most_stands_first(make_result: MakeResult) -> None:
    harmless = against(make_result(recipe="kernels-1"), ALONE, 0.5)
    harmful = against(make_result(recipe="no-mixup"), ALONE, -3.0)

    _, first, second = rows_of(ablation_table([harmless, harmful], CHANGES))

    assert (first[0], first[2], first[4]) == ("Without mixing utterances.", "-3.0 (-4.0 to -2.0)", "worse")
    assert (second[0], second[4]) == ("One kernel a layer.", "not told apart")


def test_each_whole_has_a_table_of_its_own(make_result: MakeResult) -> None:
    one = against(make_result(recipe="kernels-1"), ALONE, -1.0)
    other = against(make_result(recipe="no-mixup"), WHOLE, -1.0)

    table = ablation_table([one, other], CHANGES)

    assert table.index(f"against {ALONE}**") < table.index("One kernel") < table.index(f"against {WHOLE}**")
    assert len(rows_of(table)) == 4


def test_another_network_is_named(make_result: MakeResult) -> None:
    static = against(make_result(recipe="network_alone", system="cnn_bilstm"), ALONE, -1.0)

    assert rows_of(ablation_table([static], CHANGES))[1][0] == "CNN + Bi-LSTM in its place."


def test_without_ablations_there_is_no_table() -> None:
    assert ablation_table([], CHANGES) == ""
