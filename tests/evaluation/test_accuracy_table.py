"""The short answer on the front page."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from prosodyn.evaluation.accuracy_table import accuracy_table
from prosodyn.evaluation.reference import CLASSICAL
from prosodyn.evaluation.result_file import ResultFile

MakeResult = Callable[..., ResultFile]


def rows(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_seeds_figure_stands_in_a_column_of_its_own(make_result: MakeResult) -> None:
    (paper, _) = rows(accuracy_table([make_result()]))
    assert paper == ["EmoDB", "the paper's", "89.29 / —", "—", "—", "—", "—"]


def test_each_question_has_its_column_and_each_recipe_its_row(make_result: MakeResult) -> None:
    results = [
        make_result(81.0, 80.0),
        make_result(82.0, 80.0, adapted=True, adaptation="all"),
        make_result(82.5, 80.0, adapted=True, adaptation="self_training"),
        make_result(83.0, 80.0, protocol="kfold10"),
        make_result(84.0, 80.0, recipe="pretrained", outside_data=("casia", "yamnet")),
    ]

    table = accuracy_table(results)

    _, scratch, pretrained = rows(table)
    assert [cell[:4] for cell in scratch[2:]] == ["—", "81.0", "82.0", "82.5", "83.0"]
    assert [cell[:4] for cell in pretrained[2:]] == ["—", "84.0", "—", "—", "—"]
    assert (scratch[1], pretrained[1]) == ("from scratch", "pretrained")
    assert "pretrained: by casia, yamnet, of which never the corpus under test" in table


def test_networks_that_answer_together_have_a_row_of_their_own(make_result: MakeResult) -> None:
    alone = make_result(81.0, 80.0)
    joined = replace(
        alone, scores=replace(alone.scores, seeds=(0, 1, 2)), together=replace(alone.scores, wa=84.0)
    )

    table = accuracy_table([joined])

    _, scratch, together = rows(table)
    assert (scratch[1], scratch[3][:4]) == ("from scratch", "81.0")
    assert (together[1], together[3][:4], together[4]) == ("from scratch, 3 together", "84.0", "—")
    assert "geometric mean" in table
    assert "together" not in accuracy_table([alone])


def test_a_corpus_that_the_paper_does_not_know_has_no_row_of_it(make_result: MakeResult) -> None:
    found = rows(accuracy_table([make_result(62.0, 61.0, corpus="ravdess", protocol="groups_of_4")]))

    assert [(row[0], row[1], row[3][:4]) for row in found] == [("RAVDESS", "from scratch", "62.0")]


@pytest.mark.parametrize(
    "changes",
    [
        {"folds_done": 1},
        {"system": "cnn_lstm"},
        {"system": "svm", "recipe": CLASSICAL},
        {"recipe": "paper"},
        {"selected_on_test": True},
        {"adapted": True, "adaptation": "enrolment"},
        {"corpus": "toy"},
    ],
)
def test_what_answers_another_question_is_left_out(
    make_result: MakeResult, changes: dict[str, object]
) -> None:
    assert accuracy_table([make_result(**changes)]) == ""


def test_answers_about_another_corpus_have_a_table_of_their_own(make_result: MakeResult) -> None:
    crossed = make_result(40.0, 40.0, corpus="casia-to-emodb", protocol="cross_corpus")
    assert accuracy_table([crossed]) == ""
