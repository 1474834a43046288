"""The report: what a reader needs to judge a figure stands beside it."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from prosodyn.errors import EvaluationError, MissingExtraError, OutputError
from prosodyn.evaluation.channel_table import channel_table
from prosodyn.evaluation.report import figure_names, figure_title, render_report, write_report
from prosodyn.evaluation.result_file import ResultFile, result_from_mapping

MakeResult = Callable[..., ResultFile]


@pytest.mark.parametrize(
    "statement",
    [
        "DyCNN + Bi-LSTM on EmoDB",
        "protocol: `loso`, leave one speaker out",
        "training and test share: texts (most in a fold: 0 speakers, 10 texts, unknown sessions)",
        "duplicate recordings were not looked for",
        "folds: 10 of 10",
        "seeds: 0, 1",
        "recipe: `recommended`",
        "outside data: none",
        "unlabelled audio of the test speaker: not used",
        "bootstrap over speakers",
        "612,345",
        "98,765,432",
        "12.3 ms",
        "prosodyn evaluate --corpus emodb --protocol loso",
        "prosodyn 0.1.0",
        "![Confusion matrix](confusion.png)",
    ],
)
def test_a_report_states_how_its_figures_came_about(statement: str, make_result: MakeResult) -> None:
    assert statement in render_report([make_result()])


def test_a_report_says_what_was_heard_of_a_test_speaker_and_what_is_scored(make_result: MakeResult) -> None:
    report = render_report([make_result(adapted=True, adaptation="enrolment", n_enrolled=100)])

    assert "## DyCNN + Bi-LSTM on EmoDB, `loso`, enrolled" in report
    assert "unlabelled audio of the test speaker: used, 10 recordings of each speaker were heard" in report
    assert "scored: 400 recordings (100 enrolled)" in report


def test_a_report_says_what_the_test_side_went_through(make_result: MakeResult) -> None:
    report = render_report([make_result(channel="telephone")])

    assert "## DyCNN + Bi-LSTM on EmoDB, `loso`, through telephone" in report
    assert "the test side was heard through telephone: 300 to 3400 Hz" in report


def test_a_report_on_several_channels_puts_them_side_by_side(make_result: MakeResult) -> None:
    results = [make_result(), make_result(channel="opus")]

    assert channel_table(results) in render_report(results)


def test_the_figures_of_several_ways_have_a_file_each(make_result: MakeResult) -> None:
    results = [
        make_result(),
        make_result(adapted=True, adaptation="all"),
        make_result(adapted=True, adaptation="all", channel="telephone"),
    ]

    assert figure_names(results) == [
        "confusion-01-emodb-dycnn_bilstm-loso.png",
        "confusion-02-emodb-dycnn_bilstm-loso-adapted.png",
        "confusion-03-emodb-dycnn_bilstm-loso-adapted-telephone.png",
    ]


@pytest.mark.parametrize(
    ("changes", "rest"),
    [
        ({}, "loso, recommended"),
        ({"recipe": "paper", "protocol": "kfold10", "folds_done": 1}, "kfold10, paper, 1 of 10 folds"),
        ({"adapted": True, "adaptation": "enrolment"}, "loso, recommended, enrolled"),
        ({"channel": "opus"}, "loso, recommended, through Opus"),
        ({"selected_on_test": True}, "loso, recommended, epoch chosen on the test side"),
    ],
)
def test_the_title_of_a_figure_says_how_it_came_about(
    changes: dict[str, object], rest: str, make_result: MakeResult
) -> None:
    assert figure_title(make_result(**changes)) == f"DyCNN + Bi-LSTM on EmoDB, {rest}"


def test_an_interval_of_draws_that_score_alike_is_not_given(make_result: MakeResult) -> None:
    result = make_result(wa=100.0)
    perfect = replace(result, scores=replace(result.scores, wa_interval=(100.0, 100.0)))

    (row,) = [line for line in render_report([perfect]).splitlines() if "(WA)" in line]

    assert "cannot be drawn, all draws score alike" in row
    assert "100.0 to 100.0" not in row


def test_duplicates_on_both_sides_stand_in_the_report(make_result: MakeResult) -> None:
    result = make_result()
    leaking = replace(result, audit=replace(result.audit, exact_duplicates=0, near_duplicates=3))

    assert "- duplicate recordings on both sides: 0 exact, 3 near" in render_report([leaking])


def test_a_sum_below_the_baselines_is_explained(make_result: MakeResult) -> None:
    assert "half the width of the baseline's LSTM" in render_report([make_result()])
    assert "half the width" not in render_report([make_result(system="cnn_lstm")])


def test_accuracies_stand_beside_their_intervals(make_result: MakeResult) -> None:
    result = make_result()
    low, high = result.scores.wa_interval

    line = next(line for line in render_report([result]).splitlines() if "weighted accuracy (WA)" in line)

    assert [cell.strip() for cell in line.strip("|").split("|")][1:] == [
        f"{result.scores.wa:.1f}",
        f"{low:.1f} to {high:.1f}",
    ]


def test_recalls_stand_beside_the_papers_and_the_listeners(make_result: MakeResult) -> None:
    report = render_report([make_result()], {"emodb": {"anger": 96.9, "sadness": 80.7}})
    anger = next(line for line in report.splitlines() if line.startswith("| anger"))
    neutral = next(line for line in report.splitlines() if line.startswith("| neutral"))

    assert [cell.strip() for cell in anger.strip("|").split("|")][3:] == ["over 90", "96.9"]
    assert [cell.strip() for cell in neutral.strip("|").split("|")][3:] == ["—", "—"]


def test_tested_utterances_are_counted_once_whatever_the_seeds(make_result: MakeResult) -> None:
    result = make_result()
    tested = [
        int(line.split("|")[2])
        for line in render_report([result]).split("###")[2].splitlines()
        if line[:3] == "| a" or line[:3] in {"| f", "| n", "| s"}
    ]

    assert sum(tested) == 400


def test_a_part_of_the_folds_is_marked_at_every_accuracy(make_result: MakeResult) -> None:
    assert render_report([make_result(folds_done=2)]).count("(2 of 10 folds)") == 3


@pytest.mark.parametrize("corpus", ["toy", "toy-anger-fear"])
def test_the_toy_corpus_is_called_a_toy(make_result: MakeResult, corpus: str) -> None:
    assert "say nothing about speech" in render_report([make_result(corpus=corpus)])


def test_several_results_are_compared_first(make_result: MakeResult) -> None:
    report = render_report([make_result(), make_result(system="cnn_lstm")])

    assert (
        report.index("the paper's, split not stated")
        < report.index("## DyCNN")
        < report.index("## CNN + LSTM on EmoDB")
    )


def test_the_folder_holds_text_numbers_and_figure(make_result: MakeResult, tmp_path: Path) -> None:
    report = write_report([make_result()], tmp_path / "report")

    assert report == tmp_path / "report" / "report.md"
    assert sorted(path.name for path in report.parent.iterdir()) == [
        "confusion.png",
        "report.json",
        "report.md",
    ]


def test_the_json_holds_the_results_themselves(make_result: MakeResult, tmp_path: Path) -> None:
    results = [make_result(), make_result(system="cnn_lstm")]

    write_report(results, tmp_path)

    values = json.loads((tmp_path / "report.json").read_text())
    assert [result_from_mapping(value, "report.json") for value in values] == results


def test_every_figure_that_is_named_is_drawn(make_result: MakeResult, tmp_path: Path) -> None:
    report = write_report([make_result(), make_result(system="cnn_lstm")], tmp_path).read_text()

    figures = sorted(path.name for path in tmp_path.glob("*.png"))
    assert len(figures) == 2
    assert all(f"({name})" in report for name in figures)


def test_without_matplotlib_the_text_is_written_all_the_same(
    make_result: MakeResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'prosodyn\[plots\]'"):
        write_report([make_result()], tmp_path)
    assert (tmp_path / "report.md").exists()


def test_a_report_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="at least one"):
        write_report([], tmp_path)


def test_a_file_where_the_folder_should_be_is_named(make_result: MakeResult, tmp_path: Path) -> None:
    (tmp_path / "report").write_text("in the way")

    with pytest.raises(OutputError, match="cannot be made"):
        write_report([make_result()], tmp_path / "report")
