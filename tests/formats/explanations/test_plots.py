"""An explanation's picture: what tells lies in its place and colour, and any reader of pictures opens it."""

import dataclasses
import itertools
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import colors, image

from prosodyn.errors import MissingExtraError, OutputError
from prosodyn.explanation import Explanation
from prosodyn.formats import Overview, OverviewBuilder, plot_explanation
from prosodyn.plots import INK


@pytest.fixture(scope="module")
def drawn(explanation: Explanation, overview: Overview, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pictures") / "why.png"
    plot_explanation(explanation, overview, path)
    return path


@pytest.fixture(scope="module")
def spectrogram(explanation: Explanation, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """Return the inside of a spectrogram on which nothing but colour is seen, `(row, column, 3)`."""
    builder = OverviewBuilder()
    builder.push(np.zeros(64_000, np.float32))
    path = tmp_path_factory.mktemp("still") / "why.png"
    plot_explanation(explanation, builder.overview(), path)
    picture = image.imread(path)[..., :3]
    drawn = picture.min(axis=-1) < 0.9
    across = np.flatnonzero(drawn.sum(axis=1) > 1400)
    top, bottom = max(itertools.pairwise(across), key=lambda pair: pair[1] - pair[0])
    along = np.flatnonzero(drawn[top:bottom].mean(axis=0) > 0.98)
    left, right = along[0], along[along > along[0] + 1400][0]
    return picture[top + 3 : bottom - 2, left + 3 : right - 2]


def share_of(hertz: float) -> float:
    """Return how far below the top of the spectrogram a frequency lies, as mel has it."""
    return float(1 - np.log10(1 + hertz / 700) / np.log10(1 + 8000 / 700))


def extent(where: np.ndarray) -> list[float]:
    """Return left, right, top and bottom of what is marked, as shares of the whole."""
    rows, columns = np.nonzero(where)
    sides = [*np.quantile(columns / where.shape[1], [0, 1]), *np.quantile(rows / where.shape[0], [0, 1])]
    return [float(side) for side in sides]


def test_what_speaks_for_the_answer_is_orange_in_its_place(spectrogram: np.ndarray) -> None:
    orange = spectrogram[..., 0] - spectrogram[..., 2] > 0.2
    assert extent(orange) == pytest.approx([0.5, 0.75, share_of(3000), share_of(1000)], abs=0.01)


def test_what_speaks_against_it_is_blue_in_its_place(spectrogram: np.ndarray) -> None:
    blue = spectrogram[..., 2] - spectrogram[..., 0] > 0.2
    assert extent(blue) == pytest.approx([0, 0.25, 0, share_of(3000)], abs=0.01)


def test_a_frame_stands_around_the_region(spectrogram: np.ndarray) -> None:
    dark = np.abs(spectrogram - colors.to_rgb(INK)).max(axis=-1) < 0.1
    assert extent(dark) == pytest.approx([0.5, 0.75, share_of(3000), share_of(1000)], abs=0.01)


def test_the_same_explanation_gives_the_same_bytes(
    explanation: Explanation, overview: Overview, drawn: Path, tmp_path: Path
) -> None:
    plot_explanation(explanation, overview, tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == drawn.read_bytes()


def test_a_picture_as_svg_is_well_formed(
    explanation: Explanation, overview: Overview, tmp_path: Path
) -> None:
    plot_explanation(explanation, overview, tmp_path / "why.svg")
    assert ElementTree.parse(tmp_path / "why.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"


def test_a_picture_as_pdf_is_whole(explanation: Explanation, overview: Overview, tmp_path: Path) -> None:
    plot_explanation(explanation, overview, tmp_path / "why.pdf")
    content = (tmp_path / "why.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")


def test_without_a_network_less_is_drawn(
    without_network: Explanation, overview: Overview, drawn: Path, tmp_path: Path
) -> None:
    plot_explanation(without_network, overview, tmp_path / "svm.png")
    assert image.imread(tmp_path / "svm.png").shape[0] < image.imread(drawn).shape[0] - 150


@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (8, 3), (47, 4)])
def test_any_number_of_layers_and_kernels_is_drawn(
    explanation: Explanation, overview: Overview, tmp_path: Path, shape: tuple[int, int]
) -> None:
    assert explanation.attention is not None
    attention = dataclasses.replace(explanation.attention, kernels=np.full(shape, 1 / shape[1]))
    plot_explanation(dataclasses.replace(explanation, attention=attention), overview, tmp_path / "a.png")
    assert image.imread(tmp_path / "a.png").shape[0] < 1450


@pytest.mark.parametrize(
    "name", ["$x_1$", "_hidden", "a\nb\x00", "\udcff", "<b>&amp;", "怒", "\\frac{1}{2}", ""]
)
def test_any_name_can_be_drawn(
    name: str, explanation: Explanation, overview: Overview, tmp_path: Path
) -> None:
    prediction = dataclasses.replace(
        explanation.prediction, source=name, best_guess=name, probabilities={name: 1.0}
    )
    named = dataclasses.replace(explanation, prediction=prediction, against=name)
    plot_explanation(named, overview, tmp_path / "named.svg")
    assert ElementTree.parse(tmp_path / "named.svg")


def test_a_recording_of_a_few_samples_is_drawn(explanation: Explanation, tmp_path: Path) -> None:
    builder = OverviewBuilder()
    builder.push(np.full(3, 0.1, np.float32))
    plot_explanation(explanation, builder.overview(), tmp_path / "blip.png")
    assert (tmp_path / "blip.png").exists()


def test_another_suffix_is_refused(explanation: Explanation, overview: Overview, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"figures are written as \.png, \.svg or \.pdf"):
        plot_explanation(explanation, overview, tmp_path / "why.jpg")


def test_a_missing_matplotlib_is_named_with_its_remedy(
    explanation: Explanation, overview: Overview, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'prosodyn\[plots\]'"):
        plot_explanation(explanation, overview, tmp_path / "why.png")
