"""The answers over time, drawn as PNG, SVG or PDF; matplotlib is loaded when the first is drawn."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from prosodyn.formats.pictures.palette import SILENCE, palette
from prosodyn.plots import INK, QUIET, page
from prosodyn.scale.summary import FAILED
from prosodyn.types import NO_SPEECH, UNCERTAIN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, HEIGHT = 9.0, 3.6
"""Inches."""

MARKS = 8
"""Stretches that are named below the axis, at most."""

_OTHERS = {UNCERTAIN: QUIET, NO_SPEECH: SILENCE, FAILED: INK}


def plot_over_time(over_time: Mapping[str, Mapping[str, int]], path: Path, what: str) -> None:
    """Draw, for each stretch, which share of its recordings has which answer.

    Args:
        over_time: stretch to answer to how many recordings have it, in order
        path: `.png`, `.svg` or `.pdf`
        what: the stretches are of, below the axis

    Raises:
        OutputError: nothing can be written there, another suffix
        MissingExtraError: matplotlib is not installed
    """
    answers = sorted({answer for counts in over_time.values() for answer in counts})
    emotions = [answer for answer in answers if answer not in _OTHERS]
    shown = [*emotions, *(answer for answer in _OTHERS if answer in answers)]
    colours = {**palette(emotions), **_OTHERS}
    counts = np.array([[each.get(answer, 0) for answer in shown] for each in over_time.values()], dtype=float)
    shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)  # a day may have none
    tops = shares.cumsum(axis=1)
    with page(WIDTH, HEIGHT, path) as figure:
        axes = figure.add_axes((0, 0, 1, 1))
        places = np.arange(len(shares))
        for number, answer in enumerate(shown):
            axes.bar(
                places,
                shares[:, number],
                width=1.0,
                bottom=tops[:, number] - shares[:, number],
                color=colours[answer],
                label=answer,
            )
        _label(axes, list(over_time), what)


def _label(axes: "Axes", stretches: list[str], what: str) -> None:
    step = -(-len(stretches) // MARKS)
    named = range(0, len(stretches), step)
    axes.set(xlim=(-0.5, len(stretches) - 0.5), ylim=(0, 100), ylabel="recordings (%)")
    axes.set_xticks(list(named), [stretches[place].lstrip("0") or "0" for place in named])
    axes.set_xlabel(what, parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    texts = axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, reverse=True).get_texts()
    for text in texts:
        text.set_parse_math(False)
