"""An explanation in words, line by line."""

import dataclasses

import numpy as np

from prosodyn.explanation import Explanation
from prosodyn.formats import explanation_in_words


def test_the_lines_tell_what_decided(explanation: Explanation) -> None:
    assert list(explanation_in_words(explanation)) == [
        "calls/monday.wav: anger 90 %, +3.2 bits against all others",
        "most telling, and what is left without it:",
        "  12.00 to 13.00 s, 1000 to 3000 Hz: 69 %, -2.0 bits",
        "frame attention: half of it from 12.00 to 12.50 s; the network that attends has 20 % of the vote",
        "kernel attention: layer 1: kernel 2 of 4, 70 %; layer 2: kernel 1 of 4, 25 %",
        "clipped: 2 % of the samples",
    ]


def test_what_there_is_none_of_is_said(without_network: Explanation) -> None:
    assert list(explanation_in_words(without_network))[:3] == [
        "calls/monday.wav: anger 90 %, +3.2 bits against neutral",
        "nothing that is hidden alone lowers it",
        "no network answered: there is neither attention on frames nor a choice of kernels",
    ]


def test_doubt_is_told(explanation: Explanation) -> None:
    prediction = dataclasses.replace(explanation.prediction, least_confidence=0.95)
    line = next(explanation_in_words(dataclasses.replace(explanation, prediction=prediction)))
    assert "uncertain, perhaps anger 90 %" in line


def test_static_kernels_choose_nothing(explanation: Explanation) -> None:
    assert explanation.attention is not None
    attention = dataclasses.replace(explanation.attention, kernels=np.ones((3, 1)), share=1.0)
    lines = list(explanation_in_words(dataclasses.replace(explanation, attention=attention)))
    assert "kernel attention: none, each layer has one kernel" in lines
    assert not any("of the vote" in line for line in lines)


def test_many_layers_are_counted(explanation: Explanation) -> None:
    assert explanation.attention is not None
    attention = dataclasses.replace(explanation.attention, kernels=np.full((47, 2), 0.5))
    lines = list(explanation_in_words(dataclasses.replace(explanation, attention=attention)))
    assert any(line.endswith("; and 41 layers more") for line in lines)
