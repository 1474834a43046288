"""The cells of tables: which there are, what they are called, and which share their trainings."""

import dataclasses
import itertools

import pytest

from prosodyn.audio import CHANNELS
from prosodyn.errors import ConfigError, EvaluationError
from prosodyn.evaluation.adaptation import FOLLOWING
from prosodyn.training.cells import Cell, plan


def test_every_combination_is_a_cell() -> None:
    cells = plan(["emodb", "casia"], ["loso", "kfold10"], ["recommended"], ["cnn_lstm", "dycnn_bilstm"])
    assert len(set(cells)) == len(cells) == 8


@pytest.mark.parametrize("protocol", ["cross_corpus", "leave_one_corpus_out"])
def test_one_corpus_cannot_be_crossed(protocol: str) -> None:
    with pytest.raises(EvaluationError, match=f"{protocol}: takes several corpora, .* found \\['emodb'\\]"):
        plan(["emodb"], [protocol], ["recommended"], ["cnn_lstm"])


def test_each_corpus_is_left_out_of_all_the_others() -> None:
    cells = plan(["emodb", "casia", "nemo"], ["leave_one_corpus_out"], ["recommended"], ["cnn_lstm"])

    assert [(cell.heard, cell.corpus) for cell in cells] == [
        (("casia", "nemo"), "emodb"),
        (("emodb", "nemo"), "casia"),
        (("casia", "emodb"), "nemo"),
    ]
    assert cells[0].name == "casia+nemo-to-emodb-cnn_lstm-recommended-leave_one_corpus_out"


def test_every_two_corpora_are_crossed_either_way() -> None:
    cells = plan(["emodb", "casia", "nemo"], ["cross_corpus"], ["recommended"], ["cnn_lstm"])
    assert {cell.corpora for cell in cells} == set(itertools.permutations(["emodb", "casia", "nemo"], 2))
    assert cells[0].name == "casia-to-emodb-cnn_lstm-recommended-cross_corpus"


def test_iemocap_is_divided_by_session() -> None:
    cells = plan(["iemocap"], ["loso", "leave_one_session_out"], ["paper"], ["cnn_lstm"])
    assert cells == (Cell("iemocap", "cnn_lstm", "paper", "leave_one_session_out"),)


def test_a_protocol_has_one_name() -> None:
    (cell,) = plan(["emodb"], ["kfold"], ["paper"], ["cnn_lstm"])
    assert cell.name == "emodb-cnn_lstm-paper-kfold10"


def test_an_unknown_protocol_is_refused() -> None:
    with pytest.raises(EvaluationError, match="unknown protocol 'random'"):
        plan(["emodb"], ["random"], ["paper"], ["cnn_lstm"])


def test_every_adaptation_is_a_cell_with_a_name_of_its_own() -> None:
    cells = plan(["emodb"], ["loso"], ["paper"], ["cnn_lstm"], ["none", "all", "enrolment"])
    assert [cell.name for cell in cells] == [
        "emodb-cnn_lstm-paper-loso",
        "emodb-cnn_lstm-paper-loso-adapted",
        "emodb-cnn_lstm-paper-loso-enrolled",
    ]


def test_random_folds_have_no_adapted_cell() -> None:
    with pytest.raises(EvaluationError, match=r"^kfold10: .* no new speaker to adapt to"):
        plan(["emodb"], ["loso", "kfold10"], ["paper"], ["cnn_lstm"], ["all"])


def test_an_unknown_adaptation_is_refused() -> None:
    with pytest.raises(EvaluationError, match="unknown adaptation 'some'"):
        plan(["emodb"], ["loso"], ["paper"], ["cnn_lstm"], ["some"])


def test_a_cell_by_a_file_is_named_after_it() -> None:
    assert Cell("toy", "cnn_lstm", "my/tiny.toml", "loso").name == "toy-cnn_lstm-tiny-loso"


def test_every_channel_is_a_cell_with_a_name_of_its_own() -> None:
    cells = plan(["emodb"], ["loso"], ["paper"], ["cnn_lstm"], ["none", "all"], channels=["", "opus"])
    assert [cell.name for cell in cells] == [
        "emodb-cnn_lstm-paper-loso",
        "emodb-cnn_lstm-paper-loso-opus",
        "emodb-cnn_lstm-paper-loso-adapted",
        "emodb-cnn_lstm-paper-loso-adapted-opus",
    ]


def test_an_unknown_channel_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown channel 'radio', expected one of"):
        plan(["emodb"], ["loso"], ["paper"], ["cnn_lstm"], channels=["radio"])


def test_what_is_answered_through_any_channel_shares_one_training() -> None:
    cells = plan(["emodb"], ["loso"], ["paper"], ["cnn_lstm"], channels=["", *CHANNELS])
    for cell in cells:
        assert {cell.name, *cell.twins} == {each.name for each in cells}


def test_a_plain_figure_shares_no_training_with_an_adapted_one() -> None:
    plain, *following = plan(["emodb"], ["loso"], ["paper"], ["cnn_lstm"], ["none", *FOLLOWING])
    names = {cell.name for cell in following}
    assert len(names) == 3
    assert all(names <= {cell.name, *cell.twins} for cell in following)
    assert not names & set(plain.twins)


def test_those_as_recorded_are_asked_for_their_bundles_first() -> None:
    (cell,) = plan(["emodb"], ["loso"], ["paper"], ["cnn_lstm"], ["all"], channels=["opus"])
    stem = "emodb-cnn_lstm-paper-loso"
    assert cell.twins[:3] == (f"{stem}-adapted", f"{stem}-enrolled", f"{stem}-self-trained")


def test_what_is_selected_on_test_shares_nothing() -> None:
    (cell,) = plan(["emodb"], ["loso"], ["paper"], ["cnn_lstm"])
    assert dataclasses.replace(cell, selected_on_test=True).twins == ()
