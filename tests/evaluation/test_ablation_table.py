"""An ablation stands beside what it was taken from."""

import dataclasses
from collections.abc import Callable

from prosodyn.evaluation.ablation_table import ablation_table
from prosodyn.evaluation.paired import Paired
from prosodyn.evaluation.result_file import ResultFile

MakeResult = Callable[..., ResultFile]

CHANGES = {
    "shortened": "All of it.",
    "kernels-1": "One kernel a layer.",
    "no-mixup": "Without mixing utterances.",
}

WHOLE = ("dycnn_bilstm", "shortened")


def ablation(result: ResultFile, difference: float) -> ResultFile:
    interval = (difference - 1, difference + 1)
    each = dict.fromkeys("abcdefgh", difference)
    paired = Paired("dycnn_bilstm, shortened", difference, interval, difference, interval, "speakers", each)
    return dataclasses.replace(result, paired=(paired,))


def rows_of(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_what_costs_most_stands_first_below_the_whole(make_result: MakeResult) -> None:
    harmless = ablation(make_result(recipe="kernels-1"), 0.5)
    harmful = ablation(make_result(recipe="no-mixup"), -3.0)

    _, whole, first, second = rows_of(
        ablation_table([harmless, make_result(recipe="shortened"), harmful], CHANGES, WHOLE)
    )

    assert (whole[0], whole[2], whole[5]) == ("All of it.", "—", "")
    assert first[:1] + first[2:] == [
        "Without mixing utterances.", "-3.0 (-4.0 to -2.0)", "-3.0 (-4.0 to -2.0)", "0.008", "worse",
    ]  # fmt: skip
    assert (second[0], second[5]) == ("One kernel a layer.", "not told apart")


def test_another_network_is_named(make_result: MakeResult) -> None:
    static = ablation(make_result(recipe="shortened", system="cnn_bilstm"), -1.0)

    table = ablation_table([make_result(recipe="shortened"), static], CHANGES, WHOLE)

    assert rows_of(table)[2][0] == "CNN + Bi-LSTM in its place."


def test_without_ablations_there_is_no_table(make_result: MakeResult) -> None:
    assert (
        ablation_table([], CHANGES, WHOLE)
        == ablation_table([make_result(recipe="shortened")], CHANGES, WHOLE)
        == ""
    )
