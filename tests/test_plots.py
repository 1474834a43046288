"""The page that every figure is drawn on: saved whole or not at all, and nothing global changes."""

import sys
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib import colors

from prosodyn.errors import MissingExtraError, OutputError
from prosodyn.plots import BLUES, colour_map, page


def draw_line(path: Path) -> None:
    with page(2, 1, path) as figure:
        figure.add_subplot().plot([0, 1])


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf", ".PNG"])
def test_the_same_lines_give_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    first, second = tmp_path / f"first{suffix}", tmp_path / f"second{suffix}"
    draw_line(first)
    with matplotlib.rc_context({"lines.linewidth": 9, "font.size": 30}):
        draw_line(second)
    assert first.read_bytes() == second.read_bytes()


def test_a_page_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), page(2, 1, tmp_path / "figure.png"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_another_suffix_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.jpg: figures are written as"), page(1, 1, tmp_path / "a.jpg"):
        pytest.fail("a figure was given")


def test_a_missing_matplotlib_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"prosodyn\[plots\]"), page(1, 1, tmp_path / "a.png"):
        pytest.fail("a figure was given")


def test_the_scale_leads_from_the_lightest_blue_to_the_darkest() -> None:
    ends = [colors.to_hex(colour_map()(share)) for share in (0.0, 1.0)]
    assert ends == [BLUES[0], BLUES[-1]]


def test_the_colours_grow_darker_in_equal_steps() -> None:
    linear = [
        [(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for c in colors.to_rgb(b)]
        for b in BLUES
    ]
    luminance = np.array(linear) @ [0.2126, 0.7152, 0.0722]
    lightness = 116 * np.cbrt(luminance) - 16  # CIE L*

    np.testing.assert_allclose(-np.diff(lightness), 9.5, atol=0.4)
