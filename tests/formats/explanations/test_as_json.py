"""An explanation as JSON: everything is read back, and the answer has the keys that answers have."""

import dataclasses
import json

import numpy as np

from prosodyn.explanation import Explanation
from prosodyn.formats import explanation_to_json, to_json_lines


def test_everything_is_read_back(explanation: Explanation) -> None:
    read = json.loads(explanation_to_json(explanation))
    occlusion, attention = explanation.occlusion, explanation.attention
    assert attention is not None
    assert (read["start"], read["end"], read["evidence"], read["against"]) == (10.0, 14.0, 3.17, None)
    for name in ("times", "frequencies", "cells", "moments", "bands"):
        np.testing.assert_array_equal(read["occlusion"][name], getattr(occlusion, name))
    assert read["occlusion"]["regions"] == [
        {"start": 12.0, "end": 13.0, "low": 1000.0, "high": 3000.0, "fall": 2.0, "confidence": 0.6923}
    ]
    for name in ("times", "frames", "kernels"):
        np.testing.assert_array_equal(read["attention"][name], getattr(attention, name))
    assert read["attention"]["choice"][1] == 0
    assert (read["attention"]["core"], read["attention"]["share"]) == ([12.0, 12.5], 0.2)


def test_the_answer_has_the_keys_of_an_answer(explanation: Explanation) -> None:
    answer = json.loads(to_json_lines([explanation.prediction]))
    assert json.loads(explanation_to_json(explanation)).items() >= answer.items()


def test_without_a_network_there_is_no_attention(without_network: Explanation) -> None:
    read = json.loads(explanation_to_json(without_network))
    assert (read["attention"], read["against"], read["occlusion"]["regions"]) == (None, "neutral", [])


def test_one_line_whatever_the_name(explanation: Explanation) -> None:
    prediction = dataclasses.replace(explanation.prediction, source="a\nb\udcff\x1b.wav")
    text = explanation_to_json(dataclasses.replace(explanation, prediction=prediction))
    assert text.count("\n") == 1
    assert json.loads(text)["file"] == "a\nb\udcff\x1b.wav"
