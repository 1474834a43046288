"""Waveform, spectrogram and ribbons as an SVG inside a page, with what to read under the pointer."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import escape

import numpy as np

from prosodyn.formats.pictures.overview import RANGE_DB, Overview
from prosodyn.formats.pictures.palette import SILENCE, blend, ink_on
from prosodyn.formats.pictures.png import to_png
from prosodyn.formats.pictures.ribbon import SILENT, Stretch, marks, stretches, whole_duration
from prosodyn.formats.timelines.tiers import UNNAMED, tiers
from prosodyn.plots import BLUES, INK, QUIET
from prosodyn.timeline import Timeline

WIDTH = 1200
"""Units of the drawing, which grows and shrinks with the page, of the time axis."""

MARGIN = 120
"""To the left, for names."""

WAVEFORM, SPECTROGRAM, RIBBON, GAP = 110, 170, 44, 10
"""Heights of the rows, and what is between them."""

LETTER = 7.5
"""About the width of one on a ribbon."""

HATCH = (
    '<pattern id="doubt" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="1.6" height="7" fill="{INK}"/></pattern>'
)


def timeline_svg(timeline: Timeline, overview: Overview | None) -> str:
    """Return the drawing; without an overview it is ribbons alone."""
    rows = tiers(timeline)
    duration = whole_duration(timeline, rows)
    scale = WIDTH / duration
    parts: list[str] = []
    top = 0
    if overview is not None and overview.n_columns:
        parts += [_waveform(overview, scale), _spectrogram(overview, scale, WAVEFORM + GAP)]
        top = WAVEFORM + SPECTROGRAM + 2 * GAP
    for tier in rows:
        name = "" if tier.name == UNNAMED else tier.name
        parts += _ribbon(name, tuple(stretches(tier, timeline)), scale, top)
        top += RIBBON + GAP
    parts += _axis(duration, scale, top)
    return (
        f'<svg viewBox="{-MARGIN} 0 {MARGIN + WIDTH + 30} {top + 30}" role="img" aria-label="timeline">\n'
        f"<defs>{HATCH}</defs>\n" + "\n".join(parts) + "\n</svg>"
    )


def _waveform(overview: Overview, scale: float) -> str:
    """Draw the highest samples from left to right, and the lowest ones back."""
    largest = max(float(np.abs([overview.low, overview.high]).max()), 0.01)
    middle = WAVEFORM / 2
    places = (np.arange(overview.n_columns) + 0.5) * overview.step * scale
    there = zip(places, middle * (1 - overview.high / largest) - 0.4, strict=True)
    back = zip(places[::-1], middle * (1 - overview.low[::-1] / largest) + 0.4, strict=True)
    points = " ".join(f"{x:.1f},{y:.1f}" for line in (there, back) for x, y in line)
    return f'<polygon points="{points}" fill="{BLUES[5]}"/>\n' + _row_name("waveform", middle)


def _spectrogram(overview: Overview, scale: float, top: float) -> str:
    """Embed the levels as a picture; two frequencies share a row."""
    level = overview.level[: len(overview.level) // 2 * 2].reshape(-1, 2, overview.n_columns).mean(axis=1)
    places = np.round(255 * (1 + level[::-1] / RANGE_DB)).astype(np.uint8)
    content = b64encode(to_png(places, blend(BLUES, 256))).decode("ascii")
    return (
        f'<image x="0" y="{top}" width="{overview.n_columns * overview.step * scale:.2f}" '
        f'height="{SPECTROGRAM}" preserveAspectRatio="none" href="data:image/png;base64,{content}"/>\n'
        + _row_name(f"{overview.top / 1000:g} kHz", top + 8)
        + _row_name("0", top + SPECTROGRAM - 8)
    )


def _ribbon(name: str, ribbon: Iterable[Stretch], scale: float, top: float) -> Iterator[str]:
    yield (
        f'<rect x="0" y="{top}" width="{WIDTH}" height="{RIBBON}" fill="{SILENCE}">'
        f"<title>{SILENT}</title></rect>"
    )
    if name:
        yield _row_name(name, top + RIBBON / 2)
    for each in ribbon:
        yield _stretch(each, scale, top)


def _stretch(each: Stretch, scale: float, top: float) -> str:
    """Draw a piece of white, which is what pale colours fade to, the colour, and a hatch over doubt."""
    width = (each.end - each.start) * scale
    box = f'x="{each.start * scale:.2f}" y="{top}" width="{width:.2f}" height="{RIBBON}"'
    drawn = f'<rect {box} fill="#fff"/><rect {box} fill="{each.colour}" fill-opacity="{each.opacity:.2f}"/>'
    if each.is_doubtful:
        drawn += f'<rect {box} fill="url(#doubt)"/>'
    elif width > LETTER * (len(each.name) + 2):
        middle = (each.start + each.end) / 2 * scale
        drawn += (
            f'<text x="{middle:.2f}" y="{top + RIBBON / 2}" text-anchor="middle" '
            f'fill="{ink_on(each.colour, each.opacity)}">{escape(each.name)}</text>'
        )
    return f'<g class="stretch"><title>{escape(each.about)}</title>{drawn}</g>'


def _axis(duration: float, scale: float, top: float) -> Iterator[str]:
    for instant, name in marks(duration):
        x = f"{instant * scale:.2f}"
        yield (
            f'<path d="M{x} {top - GAP + 2}v6" stroke="{QUIET}"/>'
            f'<text x="{x}" y="{top + 12}" text-anchor="middle">{name}</text>'
        )


def _row_name(name: str, middle: float) -> str:
    short = name if len(name) <= 14 else f"{name[:13]}…"
    return f'<text x="-10" y="{middle}" text-anchor="end">{escape(short)}<title>{escape(name)}</title></text>'
