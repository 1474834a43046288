"""Figures through a channel stand beside those as recorded, in one table and in no other."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from evaluation.markdown import percents, rows
from prosodyn.audio import CHANNELS
from prosodyn.errors import EvaluationError
from prosodyn.evaluation.channel_table import channel_table
from prosodyn.evaluation.channels import ABOUT, TITLES
from prosodyn.evaluation.pages import TABLES
from prosodyn.evaluation.paired import Paired
from prosodyn.evaluation.result_file import ResultFile

MakeResult = Callable[..., ResultFile]


def cells_of(table: str) -> list[list[str]]:
    """Return the cells of a table's rows, figures without their intervals."""
    head, _, *body = rows(table)
    return [list(map(percents, row)) for row in (head, *body)]


def test_what_went_through_channels_stands_beside_what_did_not(make_result: MakeResult) -> None:
    table = channel_table(
        [
            make_result(60.0, 58.0, channel="opus"),
            make_result(75.0, 74.0),
            make_result(50.0, 49.0, channel="telephone"),
        ]
    )

    assert cells_of(table) == [
        ["corpus", "system", "protocol, recipe", "as recorded", "telephone", "Opus"],
        ["EmoDB", "DyCNN + Bi-LSTM", "loso, recommended", "75.0 / 74.0", "50.0 / 49.0", "60.0 / 58.0"],
    ]


def test_only_channels_that_were_run_have_a_column_and_a_note(make_result: MakeResult) -> None:
    table = channel_table([make_result(channel="mp3")])

    assert cells_of(table)[0][3:] == ["as recorded", "MP3"]
    assert "- MP3: " in table
    assert "- Opus: " not in table


def test_figures_of_other_seeds_do_not_share_a_row(make_result: MakeResult) -> None:
    several = make_result()
    several = replace(several, scores=replace(several.scores, seeds=(*several.scores.seeds, 77)))
    (row,) = cells_of(channel_table([several, make_result(channel="mp3")]))[1:]
    assert row[3] == "—"


def test_what_was_not_run_is_a_dash(make_result: MakeResult) -> None:
    assert cells_of(channel_table([make_result(channel="mp3")]))[1][3] == "—"


@pytest.mark.parametrize(
    "changes",
    [
        {"corpus": "casia"},
        {"system": "cnn_lstm"},
        {"recipe": "pretrained"},
        {"protocol": "kfold10"},
        {"adapted": True, "adaptation": "all"},
        {"outside_data": ("nemo",)},
    ],
)
def test_what_differs_in_more_than_the_channel_has_a_row_of_its_own(
    make_result: MakeResult, changes: dict[str, object]
) -> None:
    table = channel_table([make_result(channel="opus"), make_result(channel="telephone", **changes)])

    first, second = cells_of(table)[1:]
    assert first[:3] != second[:3]
    assert (first[4], second[5]) == ("—", "—")


def test_what_was_answered_through_no_channel_has_no_row(make_result: MakeResult) -> None:
    table = channel_table([make_result(corpus="casia"), make_result(channel="opus")])

    assert [row[0] for row in cells_of(table)[1:]] == ["EmoDB"]


def test_without_channels_there_is_no_table(make_result: MakeResult) -> None:
    assert channel_table([make_result()]) == ""


def test_a_part_of_the_folds_is_said_to_be_a_part(make_result: MakeResult) -> None:
    assert "(3 of 10 folds)" in channel_table([make_result(channel="opus", folds_done=3)])


def test_two_results_for_one_cell_are_refused(make_result: MakeResult) -> None:
    with pytest.raises(EvaluationError, match=r"two results for EmoDB, .* Opus; keep one of them"):
        channel_table([make_result(channel="opus"), make_result(channel="opus")])


def test_a_figure_that_was_selected_on_test_is_no_plain_one(make_result: MakeResult) -> None:
    table = channel_table([make_result(selected_on_test=True), make_result(channel="opus")])

    assert cells_of(table)[1][3] == "—"


@pytest.mark.parametrize("name", [name for name in TABLES if name != "channels"])
def test_what_went_through_a_channel_stands_in_no_other_table(make_result: MakeResult, name: str) -> None:
    paired = (Paired("cnn_lstm", 2.0, (0.5, 3.5), 1.0, (-0.5, 2.5), "speakers", {}),)
    plain = [
        replace(make_result(), paired=paired),
        make_result(system="svm", recipe="classical"),
        make_result(corpus="emodb-to-nemo", protocol="cross_corpus"),
        make_result(selected_on_test=True),
    ]
    sent = [replace(each, run=replace(each.run, channel="opus")) for each in plain[:3]]

    assert TABLES[name]([*plain, *sent]) == TABLES[name](plain)


def test_every_channel_has_a_title_and_is_told_of() -> None:
    assert set(ABOUT) == set(CHANNELS) == set(TITLES) - {""}
