"""Figures: readable, of the right size, the same every time, and never half written."""

import subprocess
import sys
from pathlib import Path
from types import FunctionType as Draw

import matplotlib
import numpy as np
import pytest
from matplotlib import colors, image

from prosodyn.errors import (
    EmptyAudioError,
    EvaluationError,
    InvalidSamplesError,
    MissingExtraError,
    OutputError,
)
from prosodyn.evaluation.belief import Belief
from prosodyn.evaluation.calibration import ReliabilityBin
from prosodyn.evaluation.plots import CELL, plot_confusion, plot_reliability, plot_waveform_and_spectrogram
from prosodyn.plots import BLUES, DPI

MATRIX = np.array([[0.9, 0.1, 0.0], [0.25, 0.75, 0.0], [0.0, 0.0, 1.0]])
LABELS = ["anger", "fear", "happiness"]
RATE = 16_000
TONE = (0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE // 4) / RATE)).astype(np.float32)


def draw_confusion(path: Path) -> None:
    plot_confusion(MATRIX, LABELS, "a title", path)


def draw_reliability(path: Path) -> None:
    bins = tuple(
        ReliabilityBin(share, share**1.2, 10 + round(90 * share)) for share in np.linspace(0.3, 1, 8)
    )
    plot_reliability(Belief(0.04, (0.03, 0.06), 0.9, (0.88, 0.93), 1.4, "speakers", bins), "a title", path)


def draw_tone(path: Path) -> None:
    plot_waveform_and_spectrogram(TONE, RATE, "a title", path)


every_figure = pytest.mark.parametrize("draw", [draw_confusion, draw_reliability, draw_tone])


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every figure as PNG, so that not every test draws them again."""
    folder = tmp_path_factory.mktemp("figures")
    draw_confusion(folder / "draw_confusion.png")
    draw_reliability(folder / "draw_reliability.png")
    draw_tone(folder / "draw_tone.png")
    return folder


def test_a_confusion_matrix_is_drawn_cell_by_cell(drawn: Path) -> None:
    height, width, _ = image.imread(drawn / "draw_confusion.png").shape

    cells = 3 * CELL * DPI
    assert cells + 100 < height < cells + 250
    assert cells + 200 < width < cells + 450


def test_the_darkest_cell_is_the_largest_share(drawn: Path) -> None:
    picture = image.imread(drawn / "draw_confusion.png")[..., :3]

    dark = np.abs(picture - colors.to_rgb(BLUES[-1])).max(axis=-1) < 0.01
    assert dark.sum() == pytest.approx((CELL * DPI) ** 2, rel=0.15)


def test_the_waveform_fills_a_page_of_eight_by_five_inches(drawn: Path) -> None:
    height, width, _ = image.imread(drawn / "draw_tone.png").shape

    assert (width, height) == pytest.approx((8 * DPI, 5 * DPI), rel=0.1)


def test_long_labels_are_not_cut_off(tmp_path: Path) -> None:
    labels = ["a" * 40, "b" * 40, "c" * 40]
    plot_confusion(MATRIX, labels, "t" * 100, tmp_path / "figure.png")

    picture = image.imread(tmp_path / "figure.png")[..., :3]
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert (edges == 1).all()


def test_a_suffix_in_capitals_is_the_same_kind(tmp_path: Path) -> None:
    plot_confusion(MATRIX, LABELS, "a title", tmp_path / "figure.PNG")

    assert (tmp_path / "figure.PNG").read_bytes().startswith(b"\x89PNG")


def test_an_emotion_that_never_occurred_is_drawn_as_missing(tmp_path: Path) -> None:
    matrix = MATRIX.copy()
    matrix[1] = np.nan
    plot_confusion(matrix, LABELS, "a title", tmp_path / "figure.png")

    grey = (
        np.abs(image.imread(tmp_path / "figure.png")[..., :3] - colors.to_rgb("#eceef1")).max(axis=-1) < 0.01
    )
    assert grey.sum() == pytest.approx(3 * (CELL * DPI) ** 2, rel=0.1)


def test_a_tone_is_drawn_at_its_frequency(drawn: Path) -> None:
    picture = image.imread(drawn / "draw_tone.png")[..., :3]

    middle = picture[picture.shape[0] // 2 :, picture.shape[1] // 2].sum(axis=-1)
    inside = np.flatnonzero(middle < 1.5)  # the dark of the spectrogram
    brightest = inside.min() + int(np.argmax(middle[inside.min() : inside.max()]))
    assert (inside.max() - brightest) / (inside.max() - inside.min()) == pytest.approx(1 / 8, abs=0.05)


@pytest.mark.parametrize(("suffix", "magic"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_the_suffix_chooses_the_format(suffix: str, magic: bytes, tmp_path: Path) -> None:
    draw_confusion(tmp_path / f"figure{suffix}")

    assert (tmp_path / f"figure{suffix}").read_bytes().startswith(magic)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_the_same_input_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    for name in ("first", "second"):
        draw_tone(tmp_path / f"{name}{suffix}")

    assert (tmp_path / f"first{suffix}").read_bytes() == (tmp_path / f"second{suffix}").read_bytes()


@every_figure
def test_the_callers_style_changes_nothing(draw: Draw, drawn: Path, tmp_path: Path) -> None:
    with matplotlib.rc_context({"axes.facecolor": "red", "font.size": 30, "figure.dpi": 10}):
        draw(tmp_path / "styled.png")

    assert (tmp_path / "styled.png").read_bytes() == (drawn / f"{draw.__name__}.png").read_bytes()


def test_nothing_is_left_of_the_style_afterwards(tmp_path: Path) -> None:
    before = dict(matplotlib.rcParams)

    draw_confusion(tmp_path / "figure.png")

    assert dict(matplotlib.rcParams) == before


def test_only_the_figures_are_left_in_the_folder(drawn: Path) -> None:
    assert sorted(path.name for path in drawn.iterdir()) == [
        "draw_confusion.png",
        "draw_reliability.png",
        "draw_tone.png",
    ]


@every_figure
def test_another_suffix_is_refused(draw: Draw, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"figure\.jpg: figures are written as \.png, \.svg or \.pdf"):
        draw(tmp_path / "figure.jpg")


@every_figure
def test_a_missing_matplotlib_is_named_with_its_remedy(
    draw: Draw, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    with pytest.raises(MissingExtraError, match=r"'matplotlib': pip install 'prosodyn\[plots\]'"):
        draw(tmp_path / "figure.png")


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (MATRIX[:2], r"shape \(2, 3\) does not fit 3 labels"),
        (10 * MATRIX, "normalise its rows first"),
        (-MATRIX, "normalise its rows first"),
    ],
)
def test_a_matrix_that_cannot_be_drawn_is_refused(matrix: np.ndarray, message: str, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=message):
        plot_confusion(matrix, LABELS, "a title", tmp_path / "figure.png")


def test_no_emotions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="does not fit 0 labels"):
        plot_confusion(np.zeros((0, 0)), [], "a title", tmp_path / "figure.png")


@pytest.mark.parametrize(
    ("waveform", "error"),
    [
        (np.zeros((2, 100), np.float32), InvalidSamplesError),
        (np.array([0.0, np.nan], np.float32), InvalidSamplesError),
        (np.zeros(0, np.float32), EmptyAudioError),
    ],
)
def test_samples_that_cannot_be_drawn_are_refused(
    waveform: np.ndarray, error: type[Exception], tmp_path: Path
) -> None:
    with pytest.raises(error, match="call"):
        plot_waveform_and_spectrogram(waveform, RATE, "call", tmp_path / "figure.png")


@pytest.mark.parametrize("n_samples", [1, 100])
def test_a_very_short_recording_is_drawn(n_samples: int, tmp_path: Path) -> None:
    plot_waveform_and_spectrogram(TONE[-n_samples:], RATE, "a title", tmp_path / "figure.png")

    assert (tmp_path / "figure.png").exists()


def test_silence_is_drawn_as_a_flat_line(tmp_path: Path) -> None:
    plot_waveform_and_spectrogram(0 * TONE, RATE, "a title", tmp_path / "figure.png")

    picture = image.imread(tmp_path / "figure.png")[: 2 * DPI, :, :3]
    rows = np.flatnonzero((np.abs(picture - colors.to_rgb(BLUES[5])).max(axis=-1) < 0.1).any(axis=1))
    assert len(rows) <= 3


def test_importing_the_room_loads_neither_torch_nor_matplotlib() -> None:
    rooms = ["metrics", "protocols", "intervals", "scores", "report", "plots", "tables", "reference"]
    imports = "; ".join(f"import prosodyn.evaluation.{room}" for room in rooms)
    check = f"import sys; {imports}; sys.exit(bool({{'torch', 'matplotlib', 'sklearn'}} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_drawing_does_not_load_pyplot(tmp_path: Path) -> None:
    check = (
        "import sys, numpy, pathlib; from prosodyn.evaluation.plots import plot_confusion; "
        f"plot_confusion(numpy.eye(2), ['a', 'b'], 't', pathlib.Path({str(tmp_path / 'figure.png')!r})); "
        "sys.exit('matplotlib.pyplot' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_the_diagram_says_how_far_confidence_lies_from_the_truth(tmp_path: Path) -> None:
    draw_reliability(tmp_path / "reliability.svg")
    assert "ECE 4.0 % (3.0–6.0)" in (tmp_path / "reliability.svg").read_text(encoding="utf-8")
