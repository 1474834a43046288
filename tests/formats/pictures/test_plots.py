"""A timeline's picture: every stretch in its place and colour, the same every time, never half written."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import colors, image

from prosodyn.errors import MissingExtraError, OutputError
from prosodyn.formats import Overview, OverviewBuilder, plot_timeline
from prosodyn.formats.pictures.palette import SILENCE, palette
from prosodyn.plots import INK
from prosodyn.timeline import Segment, Timeline

NASTY = ["$x_1$", "_hidden", "a\nb\x00", "\udcff", "<b>&amp;", "怒", "\\frac{1}{2}", "", "-->"]


@pytest.fixture(scope="module")
def drawn(timeline: Timeline, overview: Overview, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the picture of the timeline, so that not every test draws it again."""
    path = tmp_path_factory.mktemp("pictures") / "monday.png"
    plot_timeline(timeline, overview, path)
    return path


def where(picture: np.ndarray, colour: str) -> np.ndarray:
    return np.abs(picture[..., :3] - colors.to_rgb(colour)).max(axis=-1) < 0.01


def ribbon_row(picture: np.ndarray) -> np.ndarray:
    """Return a row of pixels through the ribbon, a little above its words, from its first to its last."""
    grey = where(picture, SILENCE)
    rows = np.flatnonzero(grey.sum(axis=1) > 300)
    columns = np.flatnonzero(grey[rows[0] + 6])
    return picture[rows[0] + 6, columns[0] : columns[-1] + 1, :3]


def test_every_stretch_lies_in_its_place(drawn: Path) -> None:
    row = ribbon_row(image.imread(drawn))
    anger = where(row[None], palette(["anger"])["anger"])[0]
    quarter = len(row) / 4
    assert np.flatnonzero(anger)[[0, -1]] == pytest.approx([quarter, 2 * quarter], abs=3)
    assert anger[int(1.1 * quarter) : int(1.9 * quarter)].all()


def test_silence_is_grey(drawn: Path) -> None:
    row = ribbon_row(image.imread(drawn))
    grey = where(row[None], SILENCE)[0]
    assert grey.mean() == pytest.approx(0.5, abs=0.01)


def test_doubt_is_hatched_in_the_pale_colour_of_the_best_guess(drawn: Path) -> None:
    row = ribbon_row(image.imread(drawn))
    doubt = row[int(0.55 * len(row)) : int(0.7 * len(row))]
    solidity = 0.3 + 0.7 * 0.4
    pale = 1 - solidity * (1 - np.array(colors.to_rgb(palette(["sadness"])["sadness"])))
    assert where(doubt[None], colors.to_hex(pale)).mean() > 0.4
    assert (np.abs(doubt - colors.to_rgb(INK)).max(axis=-1) < 0.15).any()


def test_each_speaker_has_a_ribbon(
    timeline: Timeline, conversation: Timeline, overview: Overview, drawn: Path, tmp_path: Path
) -> None:
    plot_timeline(conversation, overview, tmp_path / "two.png")
    one, two = image.imread(drawn), image.imread(tmp_path / "two.png")
    assert 50 < two.shape[0] - one.shape[0] < 110


def test_the_same_timeline_gives_the_same_bytes(
    timeline: Timeline, overview: Overview, drawn: Path, tmp_path: Path
) -> None:
    plot_timeline(timeline, overview, tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == drawn.read_bytes()


def test_a_picture_as_svg_is_well_formed(timeline: Timeline, overview: Overview, tmp_path: Path) -> None:
    plot_timeline(timeline, overview, tmp_path / "monday.svg")
    assert ElementTree.parse(tmp_path / "monday.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize("name", NASTY)
def test_any_name_can_be_drawn(name: str, overview: Overview, tmp_path: Path) -> None:
    probabilities = {name: 0.9, "other": 0.1}
    told = Timeline(name, (name, "other"), 4.0, (Segment(0.0, 4.0, name, probabilities, name),))
    plot_timeline(told, overview, tmp_path / "named.svg")
    assert ElementTree.parse(tmp_path / "named.svg")


@pytest.mark.parametrize("seconds", [0.0, 0.1, 2.0])
def test_a_recording_in_which_nobody_speaks_is_drawn(seconds: float, tmp_path: Path) -> None:
    builder = OverviewBuilder()
    builder.push(np.zeros(round(16_000 * seconds), np.float32))
    plot_timeline(Timeline("a.wav", (), seconds, ()), builder.overview(), tmp_path / "still.png")
    assert (tmp_path / "still.png").exists()


def test_another_suffix_is_refused(timeline: Timeline, overview: Overview, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"figure\.jpg: figures are written as \.png, \.svg or \.pdf"):
        plot_timeline(timeline, overview, tmp_path / "figure.jpg")


def test_a_missing_matplotlib_is_named_with_its_remedy(
    timeline: Timeline, overview: Overview, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"'matplotlib': pip install 'prosodyn\[plots\]'"):
        plot_timeline(timeline, overview, tmp_path / "figure.png")


def test_importing_the_room_loads_neither_matplotlib_nor_pandas() -> None:
    check = "import sys, prosodyn.formats; sys.exit(bool({'matplotlib', 'pandas'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0
