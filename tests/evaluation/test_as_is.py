"""What a finished recogniser answers over the emotions in common."""

import numpy as np
import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.as_is import common_labels, outcome_as_is
from prosodyn.types import Prediction, Utterance

CORPUS = [Utterance("1", "anger", "ann", "own"), Utterance("2", "fear", "ann", "own")]


def test_the_labels_in_common_keep_the_order_of_the_bundle() -> None:
    assert common_labels(("fear", "boredom", "anger"), CORPUS, "mine") == ("fear", "anger")


def test_one_label_in_common_is_too_few() -> None:
    with pytest.raises(EvaluationError, match="mine answers with boredom, fear"):
        common_labels(("boredom", "fear"), CORPUS, "mine")


def test_the_most_probable_of_the_labels_in_common_is_the_answer() -> None:
    answers = [
        Prediction("1", "boredom", {"anger": 0.3, "boredom": 0.6, "fear": 0.1}, 1.0),
        Prediction("2", "boredom", {"anger": 0.1, "boredom": 0.6, "fear": 0.3}, 1.0),
    ]
    assert outcome_as_is(("anger", "fear"), CORPUS, answers).prediction == ("anger", "fear")


def test_the_share_of_other_labels_is_spread() -> None:
    answers = [Prediction("1", "boredom", {"anger": 0.3, "boredom": 0.6, "fear": 0.1}, 1.0)]
    np.testing.assert_allclose(
        outcome_as_is(("anger", "fear"), CORPUS[:1], answers).probabilities, [[0.75, 0.25]]
    )
