"""What the page on formats shows is what is written."""

import re
from pathlib import Path

import pytest

from prosodyn.formats import TIMELINE_FORMATS, render
from prosodyn.timeline import Timeline

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "formats.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def shown() -> Timeline:
    """Return the timeline of the page's first example."""
    names: dict[str, Timeline] = {}
    exec(next(code for language, code in BLOCKS if language == "python"), names)
    return names["timeline"]


@pytest.mark.parametrize("name", TIMELINE_FORMATS)
def test_the_page_shows_a_format_as_it_is_written(name: str, shown: Timeline) -> None:
    assert [text for language, text in BLOCKS if language == name] == [render(shown, name)]


@pytest.mark.parametrize("name", TIMELINE_FORMATS)
def test_the_page_tells_a_formats_ending(name: str) -> None:
    assert re.search(
        rf"^\| \[`{name}`\]\(#[\w-]+\) \| `{TIMELINE_FORMATS[name].suffix}` \|", PAGE, re.MULTILINE
    )
