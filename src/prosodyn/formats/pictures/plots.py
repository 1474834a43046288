"""A timeline beside its recording, drawn as PNG, SVG or PDF; matplotlib is loaded when the first is drawn."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.formats.pictures.overview import RANGE_DB, Overview
from prosodyn.formats.pictures.palette import LEAST_OPACITY, SILENCE, ink_on, palette, rgb
from prosodyn.formats.pictures.ribbon import (
    DOUBT,
    OPACITY,
    SILENT,
    Stretch,
    marks,
    stretches,
    whole_duration,
)
from prosodyn.formats.text import one_line
from prosodyn.formats.timelines.tiers import UNNAMED, Tier, tiers
from prosodyn.plots import BLUES, INK, colour_map, page
from prosodyn.timeline import Timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 10.0
"""Inches, of the time axis."""

RIBBON = 0.42
"""Inches, of the height of a speaker's row."""

LETTER = 0.075
"""Inches, about the width of one on a ribbon."""

_ROWS = {"waveform": 1.1, "spectrogram": 1.7}  # inches


def plot_timeline(timeline: Timeline, overview: Overview, path: Path, title: str = "") -> None:
    """Draw waveform, spectrogram and a ribbon of emotions for each speaker, one below the other.

    A ribbon has the colour of the emotion, the paler the less sure. Doubt is hatched, in the colour of the
    best guess; grey is silence.

    Args:
        timeline: of the recording
        overview: of the same recording, however long it is
        path: `.png`, `.svg` or `.pdf`
        title: one line, by default the recording's name

    Raises:
        OutputError: nothing can be written there, another suffix
        MissingExtraError: matplotlib is not installed
    """
    rows = tiers(timeline)
    duration = whole_duration(timeline, rows)
    heights = [*_ROWS.values(), *(RIBBON for _ in rows)]
    with any_letters(), page(WIDTH, sum(heights), path) as figure:
        grid = figure.add_gridspec(
            len(heights), 1, height_ratios=heights, left=0, right=1, bottom=0, top=1, hspace=0.12
        )
        axes = [figure.add_subplot(grid[place, 0]) for place in range(len(heights))]
        draw_waveform(axes[0], overview)
        axes[0].set_title(one_line(title or timeline.source), parse_math=False)
        _draw_spectrogram(axes[1], overview)
        for below, tier in zip(axes[2:], rows, strict=True):
            _draw_ribbon(below, tier, tuple(stretches(tier, timeline)), duration)
        for each in axes:
            each.set_xlim(0, duration)
            each.set_xticks([])
        axes[-1].set_xticks(*zip(*marks(duration), strict=True))
        axes[-1].set_xlabel("time")
        figure.align_ylabels(axes[:2])
        _draw_legend(axes[-1], timeline)


@contextmanager
def any_letters() -> Iterator[None]:
    """Let names hold letters that the font does not have, which are drawn as boxes, without a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+")
        yield


def draw_waveform(axes: "Axes", overview: Overview, start: float = 0.0) -> None:
    """Draw the lowest and the highest samples, of a recording or of a piece of one that starts later."""
    edges = start + _edges(overview)
    low, high = (np.append(part, part[-1:]) for part in (overview.low, overview.high))
    axes.fill_between(edges[: len(low)], low, high, step="post", color=BLUES[5], linewidth=0.4)
    largest = max(float(np.abs([low, high]).max(initial=0)), 0.01)  # silence stays a flat line
    axes.set(ylabel="amplitude", ylim=(-1.1 * largest, 1.1 * largest))
    axes.spines[["top", "right"]].set_visible(False)


def _draw_spectrogram(axes: "Axes", overview: Overview) -> None:
    top = overview.top / 1000
    if overview.n_columns:
        axes.imshow(
            overview.level,
            cmap=colour_map(),
            origin="lower",
            aspect="auto",
            extent=(0, float(_edges(overview)[-1]), 0, top),
            vmin=-RANGE_DB,
            vmax=0,
        )
    axes.set(ylabel="frequency (kHz)", ylim=(0, top))


def _edges(overview: Overview) -> NDArray[np.floating[Any]]:
    return np.arange(overview.n_columns + 1) * overview.step


def _draw_ribbon(axes: "Axes", tier: Tier, ribbon: Sequence[Stretch], duration: float) -> None:
    axes.set(ylim=(0, 1), facecolor=SILENCE)
    axes.spines[:].set_visible(False)
    axes.set_yticks([] if tier.name == UNNAMED else [0.5], [] if tier.name == UNNAMED else [tier.name])
    axes.tick_params(axis="y", length=0)
    for label in axes.get_yticklabels():
        label.set_parse_math(False)
    whole = [(each.start, each.end - each.start) for each in ribbon]
    axes.broken_barh(whole, (0, 1), facecolors="white", linewidth=0)  # below what is pale, not grey
    axes.broken_barh(
        whole, (0, 1), facecolors=[(*rgb(each.colour), each.opacity) for each in ribbon], linewidth=0
    )
    doubtful = [(each.start, each.end - each.start) for each in ribbon if each.is_doubtful]
    axes.broken_barh(doubtful, (0, 1), facecolors="none", edgecolors=INK, hatch="////", linewidth=0)
    for each in ribbon:
        room = (each.end - each.start) / duration * WIDTH
        if not each.is_doubtful and room > LETTER * (len(each.name) + 2):
            middle, ink = (each.start + each.end) / 2, ink_on(each.colour, each.opacity)
            axes.text(
                middle, 0.48, each.name, ha="center", va="center", color=ink, fontsize=8, parse_math=False
            )


def _draw_legend(axes: "Axes", timeline: Timeline) -> None:
    from matplotlib.patches import Patch

    entries = [
        *((one_line(label), Patch(facecolor=colour)) for label, colour in palette(timeline.labels).items()),
        (SILENT, Patch(facecolor=SILENCE)),
        (DOUBT, Patch(facecolor="white", edgecolor=INK, hatch="////", linewidth=0)),
        (OPACITY, Patch(facecolor=INK, alpha=LEAST_OPACITY)),
    ]
    legend = axes.legend(
        [patch for _, patch in entries],
        ["" for _ in entries],  # a legend drops names that begin with an underscore; they are set below
        loc="upper center",
        bbox_to_anchor=(0.5, -1.6),
        ncols=min(6, len(entries)),
        frameon=False,
        fontsize=8,
    )
    for text, (name, _) in zip(legend.get_texts(), entries, strict=True):
        text.set_parse_math(False)
        text.set_text(name)
