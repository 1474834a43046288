"""Figures that were selected on a test side stand apart from all others."""

from collections.abc import Callable

from evaluation.markdown import percents, rows
from prosodyn.evaluation.comparison_table import comparison_table
from prosodyn.evaluation.cross_table import cross_tables
from prosodyn.evaluation.leaky_table import leaky_table
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import table1

MakeResult = Callable[..., ResultFile]


def test_a_leaky_figure_stands_beside_the_honest_one(make_result: MakeResult) -> None:
    table = leaky_table([make_result(60.0, 58.0), make_result(75.0, 74.0, selected_on_test=True)])
    assert list(map(percents, rows(table)[2])) == [
        "EmoDB",
        "DyCNN + Bi-LSTM",
        "loso, recommended",
        "60.0 / 58.0",
        "75.0 / 74.0",
    ]
    assert "**Not a result**" in table


def test_a_leaky_figure_without_an_honest_one_stands_beside_a_dash(make_result: MakeResult) -> None:
    assert "| — " in leaky_table([make_result(selected_on_test=True)])


def test_a_leaky_figure_stands_in_no_other_table(make_result: MakeResult) -> None:
    leaky = make_result(selected_on_test=True)
    pair = make_result(selected_on_test=True, corpus="emodb-to-nemo", protocol="cross_corpus")
    svm = make_result(selected_on_test=True, recipe="classical", system="svm")

    assert table1([leaky, pair, svm]) == table1([])
    assert (cross_tables([pair]), comparison_table([svm])) == ("", "")


def test_without_leaky_figures_there_is_no_table(make_result: MakeResult) -> None:
    assert leaky_table([make_result()]) == ""
