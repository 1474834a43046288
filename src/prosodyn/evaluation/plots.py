"""Figures like the seed paper's, waveform with spectrogram and confusion matrices; a reliability diagram."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from prosodyn.errors import EmptyAudioError, EvaluationError, InvalidSamplesError
from prosodyn.evaluation.belief import Belief
from prosodyn.evaluation.metrics import ShareArray
from prosodyn.evaluation.spectrogram import RANGE_DB, envelope, spectrogram
from prosodyn.plots import BLUES, INK, QUIET, colour_map, page
from prosodyn.types import FloatArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CELL = 0.78
"""Inches, of one cell of a confusion matrix."""


def plot_confusion(matrix: ShareArray, labels: Sequence[str], title: str, path: Path) -> None:
    """Draw a confusion matrix, every cell with its percentage.

    Args:
        matrix: `(truth, prediction)`, shares of the row in [0, 1], see `metrics.row_normalised`;
            NaN in the row of an emotion that never occurs
        labels: emotions, in the matrix's order
        title: one line
        path: `.png`, `.svg` or `.pdf`

    Raises:
        EvaluationError: a matrix that is not normalised or does not fit the labels
        OutputError: nothing can be written there, another suffix
        MissingExtraError: matplotlib is not installed
    """
    n = len(labels)
    if n == 0 or matrix.shape != (n, n):
        raise EvaluationError(f"a confusion matrix of shape {matrix.shape} does not fit {n} labels")
    if np.nanmin(matrix, initial=0) < 0 or np.nanmax(matrix, initial=0) > 1:
        raise EvaluationError("a confusion matrix is drawn from shares in [0, 1]; normalise its rows first")
    side = CELL * n
    with page(side, side, path) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        image = axes.imshow(100 * matrix, cmap=colour_map(), vmin=0, vmax=100)
        for (row, column), share in np.ndenumerate(matrix):
            axes.text(column, row, _percent(share), ha="center", va="center", color=_cell_ink(share))
        _label_cells(axes, labels)
        axes.set(xlabel="predicted emotion", ylabel="true emotion", title=title)
        beside = figure.add_axes((1 + 0.22 / side, 0, 0.2 / side, 1))
        scale = figure.colorbar(image, cax=beside, label="percent of the row")
        scale.outline.set_visible(False)


def plot_reliability(belief: Belief, title: str, path: Path) -> None:
    """Draw how often answers of similar confidence are right: on the diagonal, confidence can be believed.

    Reference: the reliability diagram of Niculescu-Mizil and Caruana, ICML 2005, with bins of equal mass.

    Args:
        belief: with the bins; the area of a mark grows with how many answers there are
        title: one line
        path: `.png`, `.svg` or `.pdf`

    Raises:
        OutputError: nothing can be written there, another suffix
        MissingExtraError: matplotlib is not installed
    """
    confidence, accuracy, count = np.array(
        [(each.confidence, each.accuracy, each.count) for each in belief.bins]
    ).T
    low, high = belief.ece_interval
    with page(4, 4, path) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        axes.plot((0, 100), (0, 100), color=QUIET, linewidth=1, linestyle="--")
        axes.vlines(100 * confidence, 100 * accuracy, 100 * confidence, color=BLUES[2], linewidth=2)
        axes.scatter(
            100 * confidence,
            100 * accuracy,
            s=600 * count / count.sum(),
            color=BLUES[5],
            zorder=3,
            clip_on=False,
        )
        told = f"ECE {100 * belief.ece:.1f} % ({100 * low:.1f}–{100 * high:.1f})"
        axes.text(96, 4, told, ha="right", va="bottom", color=INK)
        axes.set(xlim=(0, 100), ylim=(0, 100), xlabel="confidence (%)", ylabel="right answers (%)")
        axes.set_title(title)
        axes.spines[["top", "right"]].set_visible(False)


def plot_waveform_and_spectrogram(waveform: FloatArray, sample_rate: int, title: str, path: Path) -> None:
    """Draw a recording's waveform above its spectrogram, as in figure 4 of the seed paper.

    Args:
        waveform: `(time,)` in [-1, 1]
        sample_rate: Hz
        title: one line
        path: `.png`, `.svg` or `.pdf`

    Raises:
        InvalidSamplesError: samples that are not finite or not of one channel
        EmptyAudioError: no samples
        OutputError: nothing can be written there, another suffix
        MissingExtraError: matplotlib is not installed
    """
    if waveform.ndim != 1 or not np.isfinite(waveform).all():
        raise InvalidSamplesError(
            f"{title}: expected finite samples of shape (time,), found {waveform.shape}"
        )
    if len(waveform) == 0:
        raise EmptyAudioError(f"{title}: holds no samples, there is nothing to draw")
    with page(8, 5, path) as figure:
        grid = figure.add_gridspec(
            2, 2, width_ratios=(1, 0.02), height_ratios=(2, 3), wspace=0.03, hspace=0.12
        )
        lower = figure.add_subplot(grid[1, 0])
        upper = figure.add_subplot(grid[0, 0], sharex=lower)
        _draw_waveform(upper, waveform, sample_rate)
        upper.set_title(title)
        _draw_spectrogram(lower, figure.add_subplot(grid[1, 1]), waveform, sample_rate)
        figure.align_ylabels([upper, lower])


def _percent(share: float) -> str:
    if np.isnan(share):
        return "—"
    return "0" if share == 0 else f"{100 * share:.1f}"


def _cell_ink(share: float) -> str:
    """Choose what reads best: white on dark cells, grey for nothing, else dark."""
    if np.isnan(share) or share == 0:
        return QUIET
    return "white" if share > 0.55 else INK


def _label_cells(axes: "Axes", labels: Sequence[str]) -> None:
    """Name rows and columns, and part the cells by white lines."""
    n = len(labels)
    axes.set_xticks(range(n), labels)
    axes.set_yticks(range(n), labels)
    if max(len(label) for label in labels) > 10:
        for label in axes.get_xticklabels():
            label.set(rotation=45, ha="right", rotation_mode="anchor")
    axes.set_xticks(np.arange(0.5, n - 1), minor=True)
    axes.set_yticks(np.arange(0.5, n - 1), minor=True)
    axes.grid(which="minor", color="white", linewidth=2)
    axes.tick_params(which="both", length=0)
    axes.spines[:].set_visible(False)


def _draw_waveform(axes: "Axes", waveform: FloatArray, sample_rate: int) -> None:
    times, low, high = envelope(waveform, sample_rate)
    axes.fill_between(times, low, high, color=BLUES[5], linewidth=0.6)
    largest = max(float(np.abs(waveform).max()), 0.01)  # silence stays a flat line
    axes.set(ylabel="amplitude", ylim=(-1.1 * largest, 1.1 * largest))
    axes.tick_params(labelbottom=False)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_spectrogram(axes: "Axes", scale_axes: "Axes", waveform: FloatArray, sample_rate: int) -> None:
    picture = spectrogram(waveform, sample_rate)
    image = axes.imshow(
        picture.level,
        cmap="magma",
        origin="lower",
        aspect="auto",
        extent=(0, picture.duration, 0, picture.top / 1000),
        vmin=-RANGE_DB,
        vmax=0,
    )
    axes.set(xlabel="time (s)", ylabel="frequency (kHz)", xlim=(0, picture.duration))
    scale = axes.figure.colorbar(image, cax=scale_axes, label="level (dB, 0 = peak)")
    scale.outline.set_visible(False)
