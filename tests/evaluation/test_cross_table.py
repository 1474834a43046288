"""The cross-corpus matrix."""

from collections.abc import Callable

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.cross_table import cross_tables
from prosodyn.evaluation.result_file import ResultFile
from prosodyn.evaluation.tables import table1

MakeResult = Callable[..., ResultFile]


def test_rows_are_trained_on_and_columns_tested(make_result: MakeResult) -> None:
    there = make_result(50.0, 41.0, corpus="emodb-to-nemo", protocol="cross_corpus")
    back = make_result(50.0, 62.0, corpus="nemo-to-emodb", protocol="cross_corpus")
    header, _, german, polish = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in cross_tables([there, back]).splitlines()
        if line.startswith("|")
    ]
    assert header == ["trained on", "EmoDB", "nEMO"]
    assert (german[0], german[1], german[2][:4]) == ("EmoDB", "—", "41.0")
    assert (polish[0], polish[1][:4], polish[2]) == ("nEMO", "62.0", "—")


def test_a_row_of_several_corpora_stands_below_those_of_one(make_result: MakeResult) -> None:
    alone = make_result(50.0, 41.0, corpus="nemo-to-ravdess", protocol="cross_corpus")
    both = make_result(50.0, 47.0, corpus="casia+nemo-to-ravdess", protocol="leave_one_corpus_out")

    rows = [line for line in cross_tables([both, alone]).splitlines() if line.startswith("| ")]

    assert [row.split("|")[1].strip() for row in rows[1:]] == ["nEMO", "CASIA, nEMO"]


def test_a_cell_says_what_guessing_would_reach(make_result: MakeResult) -> None:
    result = make_result(50.0, 41.0, corpus="emodb-to-nemo", protocol="cross_corpus")
    chance = 100 / len(result.scores.labels)
    assert f"; {len(result.scores.labels)}, {chance:.1f} |" in cross_tables([result])


def test_each_system_has_a_matrix_of_its_own(make_result: MakeResult) -> None:
    results = [
        make_result(corpus="emodb-to-nemo", protocol="cross_corpus", system=system)
        for system in ("cnn_lstm", "dycnn_bilstm")
    ]
    assert cross_tables(results).count("| trained on") == 2


def test_what_was_adapted_stands_apart_and_says_so(make_result: MakeResult) -> None:
    pair = {"corpus": "emodb-to-nemo", "protocol": "cross_corpus"}
    plain = make_result(50.0, 41.0, **pair)
    adapted = make_result(50.0, 52.0, **pair, adapted=True, adaptation="all")
    headings = [line for line in cross_tables([adapted, plain]).splitlines() if line.startswith("**")]
    assert headings == [
        "**DyCNN + Bi-LSTM, `recommended`**",
        "**DyCNN + Bi-LSTM, `recommended`, adapted (transductive)**",
    ]
    assert all(ua in cross_tables([plain, adapted]) for ua in ("41.0", "52.0"))


def test_a_pair_with_the_fixture_is_called_so(make_result: MakeResult) -> None:
    pair = make_result(corpus="toy-to-nemo", protocol="cross_corpus")
    assert "say nothing about speech" in cross_tables([pair])


def test_what_else_was_heard_is_told(make_result: MakeResult) -> None:
    outside = ("emodb", "yamnet")
    pair = make_result(corpus="emodb-to-nemo", protocol="cross_corpus", outside_data=outside)
    assert "`recommended`, with yamnet**" in cross_tables([pair])


def test_two_results_for_a_pair_are_refused(make_result: MakeResult) -> None:
    pair = make_result(corpus="emodb-to-nemo", protocol="cross_corpus")
    with pytest.raises(EvaluationError, match="two results for emodb-to-nemo"):
        cross_tables([pair, pair])


def test_without_pairs_there_is_no_matrix(make_result: MakeResult) -> None:
    assert cross_tables([make_result()]) == ""


def test_pairs_stand_in_no_other_table(make_result: MakeResult) -> None:
    pair = make_result(corpus="emodb-to-nemo", protocol="cross_corpus")
    assert table1([pair]) == table1([])
