"""The picture over time shows shares, and any name."""

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

import pytest

from prosodyn.errors import OutputError
from prosodyn.scale.plots import plot_over_time
from prosodyn.scale.summary import FAILED

pytest.importorskip("matplotlib", reason="needs pip install 'prosodyn[plots]'")

COUNTS: Mapping[str, Mapping[str, int]] = {
    "2025-01-30": {"anger": 1, "neutral": 3},
    "2025-02-01": {},
    "2025-01-31": {"anger": 5, "no speech": 1, "uncertain": 2, FAILED: 1},
}


def test_the_same_counts_give_the_same_picture(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        plot_over_time(COUNTS, tmp_path / name, "day")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_picture_as_svg_can_be_parsed(tmp_path: Path) -> None:
    plot_over_time(COUNTS, tmp_path / "a.svg", "day")
    assert ElementTree.parse(tmp_path / "a.svg").getroot().tag.endswith("svg")


def test_names_are_no_mathematics(tmp_path: Path) -> None:
    plot_over_time({"$x": {"$anger_": 1}}, tmp_path / "a.png", "$day^")
    assert (tmp_path / "a.png").exists()


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"figures are written as \.png"):
        plot_over_time(COUNTS, tmp_path / "a.gif", "day")
