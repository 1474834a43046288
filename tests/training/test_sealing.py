"""Nothing is heard before which is tested."""

import dataclasses

import pytest

from prosodyn.corpora import toy
from prosodyn.errors import TrainingError
from prosodyn.training.sealing import refuse_shared
from prosodyn.types import Utterance


@pytest.fixture
def tested() -> Utterance:
    return Utterance("1", "anger", "ann", "own", waveform=toy.recording("anger", "f1"))


def test_a_corpus_on_both_sides_is_refused(tested: Utterance) -> None:
    with pytest.raises(TrainingError, match="pretraining: hears 'own', which is tested"):
        refuse_shared([tested], [tested])


@pytest.mark.parametrize("change", [{}, {"start": 0.1, "end": 0.9}, {"channel": "opus"}, {"emotion": "fear"}])
def test_a_recording_of_which_any_part_is_tested_is_refused(
    tested: Utterance, change: dict[str, object]
) -> None:
    heard = dataclasses.replace(tested, id="2", corpus="other")

    with pytest.raises(TrainingError, match="'2' is the same recording as '1'"):
        refuse_shared([heard], [dataclasses.replace(tested, **change)])  # type: ignore[arg-type]


def test_another_recording_is_not_refused(tested: Utterance) -> None:
    other = Utterance("1", "anger", "ann", "other", waveform=toy.recording("anger", "m2"))

    refuse_shared([other], [tested])
