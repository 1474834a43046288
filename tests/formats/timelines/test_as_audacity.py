"""A strict reader of label tracks, as Audacity's manual tells them, reads back what was written."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from prosodyn.formats import timeline_to_audacity
from prosodyn.timeline import Segment, Timeline

seeded = settings(derandomize=True, deadline=None, max_examples=200)
any_text = st.text(st.characters(exclude_categories=()))
LINE = re.compile(r"(\d+\.\d+)\t(\d+\.\d+)\t([^\t]*)")


def read_labels(text: str) -> list[tuple[float, float, str]]:
    """Read lines of start, end and label, tabs between; a label may hold anything but a tab."""
    assert text.endswith("\n") or not text
    found = [LINE.fullmatch(line) for line in text.splitlines()]
    assert all(found)
    return [(float(line[1]), float(line[2]), line[3]) for line in found if line]


def test_the_labels_come_back(timeline: Timeline) -> None:
    assert read_labels(timeline_to_audacity(timeline)) == [
        (1.25, 60.0, "anger 82 %"),
        (60.0, 62.5, "uncertain, perhaps neutral 41 %"),
    ]


def test_a_label_says_who_speaks(conversation: Timeline) -> None:
    assert read_labels(timeline_to_audacity(conversation))[1] == (3.0, 6.5, "caller: anger 70 %")


def test_nothing_is_an_empty_track(nothing: Timeline) -> None:
    assert timeline_to_audacity(nothing) == ""


@seeded
@given(emotion=any_text, speaker=any_text)
def test_no_name_makes_or_hides_a_label(emotion: str, speaker: str) -> None:
    segments = 2 * (Segment(0.0, 1.0, emotion, {emotion: 1.0}, speaker),)
    written = timeline_to_audacity(Timeline("a.wav", (emotion,), 1.0, segments)).encode().decode()
    assert [label[:2] for label in read_labels(written)] == 2 * [(0.0, 1.0)]
