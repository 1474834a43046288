"""The table that stands in the README: the paper's figures beside ours."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evaluation.markdown import percents, rows
from prosodyn.errors import EvaluationError
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import table1

MakeResult = Callable[..., ResultFile]


def test_without_results_the_papers_figures_stand_alone() -> None:
    assert rows(table1([]))[2:] == [
        ["CASIA", "the paper's, split not stated", "57.91 / —", "59.08 / —"],
        ["EmoDB", "the paper's, split not stated", "87.93 / —", "89.29 / —"],
        ["IEMOCAP", "the paper's, split not stated", "68.28 / —", "71.25 / —"],
    ]


def test_a_figure_stands_in_its_row_and_column(make_result: MakeResult) -> None:
    baseline = make_result(80.0, 79.0, protocol="kfold10", system="cnn_lstm")
    ours = [make_result(84.06, 83.74), make_result(91.0, 90.5, protocol="kfold10")]

    table = rows(table1([*ours, baseline]))

    assert table[0][2:] == ["CNN + LSTM: WA / UA", "DyCNN + Bi-LSTM: WA / UA"]
    assert [list(map(percents, row)) for row in table[4:6]] == [
        ["EmoDB", "kfold10, recommended", "80.0 / 79.0", "91.0 / 90.5"],
        ["EmoDB", "loso, recommended", "—", "84.1 / 83.7"],
    ]


def test_each_figure_has_its_interval(make_result: MakeResult) -> None:
    result = make_result(84.06, 83.74)
    result = replace(
        result, scores=replace(result.scores, wa_interval=(80.04, 88.12), ua_interval=(79.8, 87.6))
    )

    assert rows(table1([result]))[4][3] == "84.1 (80.0–88.1) / 83.7 (79.8–87.6)"


def test_the_brackets_and_the_seeds_are_explained_below(make_result: MakeResult) -> None:
    two = make_result()
    one = replace(make_result(system="cnn_lstm"), scores=replace(two.scores, seeds=(0,)))

    legend = table1([two, one])

    assert "95 % intervals, bootstrap over speakers where at least 8 were tested, else" in legend
    assert "seeds behind a figure: 1 or 2." in legend


def test_a_figure_of_some_folds_says_so(make_result: MakeResult) -> None:
    cell = rows(table1([make_result(84.06, 83.7, folds_done=2)]))[4][3]

    assert percents(cell) == "84.1 / 83.7 (2 of 10 folds)"


def test_every_adaptation_has_a_row_of_its_own_behind_the_plain_ones(make_result: MakeResult) -> None:
    enrolled = make_result(86.0, 85.0, adapted=True, adaptation="enrolment")
    transductive = make_result(88.0, 87.0, adapted=True, adaptation="all")
    table = rows(table1([enrolled, transductive, make_result(84.0, 83.0)]))

    assert [(row[1], percents(row[3])) for row in table[4:7]] == [
        ("loso, recommended", "84.0 / 83.0"),
        ("loso, recommended, adapted (transductive)", "88.0 / 87.0"),
        ("loso, recommended, enrolled", "86.0 / 85.0"),
    ]


def test_what_was_heard_of_a_test_speaker_is_explained_below(make_result: MakeResult) -> None:
    legend = table1([make_result(adapted=True, adaptation="enrolment")])

    assert "- enrolled: unlabelled audio of the test speaker was used, 10 recordings of each" in legend
    assert "transductive" not in legend


def test_figures_with_outside_data_have_a_row_of_their_own(make_result: MakeResult) -> None:
    table = rows(
        table1([make_result(88.0, 87.0, outside_data=("ravdess", "yamnet")), make_result(84.0, 83.0)])
    )

    assert table[5][1] == "loso, recommended, with ravdess + yamnet"


def test_corpora_and_systems_beyond_the_paper_follow_its_own(make_result: MakeResult) -> None:
    table = rows(
        table1([make_result(60.0, 59.0, corpus="ravdess"), make_result(80.0, 79.0, system="svm_compare")])
    )

    assert table[0][4] == "ComParE + SVM: WA / UA"
    assert [row[0] for row in table[2:]] == ["CASIA", "EmoDB", "EmoDB", "IEMOCAP", "RAVDESS"]


def test_every_protocol_is_explained_below(make_result: MakeResult) -> None:
    table = table1(
        [make_result(), make_result(protocol="kfold10"), make_result(protocol="kfold10", recipe="paper")]
    )

    assert "- `loso`: leave one speaker out; training and test share texts." in table
    assert (
        table.count("- `kfold10`: 10 random folds, stratified by emotion; training and test share speakers")
        == 1
    )


def test_the_papers_missing_split_is_admitted() -> None:
    assert "does not say how it divided the corpora" in table1([])


@pytest.mark.parametrize("corpus", ["toy", "toy-anger-fear"])
def test_figures_of_the_toy_corpus_are_called_so(make_result: MakeResult, corpus: str) -> None:
    assert "say nothing about speech" in table1([make_result(corpus=corpus)])


def test_two_results_for_one_cell_are_refused(make_result: MakeResult) -> None:
    with pytest.raises(EvaluationError, match="two results for emodb, dycnn_bilstm, loso, recommended"):
        table1([make_result(84.0), make_result(85.0)])


def listened(result: ResultFile, exact: int, near: int) -> ResultFile:
    return replace(result, audit=replace(result.audit, exact_duplicates=exact, near_duplicates=near))


def test_where_nobody_listened_the_footer_is_silent(make_result: MakeResult) -> None:
    assert "uplicate" not in table1([make_result()])


def test_the_footer_says_that_no_recording_is_on_both_sides(make_result: MakeResult) -> None:
    results = [listened(make_result(), 0, 0), make_result(protocol="kfold10")]

    note = "- Duplicate recordings on both sides, looked for in 1 of 2 figures: none."
    assert note in table1(results).splitlines()


def test_the_footer_names_where_recordings_are_on_both_sides(make_result: MakeResult) -> None:
    results = [
        listened(make_result(), 0, 0),
        *(listened(make_result(protocol="kfold10", system=name), 1, 47) for name in ("a", "b")),
    ]

    assert table1(results).endswith("looked for in 3 of 3 figures: EmoDB under `kfold10`: 1 exact, 47 near.")
