"""Every key tells an attribute that is there, and nothing is told that JSON cannot hold."""

import dataclasses
import json

import pytest

from prosodyn.formats import entry
from prosodyn.formats.entries import ENTRIES
from prosodyn.timeline import Segment, Timeline
from prosodyn.types import Prediction

UNTOLD = {(Prediction, "least_confidence")}
"""What is no part of an answer: `emotion` says what comes of it."""


@pytest.mark.parametrize("noun", ENTRIES)
def test_every_field_is_told_once(noun: type) -> None:
    told = list(ENTRIES[noun].values())
    fields = [field.name for field in dataclasses.fields(noun)]
    untold = {(noun, name) for name in fields if name not in told}
    assert len(told) == len(set(told))
    assert untold <= UNTOLD | {(noun, name) for name in ("source", "duration")}
    assert all(name in fields or isinstance(getattr(noun, name), property) for name in told)


def test_an_entry_survives_json(prediction: Prediction) -> None:
    segments = (Segment(0.0, 1.5, "sadness", {"sadness": 0.75, "anger": 0.25}, is_strange=True),)
    for noun in (prediction, Timeline("a.wav", ("anger", "sadness"), 1.5, segments, ("2 channels",))):
        assert json.loads(json.dumps(entry(noun))) == entry(noun)
