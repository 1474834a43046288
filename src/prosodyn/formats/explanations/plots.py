"""An explanation beside its recording, drawn as PNG, SVG or PDF; matplotlib is loaded when one is drawn."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.explanation import Attention, Explanation, Occlusion
from prosodyn.formats.explanations.words import (
    NOTHING,
    answer_in_words,
    loss_in_words,
    question_in_words,
    share_in_words,
)
from prosodyn.formats.pictures.overview import RANGE_DB, Overview
from prosodyn.formats.pictures.palette import AGAINST, FOR, ink_on
from prosodyn.formats.pictures.plots import any_letters, draw_waveform
from prosodyn.formats.text import one_line
from prosodyn.plots import BLUES, INK, QUIET, page

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

WIDTH = 10.0
"""Inches, of the time axis."""

_ROWS = {"waveform": 0.8, "spectrogram": 2.9, "moments": 0.8}  # inches
_FRAMES = 0.6  # inches, of the row of a network's attention
_GAP = 0.15  # of the mean height of a row
_LAYER = 0.3  # inches, of the height of a layer's bar
_MOST_LAYERS = 8  # that are drawn at that height, with words on them
_BELOW = 0.75  # inches, from the time axis to the kernels
_N_MEL_ROWS = 160
_MARKS = (0, 500, 1000, 2000, 4000, 8000)  # Hz
_LEAST_SCALE = 0.1  # bits; what costs less everywhere is drawn pale


def plot_explanation(explanation: Explanation, overview: Overview, path: Path, title: str = "") -> None:
    """Draw what speaks for an answer over the spectrogram, and below it what was weighed, moment by moment.

    Orange is what speaks for the answer, since hiding it costs evidence; blue is what speaks against it.
    Frames stand around the most telling regions.

    Args:
        explanation: of the recording, or of a piece of it
        overview: of the same piece
        path: `.png`, `.svg` or `.pdf`
        title: one line, by default the recording's name

    Raises:
        OutputError: nothing can be written there, another suffix
        MissingExtraError: matplotlib is not installed
    """
    attention = explanation.attention
    heights = [*_ROWS.values(), *([_FRAMES] if attention is not None else [])]
    with any_letters(), page(WIDTH, sum(heights), path) as figure:
        grid = figure.add_gridspec(
            len(heights), 1, height_ratios=heights, left=0, right=1, bottom=0, top=1, hspace=_GAP
        )
        axes = [figure.add_subplot(grid[place, 0]) for place in range(len(heights))]
        draw_waveform(axes[0], overview, explanation.start)
        told = "\n".join((one_line(title or explanation.prediction.source), *_told(explanation)))
        axes[0].set_title(told, parse_math=False, fontsize=10, linespacing=1.5)
        _draw_spectrogram(axes[1], overview, explanation.start)
        _draw_cells(figure, axes[1], explanation)
        _draw_moments(axes[2], explanation.occlusion)
        if attention is not None:
            _draw_frames(axes[3], attention)
        for each in axes:
            each.set_xlim(explanation.start, explanation.end)
        for each in axes[:-1]:
            each.tick_params(axis="x", length=0, labelbottom=False)
        axes[-1].set_xlabel("time (s)")
        figure.align_ylabels(axes)
        if attention is not None and attention.kernels.shape[1] > 1:
            _draw_kernels(figure, attention, sum(heights))


def _told(explanation: Explanation) -> Iterator[str]:
    """Yield the lines below the title."""
    yield answer_in_words(explanation)
    regions = enumerate(explanation.occlusion.regions, start=1)
    told = [f"without {number}: {loss_in_words(region)}" for number, region in regions]
    yield ";  ".join(told) or NOTHING


def _draw_spectrogram(axes: "Axes", overview: Overview, start: float) -> None:
    """Draw the levels in grey, over frequencies as mel has them, so that colour is left for what decides."""
    top = _mel(overview.top)
    hertz = 700 * (10 ** (np.linspace(0, top, _N_MEL_ROWS) / 2595) - 1)
    linear = np.linspace(0, overview.top, len(overview.level))
    above = np.clip(np.searchsorted(linear, hertz), 1, len(linear) - 1)
    share = ((hertz - linear[above - 1]) / (linear[above] - linear[above - 1]))[:, None]
    level = (1 - share) * overview.level[above - 1] + share * overview.level[above]
    axes.imshow(
        level,
        cmap=_scale("grey", ["#ffffff", QUIET, INK]),
        origin="lower",
        aspect="auto",
        extent=(start, start + overview.n_columns * overview.step, 0, top),
        vmin=-RANGE_DB,
        vmax=0,
    )
    marks = [mark for mark in _MARKS if mark <= overview.top]
    axes.set_yticks([_mel(mark) for mark in marks], [f"{mark / 1000:g}" for mark in marks])
    axes.set(ylabel="frequency (kHz)", ylim=(0, top))


def _draw_cells(figure: "Figure", axes: "Axes", explanation: Explanation) -> None:
    """Draw what each cell costs, frames around the regions, what each band costs beside it, and the scale."""
    occlusion = explanation.occlusion
    largest = max(float(np.abs(occlusion.cells).max()), _LEAST_SCALE)
    cells = axes.pcolormesh(
        occlusion.times,
        _mel(occlusion.frequencies),
        occlusion.cells,
        cmap=_scale("for-and-against", [f"{AGAINST}c8", f"{AGAINST}50", "#ffffff00", f"{FOR}50", f"{FOR}c8"]),
        vmin=-largest,
        vmax=largest,
        linewidth=0,
        rasterized=True,  # one picture inside an SVG or a PDF, where seams would show
    )
    for number, region in enumerate(occlusion.regions, start=1):
        low, high = _mel(region.low), _mel(region.high)
        sides = [region.start, region.end, region.end, region.start], [low, low, high, high]
        axes.fill(*sides, fill=False, edgecolor=INK, linewidth=1.4)
        axes.annotate(
            str(number), (region.start, high), xytext=(3, -3), textcoords="offset points",
            ha="left", va="top", fontsize=9, fontweight="bold", color=INK,
        )  # fmt: skip
    place = axes.get_position()
    _draw_bands(figure.add_axes((1.01, place.y0, 0.06, place.height)), occlusion, axes.get_ylim())
    beside = figure.add_axes((1.09, place.y0, 0.014, place.height), facecolor="white")
    what = f"cost of hiding it (bits), {question_in_words(explanation)}"
    scale = figure.colorbar(cells, cax=beside)
    scale.set_label(what, parse_math=False)
    scale.outline.set_edgecolor(QUIET)


def _draw_bands(axes: "Axes", occlusion: Occlusion, limits: tuple[float, float]) -> None:
    edges = _mel(occlusion.frequencies)
    colours = [FOR if cost > 0 else AGAINST for cost in occlusion.bands]
    axes.barh(edges[:-1], occlusion.bands, np.diff(edges), align="edge", color=colours, edgecolor="white")
    axes.axvline(0, color=QUIET, linewidth=0.8)
    axes.set(ylim=limits, yticks=[], title="bands")
    axes.title.set_fontsize(8)
    axes.tick_params(axis="x", labelsize=7)
    axes.spines[["top", "left", "right"]].set_visible(False)


def _draw_moments(axes: "Axes", occlusion: Occlusion) -> None:
    colours = [FOR if cost > 0 else AGAINST for cost in occlusion.moments]
    widths = np.diff(occlusion.times)
    axes.bar(occlusion.times[:-1], occlusion.moments, widths, align="edge", color=colours, edgecolor="white")
    axes.axhline(0, color=QUIET, linewidth=0.8)
    axes.set_ylabel("moments\n(bits)")
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def _draw_frames(axes: "Axes", attention: Attention) -> None:
    """Draw the attention as an area of one: what is wide is lower."""
    seconds = np.diff(attention.times)
    density = np.divide(attention.frames, seconds, out=np.zeros(len(seconds)), where=seconds > 0)
    axes.stairs(density, attention.times, fill=True, color=BLUES[4])
    axes.set(ylim=(0, 1.1 * max(float(density.max()), 1e-6)), yticks=[], ylabel="frame\nattention")
    axes.spines[["top", "right", "left"]].set_visible(False)


def _draw_kernels(figure: "Figure", attention: Attention, total: float) -> None:
    """Draw a bar for each layer, which its kernels share; marks tell where they would be alike."""
    n_layers, n_kernels = attention.kernels.shape
    height = _LAYER * min(n_layers, _MOST_LAYERS)
    axes = figure.add_axes((0, -(_BELOW + height) / total, 1, height / total))
    ends = np.cumsum(attention.kernels, axis=1)
    for kernel in range(n_kernels):
        colour = BLUES[1 + round(kernel * 5 / max(n_kernels - 1, 1))]
        starts = ends[:, kernel] - attention.kernels[:, kernel]
        axes.barh(np.arange(n_layers), attention.kernels[:, kernel], 0.8, starts, color=colour)
        for layer in range(n_layers):
            weight = float(attention.kernels[layer, kernel])
            if n_layers <= _MOST_LAYERS and weight > 0.09:
                axes.text(
                    starts[layer] + weight / 2, layer, f"kernel {kernel + 1}  {100 * weight:.0f} %",
                    ha="center", va="center", fontsize=8, color=ink_on(colour, 1),
                )  # fmt: skip
    for place in range(1, n_kernels):
        axes.axvline(place / n_kernels, color=INK, linewidth=1, zorder=0)
    axes.set(xlim=(0, 1), ylim=(n_layers - 0.5, -0.5))
    axes.set_xticks([])
    names = [f"layer {layer + 1}" for layer in range(n_layers)] if n_layers <= _MOST_LAYERS else []
    axes.set_yticks(np.arange(len(names)), names)
    axes.tick_params(axis="y", length=0)
    axes.spines[:].set_visible(False)
    told = filter(
        None, ("kernel attention; marks: where all kernels would be alike", share_in_words(attention))
    )
    axes.set_xlabel("; ".join(told))


def _scale(name: str, colours: list[str]) -> "Colormap":
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(f"prosodyn-{name}", colours)


def _mel(hertz: float | NDArray[np.floating[Any]]) -> Any:
    """Return frequencies in mel (O'Shaughnessy 1987)."""
    return 2595 * np.log10(1 + np.asarray(hertz) / 700)
