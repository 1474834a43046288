"""The parser of praatio reads back what was written, and intervals leave no gap."""

import itertools
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from praatio import textgrid
from praatio.data_classes.textgrid import Textgrid

from prosodyn.formats import timeline_to_textgrid
from prosodyn.timeline import Segment, Timeline

seeded = settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
any_text = st.text(st.characters(exclude_categories=()))
NASTY = ['say "no"', 'text = "', "\\ae", "item [2]:", 'a\n"b"\x00', "\udcff", "class = IntervalTier"]


def read_grid(text: str, folder: Path) -> Textgrid:
    path = folder / "written.TextGrid"
    path.write_bytes(text.encode("utf-8"))
    return textgrid.openTextgrid(str(path), includeEmptyIntervals=True, reportingMode="error")


def read_tiers(text: str, folder: Path) -> dict[str, list[tuple[float, float, str]]]:
    return {tier.name: [tuple(entry) for entry in tier.entries] for tier in read_grid(text, folder).tiers}


def told(*segments: Segment, duration: float = 1.0) -> Timeline:
    return Timeline("a.wav", ("anger",), duration, segments)


def test_without_turns_there_is_one_tier(timeline: Timeline, tmp_path: Path) -> None:
    assert read_tiers(timeline_to_textgrid(timeline), tmp_path) == {
        "emotion": [(0.0, 1.25, ""), (1.25, 59.9996, "anger"), (59.9996, 62.5, "uncertain")]
    }


def test_each_speaker_has_a_tier(conversation: Timeline, tmp_path: Path) -> None:
    assert read_tiers(timeline_to_textgrid(conversation), tmp_path) == {
        "agent": [
            (0.0, 0.5, ""),
            (0.5, 4.0, "neutral"),
            (4.0, 6.0, ""),
            (6.0, 9.0, "neutral"),
            (9.0, 10.0, ""),
        ],
        "caller": [(0.0, 3.0, ""), (3.0, 6.5, "anger"), (6.5, 10.0, "")],
    }


def test_a_speaker_who_overlaps_has_two_tiers(tmp_path: Path) -> None:
    twice = (Segment(0.0, 2.0, "anger", {}, "f1"), Segment(1.0, 3.0, "neutral", {}, "f1"))
    assert read_tiers(timeline_to_textgrid(told(*twice, duration=3.0)), tmp_path) == {
        "f1": [(0.0, 2.0, "anger"), (2.0, 3.0, "")],
        "f1 (2)": [(0.0, 1.0, ""), (1.0, 3.0, "neutral")],
    }


def test_names_that_look_alike_have_tiers_of_their_own(tmp_path: Path) -> None:
    alike = (Segment(0.0, 0.5, "anger", {}, name) for name in ("", "emotion", " emotion\n", "emotion (2)"))
    assert list(read_tiers(timeline_to_textgrid(told(*alike)), tmp_path)) == [
        "emotion",
        "emotion (2)",
        "emotion (3)",
        "emotion (2) (2)",
    ]


def test_nothing_is_one_empty_interval(nothing: Timeline, tmp_path: Path) -> None:
    assert read_tiers(timeline_to_textgrid(nothing), tmp_path) == {"emotion": [(0.0, 3.0, "")]}


def test_a_recording_without_a_length_can_still_be_opened(tmp_path: Path) -> None:
    assert read_grid(timeline_to_textgrid(told(duration=0.0)), tmp_path).maxTimestamp == 0.001


def test_a_segment_beyond_the_end_makes_the_grid_longer(tmp_path: Path) -> None:
    late = told(Segment(0.0, 1.00006, "anger", {}), duration=1.0)
    assert read_tiers(timeline_to_textgrid(late), tmp_path) == {"emotion": [(0.0, 1.00006, "anger")]}


def test_a_hair_between_two_segments_is_no_interval(tmp_path: Path) -> None:
    apart = told(Segment(0.0, 0.1 + 0.2, "anger", {}), Segment(0.3, 1.0, "neutral", {}))
    assert [entry[2] for entry in read_tiers(timeline_to_textgrid(apart), tmp_path)["emotion"]] == [
        "anger",
        "neutral",
    ]


def test_a_quote_is_doubled() -> None:
    assert (
        '            text = "say ""no"""'
        in timeline_to_textgrid(told(Segment(0.0, 1.0, 'say "no"', {}))).splitlines()
    )


@pytest.mark.parametrize("name", NASTY[:3])
def test_a_name_comes_back_out_of_its_quotes(name: str, tmp_path: Path) -> None:
    written = timeline_to_textgrid(told(Segment(0.0, 1.0, name, {}, name)))
    assert read_tiers(written, tmp_path) == {name: [(0.0, 1.0, name)]}


@seeded
@given(emotion=any_text, speaker=st.one_of(any_text, st.sampled_from(NASTY)))
def test_no_name_makes_or_hides_an_interval(emotion: str, speaker: str, tmp_path: Path) -> None:
    written = timeline_to_textgrid(told(Segment(0.25, 0.5, emotion, {}, speaker)))
    assert strictly_read(written)[0][1] == [0, 0.25, 0.5, 1]


@seeded
@given(
    edges=st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 100), st.sampled_from("abc")), max_size=12),
    duration=st.floats(0, 1e6),
)
def test_every_tier_runs_from_the_beginning_to_the_end(
    edges: list[tuple[float, float, str]], duration: float
) -> None:
    segments = (Segment(start, start + length, "anger", {}, name) for start, length, name in edges)
    found = strictly_read(timeline_to_textgrid(told(*segments, duration=duration)))
    assert len({instants[-1] for _, instants in found}) == 1
    assert all(instants[0] == 0 and rising(instants) for _, instants in found)


def rising(instants: list[float]) -> bool:
    return all(first < last for first, last in itertools.pairwise(instants))


def strictly_read(text: str) -> list[tuple[str, list[float]]]:
    """Read the long text format line by line, as Praat's manual tells it; give each tier's name and edges."""
    lines = iter(text.splitlines())

    def expect(beginning: str) -> str:
        line = next(lines)
        assert line.startswith(beginning), line
        return line.removeprefix(beginning)

    def expect_text(beginning: str) -> str:
        quoted = expect(beginning)
        inner = quoted[1:-1]
        assert quoted == f'"{inner}"'
        assert '"' not in inner.replace('""', "")
        return inner.replace('""', '"')

    for line in ('File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0"):
        assert next(lines) == line
    end = float(expect("xmax = "))
    assert next(lines) == "tiers? <exists>"
    n_tiers = int(expect("size = "))
    assert next(lines) == "item []:"
    found = []
    for tier in range(n_tiers):
        assert expect("    item ") == f"[{tier + 1}]:"
        assert expect_text("        class = ") == "IntervalTier"
        name = expect_text("        name = ")
        assert next(lines) == "        xmin = 0"
        assert float(expect("        xmax = ")) == end
        instants = [0.0]
        for number in range(int(expect("        intervals: size = "))):
            assert expect("        intervals ") == f"[{number + 1}]:"
            assert float(expect("            xmin = ")) == instants[-1]
            instants.append(float(expect("            xmax = ")))
            expect_text("            text = ")
        assert instants[-1] == end
        found.append((name, instants))
    assert next(lines, None) is None
    return found
