"""A page that is well formed, fetches nothing, and says what names say without doing it."""

import io
import re
from base64 import b64decode
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from matplotlib import image

from prosodyn.formats import Overview, timeline_to_html
from prosodyn.formats.pictures.palette import SILENCE, palette
from prosodyn.formats.text import one_line
from prosodyn.timeline import Segment, Timeline

VOID = {"meta"}
NASTY = ["<script>alert(1)</script>", '" onload="x', "</title>", "a\nb\x00", "\udcff", "&lt;", "]]>", "'"]
any_text = st.one_of(st.text(st.characters(exclude_categories=()), max_size=20), st.sampled_from(NASTY))
seeded = settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class Strict(HTMLParser):
    """Refuses what is opened and not closed; keeps the tags, their attributes and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def drawing(page: str) -> ElementTree.Element:
    found = re.search(r"<svg.*</svg>", page, re.DOTALL)
    assert found
    return ElementTree.fromstring(found[0])


def hover_titles(page: str) -> list[str]:
    return [title.text or "" for title in drawing(page).findall(".//g/title")]


def test_under_the_pointer_a_stretch_tells_times_answer_and_probabilities(
    timeline: Timeline, overview: Overview
) -> None:
    sure, doubtful = hover_titles(timeline_to_html(timeline, overview))
    assert sure.splitlines() == [
        "00:00:01.000 – 00:00:02.000",
        "anger 100 %",
        "anger 100 %, neutral 0 %, sadness 0 %",
    ]
    assert doubtful.splitlines()[1] == "uncertain, perhaps sadness 40 %"


def test_a_stretch_has_the_colour_of_its_emotion_and_the_opacity_of_its_confidence(
    timeline: Timeline,
) -> None:
    anger, doubt = drawing(timeline_to_html(timeline)).findall("g")
    assert anger.findall("rect")[1].attrib == {
        "x": "300.00",
        "y": "0",
        "width": "300.00",
        "height": "44",
        "fill": palette(["anger"])["anger"],
        "fill-opacity": "1.00",
    }
    assert doubt.findall("rect")[1].get("fill-opacity") == "0.58"


def test_doubt_alone_is_hatched(timeline: Timeline) -> None:
    anger, doubt = drawing(timeline_to_html(timeline)).findall("g")
    hatched = [
        [rect.get("fill") == "url(#doubt)" for rect in each.findall("rect")] for each in (anger, doubt)
    ]
    assert hatched == [[False, False], [False, False, True]]


def test_silence_is_grey_and_says_so(timeline: Timeline) -> None:
    behind = drawing(timeline_to_html(timeline)).find(f"rect[@fill='{SILENCE}']")
    assert behind is not None
    assert behind.findtext("title") == "no speech"


def test_each_speaker_has_a_ribbon_of_that_name(conversation: Timeline) -> None:
    svg = drawing(timeline_to_html(conversation))
    assert len(svg.findall(f"rect[@fill='{SILENCE}']")) == 2
    assert {"agent", "caller"} <= {text.text for text in svg.findall("text")}


def test_the_spectrogram_is_a_picture_inside_the_page(timeline: Timeline, overview: Overview) -> None:
    found = drawing(timeline_to_html(timeline, overview)).find("image")
    assert found is not None
    content = found.attrib["href"].removeprefix("data:image/png;base64,")
    picture = image.imread(io.BytesIO(b64decode(content)))
    assert picture.shape[:2] == (128, overview.n_columns)
    quiet, loud = picture[:, : overview.n_columns // 5], picture[:, overview.n_columns // 2][:, None]
    assert quiet[..., :3].mean() > 0.9
    assert loud[..., :3].mean() < 0.6


def test_the_waveform_spans_the_recording(timeline: Timeline, overview: Overview) -> None:
    polygon = drawing(timeline_to_html(timeline, overview)).find("polygon")
    assert polygon is not None
    points = np.array([point.split(",") for point in polygon.attrib["points"].split()], float)
    assert points.shape == (2 * overview.n_columns, 2)
    assert points.min(axis=0) == pytest.approx([0, 0], abs=1)
    assert points.max(axis=0) == pytest.approx([1200, 110], abs=1)


def test_without_an_overview_there_are_ribbons_alone(timeline: Timeline) -> None:
    assert drawing(timeline_to_html(timeline)).find("image") is None


def test_a_table_tells_every_segment(timeline: Timeline) -> None:
    texts = Strict(timeline_to_html(timeline)).texts
    assert texts.count("no speech") >= 2
    assert {"00:00:03.000", "anger 100 %", "uncertain, perhaps sadness 40 %"} <= set(texts)


def test_the_remarks_are_shown(timeline: Timeline) -> None:
    assert "2 channels averaged into one" in Strict(timeline_to_html(timeline)).texts


def test_nothing_is_run_and_nothing_is_fetched(timeline: Timeline, overview: Overview) -> None:
    page = Strict(timeline_to_html(timeline, overview))
    assert not {"script", "link", "iframe", "a", "img", "object"} & set(page.tags)
    assert all(
        value.startswith("data:image/png;") for name, value in page.attributes if name in {"href", "src"}
    )
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:") in page.attributes


@seeded
@given(source=any_text, emotion=any_text, speaker=any_text.filter(one_line), remark=any_text)
def test_no_name_adds_a_tag_or_an_attribute(source: str, emotion: str, speaker: str, remark: str) -> None:
    def page_of(source: str, emotion: str, speaker: str, remark: str) -> Strict:
        segment = Segment(0.0, 0.25, emotion, {emotion: 0.75}, speaker)
        silence = Segment(0.5, 100.0, "no speech", {})
        told = Timeline(source, (emotion,), 100.0, (segment, silence), (remark,))
        page = timeline_to_html(told)
        ElementTree.tostring(drawing(page))
        return Strict(page.encode("utf-8").decode("utf-8"))

    named, plain = page_of(source, emotion, speaker, remark), page_of("a", "anger", "b", "c")
    assert named.tags == plain.tags
    assert [name for name, _ in named.attributes] == [name for name, _ in plain.attributes]


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a & b", '"quoted"'])
def test_a_name_is_read_by_its_letters(name: str) -> None:
    assert name in Strict(timeline_to_html(Timeline(name, ("anger",), 1.0, ()))).texts


def test_the_title_may_be_given(timeline: Timeline) -> None:
    assert "Monday" in Strict(timeline_to_html(timeline, title="Monday")).texts


@pytest.mark.parametrize("duration", [0.0, 3600.0, 400_000.0])
def test_any_length_has_a_few_marks_of_time(duration: float) -> None:
    marks = drawing(timeline_to_html(Timeline("a.wav", ("anger",), duration, ()))).findall("path")
    assert 1 <= len(marks) <= 13
