"""Classical systems beside the networks."""

from collections.abc import Callable

from prosodyn.comparison.settings import RECIPE
from prosodyn.evaluation.comparison_table import comparison_table
from prosodyn.evaluation.reference import CLASSICAL
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import table1

MakeResult = Callable[..., ResultFile]


def systems(table: str) -> list[str]:
    return [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")][2:]


def test_the_best_system_stands_first_network_or_not(make_result: MakeResult) -> None:
    results = [
        make_result(58.0, 56.0),
        make_result(69.0, 67.0, system="ann", recipe=CLASSICAL),
        make_result(48.0, 46.0, system="tree", recipe=CLASSICAL),
    ]
    assert systems(comparison_table(results)) == ["ANN", "DyCNN + Bi-LSTM, `recommended`", "decision tree"]


def test_each_corpus_and_protocol_has_a_ranking_of_its_own(make_result: MakeResult) -> None:
    results = [make_result(system="svm", recipe=CLASSICAL, protocol=name) for name in ("loso", "kfold10")]
    table = comparison_table(results)
    assert "**EmoDB, `kfold10`**" in table
    assert "**EmoDB, `loso`**" in table


def test_an_adapted_ranking_says_so(make_result: MakeResult) -> None:
    adapted = make_result(system="svm", recipe=CLASSICAL, adapted=True, adaptation="all")
    assert "**EmoDB, `loso`, adapted (transductive)**" in comparison_table([adapted, make_result(60.0, 59.0)])


def test_some_folds_are_not_ranked_with_all(make_result: MakeResult) -> None:
    results = [make_result(system="svm", recipe=CLASSICAL), make_result(99.0, 99.0, folds_done=1)]
    assert systems(comparison_table(results)) == ["SVM"]


def test_where_no_classical_system_was_run_there_is_no_ranking(make_result: MakeResult) -> None:
    assert comparison_table([make_result()]) == ""


def test_classical_systems_stand_not_in_table_1(make_result: MakeResult) -> None:
    assert table1([make_result(system="svm", recipe=CLASSICAL)]) == table1([])


def test_both_rooms_call_the_classical_recipe_alike() -> None:
    assert CLASSICAL == RECIPE
