"""The seed paper's figures, as its text gives them."""

import pytest

from prosodyn.corpora.labels import EMOTIONS
from prosodyn.evaluation.reference import PAPER_RECALLS, PAPER_WA


@pytest.mark.parametrize(("corpus", "gain"), [("casia", 1.17), ("emodb", 1.36), ("iemocap", 2.97)])
def test_the_gains_are_those_of_the_abstract(corpus: str, gain: float) -> None:
    assert PAPER_WA[corpus]["dycnn_bilstm"] - PAPER_WA[corpus]["cnn_lstm"] == pytest.approx(gain)


def test_recalls_name_emotions_of_the_vocabulary() -> None:
    assert {emotion for recalls in PAPER_RECALLS.values() for emotion in recalls} <= set(EMOTIONS)


def test_bounds_stay_bounds() -> None:
    assert [str(recall) for recall in PAPER_RECALLS["casia"].values()] == ["75", "under 50", "72", "under 50"]
